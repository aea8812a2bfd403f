import type { Column, Table } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import { sequenceRatio } from '#src/domain/likeness.ts';
import { mayShowExamples } from '#src/domain/personal.ts';
import { sayWords } from '#src/domain/reading.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { periodsOf } from '#src/reading/periods.ts';
import { conditionWords, periodWords } from '#src/reading/say-expression.ts';
import { type Statement, statementOf } from '#src/reading/statement.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import {
  allOf,
  type ConditionIr,
  EMPTY_SELECT,
  type ExpressionIr,
  type QueryIr,
  type SelectIr,
  visit,
} from '#src/sql/query-ir.ts';
import { type Instead, numberAt, outerSelect, type Subject } from './check.ts';
import { countOf, number } from './joined.ts';
import { partedBy } from './parted.ts';

/** A query that has rows where the one that was asked has none, by what was changed of it. */
export interface Remedied extends Instead {
  /** The stored value that took the place of one that no row has. */
  readonly near?: string;
  /** Rows that it has, where that is known. */
  readonly rows?: number;
}

/** Asks the database within the budget of the checks; nothing where that was not to be. */
export type Ask = (query: QueryIr, maxRows?: number) => Promise<ResultTable | undefined>;

/** So many conditions are tried without, and so many remedies are told. */
const MOST_CONDITIONS = 8;
const MOST_REMEDIES = 3;
/** Stored values that are read to find one spelt alike, how alike it must be, and how many are offered. */
const VALUES_READ = 200;
const ALIKE = 0.6;
const MOST_NEAR = 2;

type Clause = 'where' | 'having';

/** What is tried without: one condition, or the bounds of one period. */
interface Condition {
  readonly clause: Clause;
  readonly parts: readonly ConditionIr[];
  readonly words: string;
}

interface Emptied {
  readonly select: SelectIr;
  readonly statement: Statement | undefined;
  readonly subject: Subject;
  readonly ask: Ask;
}

/**
 * Which condition left nothing: the query is tried without each, and with stored values that are spelt like one that no row has. What
 * has rows then is a remedy.
 */
export async function remediesFor(subject: Subject, ask: Ask): Promise<readonly Remedied[]> {
  const outer = outerSelect(subject);
  if (!outer?.from || outer.joins.some(({ natural }) => natural)) return [];
  const statement = statementOf(outer, subject.catalog);
  const emptied: Emptied = { select: statement?.query ?? outer, statement, subject, ask };
  const conditions = conditionsOf(emptied);
  if (!conditions.length || conditions.length > MOST_CONDITIONS) return [];
  const left = await leftBy(conditions, emptied);
  const near: Remedied[] = [];
  const without: Remedied[] = [];
  for (const [at, one] of conditions.entries()) {
    const { alone, rest } = left[at] ?? {};
    if (alone === undefined || alone === 0) near.push(...(await nearValues(one, emptied)));
    if (rest) without.push(withoutIt(one, rest === true ? undefined : rest, emptied));
  }
  return [...near, ...without].slice(0, MOST_REMEDIES);
}

/** What keeps some of the rows; what ties tables to each other stays. */
function conditionsOf(emptied: Emptied): readonly Condition[] {
  const { select, statement, subject } = emptied;
  const { ties } = partedBy(select, subject);
  const kept = conjunctsOf(select.where).filter((one) => !ties.includes(one));
  const { periods, others } = statement ? periodsOf(kept, statement, subject.calendar) : { periods: [], others: kept };
  const single = (clause: Clause) => (condition: ConditionIr) => ({
    clause,
    parts: [condition],
    words: wordsOf(condition, emptied),
  });
  return [
    ...others.map(single('where')),
    ...periods.map((period): Condition => {
      const words = statement && periodWords(period, statement);
      const said = words ? sayWords(words) : `the condition on ${columnsOf(period.conditions, subject)}`;
      return { clause: 'where', parts: period.conditions, words: said };
    }),
    ...conjunctsOf(select.having).map(single('having')),
  ];
}

/** The query with one of its conditions another, or none. */
function withCondition({ select }: Pick<Emptied, 'select'>, { clause, parts }: Condition, put?: ConditionIr): SelectIr {
  const kept = conjunctsOf(select[clause]).filter((one) => !parts.includes(one));
  return { ...select, [clause]: allOf([...kept, ...(put ? [put] : [])]) };
}

interface Left {
  /** Rows that the condition leaves by itself. */
  readonly alone?: number;
  /** Rows that all others leave: how many, or that there are some. */
  readonly rest: number | boolean;
}

/** By one statement that counts, where groups are not chosen among and the tables are not too large; else one by one. */
async function leftBy(conditions: readonly Condition[], emptied: Emptied): Promise<readonly Left[]> {
  const { select, ask } = emptied;
  const counted = select.having ? undefined : await ask(countsOf(conditions, emptied));
  if (counted) {
    const plain = !select.joins.length && !select.groupBy.length && select.limit === undefined;
    return conditions.map((_, at) => {
      const rest = numberAt(counted, 2 * at + 1) ?? 0;
      return { alone: numberAt(counted, 2 * at) ?? 0, rest: plain ? rest : rest > 0 };
    });
  }
  const left: Left[] = [];
  for (const one of conditions) left.push({ rest: await hasRows(withCondition(emptied, one), emptied) });
  return left;
}

function countsOf(conditions: readonly Condition[], { select, subject }: Emptied): SelectIr {
  const count = (all: readonly ConditionIr[]): ExpressionIr => {
    const condition = allOf(all);
    return condition
      ? {
          kind: 'aggregate',
          name: 'sum',
          distinct: false,
          argument: { kind: 'case', whens: [{ condition, result: number(1) }], otherwise: number(0) },
        }
      : countOf();
  };
  const counts = conditions.flatMap((one) => [
    count(one.parts),
    count(conditions.filter((other) => other !== one).flatMap(({ parts }) => parts)),
  ]);
  return {
    ...EMPTY_SELECT,
    items: counts.map((expression, at) => ({ expression, alias: `left_${at}` })),
    from: select.from,
    joins: select.joins,
    where: allOf(partedBy(select, subject).ties),
  };
}

/** Whether anything comes out: of a query that only adds up, whether there is a row to add. */
async function hasRows(select: SelectIr, { ask }: Pick<Emptied, 'ask'>): Promise<boolean> {
  const one = { expression: number(1), alias: 'found' };
  const table = await ask({ ...select, distinct: false, items: [one], orderBy: [], limit: 1, offset: undefined });
  return (table?.rows.length ?? 0) > 0;
}

function withoutIt(one: Condition, rows: number | undefined, emptied: Emptied): Remedied {
  const { words: from } = one;
  const query = withCondition(emptied, one);
  return { query, from, to: `without “${from}”`, ...(rows === undefined ? {} : { rows }) };
}

/** A condition in a person's words; by its columns where there are none. */
function wordsOf(condition: ConditionIr, { statement, subject }: Emptied): string {
  const words = statement && conditionWords(condition, statement);
  return words ? sayWords(words) : `the condition on ${columnsOf([condition], subject)}`;
}

export function columnsOf(filters: readonly ConditionIr[], { catalog }: Pick<Subject, 'catalog'>): string {
  const found = new Set<string>();
  visit(filters, (node) => {
    if (node.kind !== 'column') return;
    const of = typeof node.resolved === 'string' ? columnNamed(catalog, node.resolved, String(node.name)) : undefined;
    found.add(of ? `${of.table.name}.${of.column.name}` : String(node.name));
  });
  return [...found].join(', ') || 'a value';
}

/** The query with a stored value that is spelt like the one that no row has, where it has rows then. */
async function nearValues(one: Condition, emptied: Emptied): Promise<readonly Remedied[]> {
  const [only, second] = one.parts;
  const held = only && !second ? heldAgainst(only, emptied) : undefined;
  if (!held) return [];
  const found: Remedied[] = [];
  for (const value of await storedLike(held, emptied)) {
    const condition: ConditionIr = { ...held.compare, right: { kind: 'text', value } };
    const query = withCondition(emptied, one, condition);
    if (!(await hasRows(query, emptied))) continue;
    found.push({ query, from: one.words, to: wordsOf(condition, emptied), near: value });
    if (found.length === MOST_NEAR) break;
  }
  return found;
}

interface Held {
  readonly compare: Extract<ConditionIr, { readonly kind: 'compare' }>;
  readonly table: Table;
  readonly column: Column;
  readonly text: string;
}

/** A column of texts that must equal one, where its values are nobody's and everybody sees the rows that have them. */
function heldAgainst(one: ConditionIr, { select, statement, subject }: Emptied): Held | undefined {
  if (one.kind !== 'compare' || one.operator !== '=' || one.quantifier) return undefined;
  const { left, right } = one;
  if (left.kind !== 'column' || right.kind !== 'text' || !right.value.trim()) return undefined;
  const source = statement?.sources.find(({ alias }) => alias === left.table);
  const found = source
    ? { table: source.table, column: source.table.columns.find(({ name }) => name === left.name) }
    : left.resolved === undefined
      ? undefined
      : columnNamed(subject.catalog, left.resolved, left.name);
  const { table, column } = found ?? {};
  if (!select.from || !table || !column || column.kind !== 'text') return undefined;
  if (table.rowSecurity || !mayShowExamples(column, table)) return undefined;
  return { compare: one, table, column, text: right.value };
}

/** Stored values spelt like a text, the likest first. Of very many only the usual ones and those that begin alike are read. */
async function storedLike({ table, column, text }: Held, { ask }: Emptied): Promise<readonly string[]> {
  const value: ExpressionIr = { kind: 'column', name: column.name };
  const stored = (where: ConditionIr | undefined): SelectIr => ({
    ...EMPTY_SELECT,
    items: [{ expression: value }],
    from: { kind: 'table', name: table.name, ...(table.schema === undefined ? {} : { schema: table.schema }) },
    where,
    groupBy: [value],
    orderBy: [{ expression: countOf(), descending: true }],
    limit: VALUES_READ,
  });
  const usual = (await ask(stored(undefined), VALUES_READ))?.rows ?? [];
  const begins = text.trim().slice(0, 2).toLowerCase();
  const lower: ExpressionIr = { kind: 'function', name: 'LOWER', args: [value] };
  const pattern: ExpressionIr = { kind: 'text', value: `${begins}%` };
  const isPlain = !/[%_\\]/.test(begins);
  const alike =
    usual.length < VALUES_READ || !isPlain
      ? []
      : ((await ask(stored({ kind: 'like', negated: false, value: lower, pattern, ignoreCase: false }), VALUES_READ))
          ?.rows ?? []);
  const scored = [...new Set([...usual, ...alike].flatMap(([cell]) => (typeof cell === 'string' ? [cell] : [])))]
    .map((one) => ({ one, score: sequenceRatio(one.trim(), text.trim()) }))
    .filter(({ one, score }) => one !== text && score >= ALIKE);
  return scored.sort((a, b) => b.score - a.score).map(({ one }) => one);
}
