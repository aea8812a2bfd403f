import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import type { EdlStep } from '#src/domain/edl.ts';
import {
  canonical,
  type IrNode,
  mapParts,
  mapQuery,
  type QueryIr,
  type QueryMap,
  type Span,
  visit,
} from '#src/sql/query-ir.ts';
import { lexSql } from '#src/sql/reader/lex-sql.ts';
import { readEdl } from './compile.ts';
import { AGGREGATE_WORDS, COMPARISON_WORDS, JOIN_WORDS } from './phrases.ts';
import { bracket, quote } from './print-edl.ts';

/** What a part of a statement is; every kind that changes the result. */
export type SemanticKind =
  | 'table'
  | 'derived table'
  | 'join'
  | 'column'
  | 'literal'
  | 'operator'
  | 'condition'
  | 'aggregate'
  | 'window'
  | 'computation'
  | 'item'
  | 'distinct'
  | 'order key'
  | 'limit'
  | 'offset'
  | 'set operation'
  | 'subquery'
  | 'common table'
  | 'quoted';

export interface CertificateEntry {
  readonly kind: SemanticKind;
  /** Where the part stands in the statement; absent for what was built and not read. */
  readonly span?: Span;
  /** The step that says it; absent: no step does. */
  readonly step?: number;
  /** Words that the step must hold to have said it. */
  readonly words: readonly string[];
}

export interface Certificate {
  readonly entries: readonly CertificateEntry[];
  /** The explanation, read back, is the statement again. */
  readonly readsBack: boolean;
  /** Every part is said, in words that are there, and the text reads back. */
  readonly complete: boolean;
  /** What is not said, one sentence each; empty when complete. */
  readonly missing: readonly string[];
}

export interface CertifyInput {
  readonly sql: string;
  readonly engine: Engine;
  readonly catalog: DatabaseCatalog | undefined;
  readonly query: QueryIr;
  readonly steps: readonly EdlStep[];
  readonly text: string;
  readonly saidBy: ReadonlyMap<object, number>;
  readonly limits: ReadonlyMap<object, number>;
}

/**
 * The certificate of an explanation, by three checks that do not trust the writer: each semantic node of the statement is
 * in a step and its words are in that step's text; each literal that the lexer sees in the statement is a node; and the
 * text, parsed and assembled anew, gives the same query.
 */
export function certify(input: CertifyInput): Certificate {
  const entries = semanticEntries(input);
  const missing: string[] = [];
  const textOf = new Map(input.steps.map((step) => [step.number, step.text]));
  for (const entry of entries) {
    const text = entry.step === undefined ? undefined : textOf.get(entry.step);
    const where = entry.span ? `: ${input.sql.slice(entry.span.start, entry.span.end)}` : '';
    if (text === undefined) missing.push(`No step says the ${entry.kind}${where}.`);
    else if (!entry.words.every((word) => text.includes(word))) {
      missing.push(`Step ${entry.step} lacks the words for the ${entry.kind}${where}.`);
    }
  }
  missing.push(...unseenLiterals(input.sql, input.engine, input.query));
  const read = readEdl(input.text, { engine: input.engine, ...(input.catalog ? { catalog: input.catalog } : {}) });
  const readsBack = read.ok && sameQuery(read.value, input.query);
  if (!readsBack) missing.push('The steps, read back, do not give the same query.');
  return { entries, readsBack, complete: missing.length === 0, missing };
}

/** Equal but for how it was written, and for where common tables are defined: EDL names them for the whole text. */
function sameQuery(left: QueryIr, right: QueryIr): boolean {
  const [first, second] = [hoisted(left), hoisted(right)];
  return first !== undefined && first === second;
}

/** The query's text with its common tables at the top; undefined when one of them would hide another table there. */
function hoisted(query: QueryIr): string | undefined {
  const ctes: { readonly name: string; readonly query: string }[] = [];
  let hides = false;
  const lift = (inner: QueryIr): QueryIr => {
    if (inner.kind === 'verbatim-query') return inner;
    for (const cte of inner.ctes) {
      const text = canonical(lift(cte.query));
      if (inner !== query && usedOutside(cte.name, query, inner)) hides = true;
      ctes.push({ name: cte.name, query: text });
    }
    return mapQuery({ ...inner, ctes: [] }, within);
  };
  const within: QueryMap = {
    query: lift,
    expression: (part) => mapParts(part, within),
    source: (part) => (part.kind === 'derived' ? { ...part, query: lift(part.query) } : part),
  };
  const body = canonical(lift(query));
  const names = new Set(ctes.map(({ name }) => name.toLowerCase()));
  return hides || names.size < ctes.length ? undefined : JSON.stringify({ body, ctes });
}

/** Does a table of this name stand anywhere outside of a part of the query? */
function usedOutside(name: string, query: QueryIr, part: QueryIr): boolean {
  const inside = new Set<object>();
  visit(part, (node) => inside.add(node));
  let used = false;
  visit(query, (node) => {
    const isTable = node.kind === 'table' && node.name.toLowerCase() === name.toLowerCase();
    if (isTable && !inside.has(node)) used = true;
  });
  return used;
}

/** The parts of a query with the step and the words that say each. */
function semanticEntries({ query, saidBy, limits }: CertifyInput): CertificateEntry[] {
  const entries: CertificateEntry[] = [];
  const seen = new Set<object>();
  const add = (kind: SemanticKind, words: readonly string[], step: number | undefined, span: Span | undefined) => {
    entries.push({ kind, words, ...(span ? { span } : {}), ...(step === undefined ? {} : { step }) });
  };
  visit(query, (node) => {
    if (seen.has(node)) return;
    seen.add(node);
    const kind = kindOf(node);
    if (kind) add(kind, wordsOf(node), saidBy.get(node), node.span);
    if (node.kind !== 'select' && node.kind !== 'set-operation') return;
    if (node.distinct) add('distinct', ['distinct '], saidBy.get(node), node.span);
    const { limit, offset, limitSpan = node.span } = node;
    const step = limits.get(node) ?? saidBy.get(node);
    if (limit !== undefined) add('limit', [`the top ${limit} record`], step, limitSpan);
    if (offset !== undefined) add('offset', [`after skipping the first ${offset} record`], step, limitSpan);
  });
  return entries;
}

/** A query in an expression is told by its own parts. */
const KINDS: Readonly<Record<Exclude<NonNullable<IrNode['kind']>, 'query'>, SemanticKind>> = {
  table: 'table',
  derived: 'derived table',
  column: 'column',
  star: 'column',
  position: 'column',
  number: 'literal',
  text: 'literal',
  date: 'literal',
  timestamp: 'literal',
  instant: 'literal',
  interval: 'literal',
  null: 'literal',
  boolean: 'literal',
  aggregate: 'aggregate',
  list: 'aggregate',
  window: 'window',
  compare: 'operator',
  arithmetic: 'operator',
  negative: 'operator',
  between: 'condition',
  like: 'condition',
  'null-test': 'condition',
  'truth-test': 'condition',
  in: 'condition',
  'in-query': 'condition',
  exists: 'condition',
  and: 'condition',
  or: 'condition',
  not: 'condition',
  case: 'computation',
  cast: 'computation',
  substring: 'computation',
  function: 'computation',
  current: 'computation',
  'at-zone': 'computation',
  'date-part': 'computation',
  'date-text': 'computation',
  'date-start': 'computation',
  'date-of': 'computation',
  'date-difference': 'computation',
  'date-read': 'computation',
  'set-operation': 'set operation',
  select: 'subquery',
  verbatim: 'quoted',
  'verbatim-query': 'quoted',
};

function kindOf(node: IrNode): SemanticKind | undefined {
  if (node.kind === undefined) {
    if ('source' in node && 'type' in node) return 'join';
    if ('descending' in node) return 'order key';
    if ('query' in node && 'name' in node) return 'common table';
    return 'expression' in node ? 'item' : undefined;
  }
  return node.kind === 'query' ? undefined : KINDS[node.kind];
}

/** Words without which a step cannot have said the node. */
function wordsOf(node: IrNode): string[] {
  switch (node.kind) {
    case undefined:
      return clauseWords(node);
    case 'table':
      return [bracket(node.name)];
    case 'column':
      return [`${bracket(node.name).slice(1)}`];
    case 'number':
      return [node.text];
    case 'set-operation':
      return [node.operator];
    case 'aggregate':
      return [AGGREGATE_WORDS[node.name], ...(node.distinct ? ['distinct '] : [])];
    case 'compare':
      return [COMPARISON_WORDS[node.operator]];
    case 'between':
    case 'and':
    case 'or':
    case 'not':
      return [node.kind];
    case 'null-test':
      return [node.negated ? 'is not null' : 'is null'];
    case 'exists':
      return [node.negated ? 'there is no row in' : 'there is a row in'];
    case 'in':
    case 'in-query':
      return [node.negated ? 'is not in ' : 'is in '];
    case 'window':
      return [`${node.name}()`];
    case 'case':
      return ['a case statement'];
    case 'cast':
      return ['Cast '];
    case 'substring':
      return ['Extract substring'];
    case 'function':
      return [`${node.name}(`];
    case 'instant':
      return [quote(node.value)];
    case 'at-zone':
      return [`at time zone ${quote(node.zone)}`];
    case 'verbatim':
    case 'verbatim-query':
      return [node.sql];
    default:
      return [];
  }
}

function clauseWords(node: IrNode & { readonly kind?: undefined }): string[] {
  if (node.descending !== undefined) return [node.descending ? 'in descending order' : 'in ascending order'];
  if (node.type === undefined) return [];
  const words = JOIN_WORDS[node.type];
  return [node.natural ? `Natural ${words.toLowerCase()}` : words];
}

/** Nodes that say their own number, text or format; a literal inside one of them is said with it. */
const LITERAL_NODES: ReadonlySet<string> = new Set([
  ...['number', 'text', 'date', 'timestamp', 'instant', 'interval', 'verbatim', 'verbatim-query', 'position'],
  // Their format, unit or size is written as a literal, and said by their own words.
  ...['cast', 'date-part', 'date-text', 'date-start', 'date-read', 'date-difference', 'at-zone', 'current'],
]);

/** Numbers and texts that the lexer finds in the statement and no node of the query stands for. */
function unseenLiterals(sql: string, engine: Engine, query: QueryIr): string[] {
  const spans: Span[] = [];
  visit(query, (node) => {
    const { kind, span, limitSpan, alias } = node;
    if (limitSpan) spans.push(limitSpan);
    const counts = kind === 'aggregate' && !node.argument && node.filter;
    const own = kind === undefined ? alias !== undefined : LITERAL_NODES.has(kind) || counts;
    if (span && own) spans.push(span);
    // A double-quoted name of SQLite; ORDER BY 2 and GROUP BY 2 became what they stand for.
    if (span && kind !== undefined && sql.slice(span.start, span.end).length <= 4) spans.push(span);
  });
  return lexSql(sql, engine)
    .filter(({ kind }) => kind === 'number' || kind === 'string')
    .filter(({ start, end }) => !spans.some((span) => span.start <= start && end <= span.end))
    .map(({ start, end }) => `No part of the query as read holds ${sql.slice(start, end)}.`);
}
