import { type DatabaseCatalog, type Engine, findColumn } from '#src/domain/catalog.ts';
import { sequenceRatio } from '#src/domain/likeness.ts';
import type { NameReading } from '#src/domain/name-reading.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { dbGraph, type Edge } from '#src/planner/db-graph.ts';
import { type EngineFamily, familyOf } from '#src/sql/functions.ts';
import { nameOn } from '#src/sql/print-names.ts';
import { type IrNode, type SelectIr, type Span, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import { columnOn, isCalled as isAlias, keyOn, type Source, sourcesOf, tableOn } from './sources.ts';

/** A statement whose wrong names were read as names that the database has, and how each was read, in order. */
export interface MendedStatement {
  readonly sql: string;
  readonly readAs: readonly NameReading[];
}

/** Statements that one wrong one may become. */
const MOST = 3;
/** Wrong names of one statement; one with more is another query. */
const MOST_NAMES = 4;
/** Likeness from which a name may be meant by another. */
const ALIKE = 0.6;
/** Nobody asks for one column twice: a table that a key leads to is likelier meant. */
const SHOWN_TWICE = 0.25;
/** Nobody joins a column to itself, but where nothing else is alike such a join is mended by keys after (keys.ts). */
const EQUAL_TO_ITSELF = 0.2;

/**
 * Mends a statement that names columns or tables which the database lacks, or that two tables share: every name is read as those that
 * it may mean, by their words, by the tables that the statement reads, and by keys that lead to another table (XiYan's refiner leaves
 * this to a model). Likeliest first; empty where all names are right or one means nothing.
 */
export function mendNames(sql: string, engine: Engine, catalog: DatabaseCatalog): MendedStatement[] {
  let open: readonly Scored[] = [{ sql, readAs: [], score: 1 }];
  for (let round = 0; round <= MOST_NAMES; round += 1) {
    const next = open.flatMap((one) => mendFirst(one, engine, catalog));
    open = best(next);
    if (open.every(({ whole }) => whole)) break;
  }
  return open
    .filter(({ whole, readAs }) => whole && readAs.length > 0)
    .map(({ sql: mended, readAs }) => ({ sql: mended, readAs }));
}

interface Scored extends MendedStatement {
  /** 0–1: how likely all its readings are together. */
  readonly score: number;
  /** No name is wrong any more. */
  readonly whole?: true;
}

function best(all: readonly Scored[]): readonly Scored[] {
  const bySql = new Map<string, Scored>();
  for (const one of [...all].sort((a, b) => b.score - a.score)) if (!bySql.has(one.sql)) bySql.set(one.sql, one);
  return [...bySql.values()].slice(0, MOST);
}

/** The statement with its first wrong name read as each that it may mean; itself where none is wrong. */
function mendFirst(one: Scored, engine: Engine, catalog: DatabaseCatalog): readonly Scored[] {
  if (one.whole) return [one];
  const parsed = parseSql(one.sql, engine);
  if (!parsed.ok) return [];
  const { problems } = resolve(parsed.value, engine, catalog);
  const [problem] = problems;
  if (!problem) return [{ ...one, whole: true }];
  const { at } = problem;
  if (at === undefined) return [];
  const family = familyOf(engine);
  const readings = readingsAt(
    { sql: one.sql, catalog, family },
    parsed.value,
    at,
    problem.code === 'S_COLUMN_AMBIGUOUS',
  );
  // One name is read in one way throughout.
  const before = readings.filter(({ written, read }) =>
    one.readAs.some((known) => known.written === written && known.read === read),
  );
  return (before.length ? before : readings).map(({ edits, written, read, score }) => ({
    sql: edited(one.sql, edits),
    readAs: [...one.readAs, { written, read }],
    score: one.score * score,
  }));
}

interface Reading extends NameReading {
  readonly edits: readonly Edit[];
  readonly score: number;
}

interface Context {
  readonly sql: string;
  readonly catalog: DatabaseCatalog;
  readonly family: EngineFamily;
}

/** How the name that stands at a place may be read. */
function readingsAt(context: Context, query: unknown, at: number, isShared: boolean): readonly Reading[] {
  let wrong: IrNode | undefined;
  const around: SelectIr[] = [];
  visit(query, (node) => {
    if ((node.kind === 'column' || node.kind === 'table') && node.span?.start === at) wrong = node;
    if (isSelect(node) && node.span && node.span.start <= at && at < node.span.end) around.push(node);
  });
  const select = around.at(-1);
  if (!wrong?.span || !select) return [];
  if (wrong.kind === 'table') return tableReadings(context, { ...wrong, name: String(wrong.name), span: wrong.span });
  const column = {
    name: String(wrong.name),
    table: typeof wrong.table === 'string' ? wrong.table : undefined,
    span: wrong.span,
  };
  const sources = sourcesOf(select, context.catalog);
  return isShared ? sharedReadings(context, column, sources) : columnReadings(context, column, select, sources);
}

const isSelect = (node: IrNode): node is IrNode & SelectIr => node.kind === 'select';

interface WrongColumn {
  readonly name: string;
  readonly table: string | undefined;
  readonly span: Span;
}

const qualified = ({ family }: Context, alias: string, name: string) => columnOn(alias, name, family);

/** A column that two tables have, as that of each of them. */
function sharedReadings(context: Context, { name, span }: WrongColumn, sources: readonly Source[]): readonly Reading[] {
  const holders = sources.filter(({ table }) => findColumn(table, name));
  return holders.map(({ alias, table }, at) => ({
    edits: [{ ...span, text: qualified(context, alias, findColumn(table, name)?.name ?? name) }],
    written: name,
    read: `${table.name}.${name}`,
    score: 1 - 0.05 * at,
  }));
}

/** A column that its table lacks: one that is alike, the same of another table that is read, or of one that a key leads to. */
function columnReadings(
  context: Context,
  { name, table: qualifier, span }: WrongColumn,
  select: SelectIr,
  sources: readonly Source[],
): readonly Reading[] {
  const own = sources.filter(({ alias }) => alias.toLowerCase() === qualifier?.toLowerCase());
  const written = qualifier === undefined ? name : `${qualifier}.${name}`;
  const other = joinedWith(select, span, sources);
  const among = (some: readonly Source[], less: number) =>
    some.flatMap((source) =>
      source.table.columns.flatMap((column): Reading[] => {
        const again = isShownTwice(select, span, source.alias, column.name) ? SHOWN_TWICE : 0;
        const itself = other?.source === source && other.name === column.name.toLowerCase() ? EQUAL_TO_ITSELF : 0;
        const score = alike(name, column.name, source.table.name) - less - again - itself;
        const read = `${source.table.name}.${column.name}`;
        const text = qualified(context, source.alias, column.name);
        return score >= ALIKE ? [{ edits: [{ ...span, text }], written, read, score }] : [];
      }),
    );
  const others = sources.filter((source) => !own.includes(source));
  const here = own.length ? [...among(own, 0), ...among(others, 0.05)] : among(others, 0);
  return [...here, ...joinReadings(context, { name, table: qualifier, span }, select, sources)];
}

/** A column that another is equal to. */
interface OtherSide {
  readonly source: Source;
  readonly name: string;
}

/** The column that the one at a place is said to be equal to: it does not stand for itself on both sides. */
function joinedWith(select: SelectIr, { start }: Span, sources: readonly Source[]): OtherSide | undefined {
  let found: OtherSide | undefined;
  visit(select, ({ kind, operator, left, right }) => {
    if (kind !== 'compare' || operator !== '=') return;
    const sides = [left, right] as readonly IrNode[];
    const at = sides.findIndex((one) => one.kind === 'column' && one.span?.start === start);
    const other = sides[1 - at];
    if (at < 0 || other?.kind !== 'column' || typeof other.table !== 'string') return;
    const { table, name } = other;
    const source = sources.find((one) => isAlias(one, table));
    if (source) found = { source, name: String(name).toLowerCase() };
  });
  return found;
}

/** Whether it stands in the output, where another place shows that column of that table already. */
const isShownTwice = ({ items }: SelectIr, { start }: Span, alias: string, name: string): boolean =>
  items.some(({ expression }) => expression.span?.start === start) &&
  items.some(({ expression }) => {
    if (expression.kind !== 'column' || expression.span?.start === start) return false;
    const { table, name: shown } = expression;
    return shown.toLowerCase() === name.toLowerCase() && (table ?? alias).toLowerCase() === alias.toLowerCase();
  });

/** The column of a table that is not read, with the join that a key gives. */
function joinReadings(
  context: Context,
  { name, table: qualifier, span }: WrongColumn,
  select: SelectIr,
  sources: readonly Source[],
): readonly Reading[] {
  const { edges } = dbGraph(context.catalog);
  return sources.flatMap((source) => {
    const { alias, table } = source;
    const joinedBy = joinAt(select, span, source);
    return (edges.get(table) ?? []).flatMap((edge): Reading[] => {
      const column = findColumn(edge.to, name) ?? edge.to.columns.find((one) => isCalled(name, one.name, edge.to.name));
      if (!column || !joinedBy || sources.some((source) => source.table === edge.to)) return [];
      const isNamed = qualifier !== undefined && alike(qualifier, edge.to.name, '') >= 0.9;
      return [
        {
          edits: [
            { ...span, text: qualified(context, edge.to.name, column.name) },
            joinedBy(joinText(context, alias, edge)),
          ],
          written: qualifier === undefined ? name : `${qualifier}.${name}`,
          read: `${edge.to.name}.${column.name}`,
          score: isNamed ? 1 : alias.toLowerCase() === qualifier?.toLowerCase() ? 0.9 : 0.85,
        },
      ];
    });
  });
}

/** Where a join to a source is written that a name at a place needs: last, or before the join whose condition it stands in; nowhere where the source comes later. */
function joinAt(select: SelectIr, { start }: Span, { span }: Source): ((join: string) => Edit) | undefined {
  const within = select.joins.find((join) => join.span && join.span.start <= start && start < join.span.end)?.span;
  const last = select.joins.at(-1)?.span ?? select.from?.span;
  if (within) {
    if (!span || span.start >= within.start) return undefined;
    return (join) => ({ start: within.start, end: within.start, text: `${join} ` });
  }
  return last && ((join) => ({ start: last.end, end: last.end, text: ` ${join}` }));
}

/** `customer_name`, the `name` of customers. */
const isCalled = (wanted: string, name: string, table: string) => alike(wanted, name, table) >= 0.97;

const joinText = ({ family }: Context, alias: string, edge: Edge): string =>
  `JOIN ${tableOn(edge.to, family)} ON ${keyOn(edge, alias, edge.to.name, family)}`;

/** A table that there is not, as those that are called alike; what it was called qualifies its columns on. */
function tableReadings(
  { sql, catalog, family }: Context,
  { name, alias, span }: IrNode & { readonly name: string; readonly span: Span },
): readonly Reading[] {
  const text = sql.slice(span.start, span.end);
  return catalog.tables.flatMap((table): Reading[] => {
    const score = alike(name, table.name, '');
    if (score < ALIKE) return [];
    const called = typeof alias === 'string' ? alias : name;
    const rest = ` AS ${nameOn(called, family)}`;
    return text
      ? [{ edits: [{ ...span, text: tableOn(table, family) + rest }], written: name, read: table.name, score }]
      : [];
  });
}

/** How likely one name means another, 0–1: the same words, all words of one in the other, else its spelling. */
function alike(wanted: string, name: string, table: string): number {
  const [asked, known] = [wordsOf(wanted), wordsOf(name)];
  const ofTable = new Set(wordsOf(table));
  const bare = asked.filter((word) => !ofTable.has(word));
  const isWithin = (some: readonly string[], all: readonly string[]) =>
    some.length > 0 && some.every((word) => all.includes(word));
  if (asked.join() === known.join()) return 1;
  if (bare.length && bare.join() === known.join()) return 0.97;
  if (isWithin(asked, known)) return 0.9 - 0.02 * (known.length - asked.length);
  if (isWithin(known, asked)) return 0.8;
  const [a, b] = [wanted.toLowerCase(), name.toLowerCase()];
  return 0.9 * sequenceRatio(a, b);
}

const wordsOf = (name: string): string[] => splitIdentifier(name).map(stem);
