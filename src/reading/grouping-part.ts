import type { Column, Table } from '#src/domain/catalog.ts';
import { sayWords, type Words } from '#src/domain/reading.ts';
import { columnsWithRole, labelsOf, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import type { ExpressionIr, SelectIr } from '#src/sql/query-ir.ts';
import { partOfDate } from './date-part.ts';
import { type Grouped, isSame, type Outline } from './outline.ts';
import { type Edit, nearestFirst, type Part, type ReadFor } from './part.ts';
import { partOf } from './periods.ts';
import { columnBeyond, tablesAbove, withWay } from './rewriting.ts';
import { expressionWords } from './say-expression.ts';
import { text } from './say-names.ts';
import { columnAt, columnIr, type SourceColumn, type Statement } from './statement.ts';

const MOST_GROUPS = 7;
/** More rows than these are hardly groups that one looks at. */
const MOST_LABELS = 200;
const PERIODS = ['YYYY', 'YYYY-MM', 'YYYY-MM-DD'];

/** What else the rows can be grouped by; nothing where nothing is measured of them. */
export function groupingParts(outline: Outline, read: ReadFor): readonly Part[] {
  const { statement, groups, measures } = outline;
  if (!measures.length) return listedApart(statement);
  const parts = groups.map((group): Part => {
    const rest = groups.filter((one) => one !== group);
    const edits = othersFor(group, outline, read);
    const without: Edit = {
      words: rest.length ? `not ${sayWords(group.words)}` : 'no grouping',
      becomes: undefined,
      query: regrouped(statement.query, group, undefined, rest.length > 0),
      does: `without ${sayWords(group.words)}`,
    };
    return { kind: 'grouping', words: group.words, edits: [without, ...edits] };
  });
  return groups.length
    ? parts
    : [{ kind: 'grouping', words: [text('no grouping')], isUnsaid: true, edits: othersFor(undefined, outline, read) }];
}

/** Rows of which nothing is measured are listed once each. */
const listedApart = ({ query }: Statement): readonly Part[] =>
  query.groupBy.length ? [{ kind: 'grouping', words: [text('each once')], edits: [] }] : [];

interface Candidate {
  readonly shown: readonly ExpressionIr[];
  readonly keys: readonly ExpressionIr[];
  readonly name: string;
  /** With what it needs joined. */
  readonly join?: (query: SelectIr) => SelectIr;
  readonly words: Words | undefined;
  /** Groups that follow one another. */
  readonly inOrder?: true;
  /** As many groups as its table has rows: hardly meant, unless the question says so. */
  readonly isEachRow?: true;
}

function othersFor(group: Grouped | undefined, { statement, groups }: Outline, read: ReadFor): readonly Edit[] {
  const isTaken = (one: Candidate) =>
    groups.some(({ shown, keys }) => one.shown.some((each) => [...shown, ...keys].some((key) => isSame(key, each))));
  const asked = contentWords(read.question);
  const isAsked = ({ name }: Candidate) => splitIdentifier(name).some((word) => asked.has(stem(word)));
  const all = [
    ...timesOf(group, statement, read),
    ...nearestFirst(candidates(statement), ({ name }) => name, read.question).filter(
      (one) => !one.isEachRow || isAsked(one),
    ),
  ];
  const edits = all
    .filter((one) => !isTaken(one))
    .flatMap((one): readonly Edit[] => {
      if (!one.words) return [];
      const words = sayWords(one.words);
      const query = regrouped(statement.query, group, one, groups.length > 0);
      return [
        {
          words,
          becomes: words,
          query: one.join?.(query) ?? query,
          does: `${group ? sayWords(group.words) : ''} ${words}`,
        },
      ];
    });
  return edits.filter(({ words }, at) => edits.findIndex((one) => one.words === words) === at).slice(0, MOST_GROUPS);
}

/** Other parts of the date that is grouped by; by month where there is none. */
function timesOf(group: Grouped | undefined, statement: Statement, { calendar }: ReadFor): readonly Candidate[] {
  const { grain, catalog } = statement;
  const [only, ...more] = group?.shown ?? [];
  const taken = only && !more.length ? partOfDate(only) : undefined;
  const own = taken && columnAt(taken.date, statement);
  const event = grain && columnsWithRole(grain.table, 'event date', catalog)[0];
  const at = own ?? (grain && event && { source: grain, column: event });
  if (!at || (at.column.kind !== 'date' && at.column.kind !== 'timestamp')) return [];
  return (own ? PERIODS : PERIODS.slice(0, 2).toReversed()).map((format) => {
    const shown = partOf(at, format, statement, calendar);
    const words = expressionWords(shown, statement);
    return {
      shown: [shown],
      keys: [shown],
      name: format,
      inOrder: true as const,
      words: words && [text('by '), ...words],
    };
  });
}

/** Categories of the rows and of what they belong to, and what that is called. */
function candidates(statement: Statement): readonly Candidate[] {
  const { sources, grain } = statement;
  const read = (grain ? [grain, ...sources.filter((one) => one !== grain)] : sources).flatMap((source) =>
    ofTable(source.table, source !== grain, statement, (column) => ({ source, column })),
  );
  const above = tablesAbove(statement).flatMap((way) => {
    const { table } = way;
    const join = (query: SelectIr) => withWay(query, way, statement);
    return ofTable(table, true, statement, (column) => columnBeyond(table, column)).map((one) => ({ ...one, join }));
  });
  return [...read, ...above];
}

function ofTable(
  table: Table,
  withLabel: boolean,
  statement: Statement,
  at: (column: Column) => SourceColumn,
): readonly Candidate[] {
  const { catalog } = statement;
  const made = (columns: readonly Column[], keys: readonly Column[]): Candidate => {
    const beyond = at(columns[0] ?? keys[0] ?? (table.columns[0] as Column)).source;
    const named = {
      ...statement,
      sources: [...statement.sources.filter(({ alias }) => alias !== beyond.alias), beyond],
    };
    const shown = columns.map((column) => columnIr(at(column)));
    const said = shown.map((one) => expressionWords(one, { ...named, grain: statement.grain }));
    const words = said.every((one) => one !== undefined)
      ? [text('by '), ...said.flatMap((one, place) => (place ? [text(', '), ...one] : one))]
      : undefined;
    // What rows are of goes without saying: its name is in every question of them.
    const name = [...(withLabel ? [table.name] : []), ...columns.map((column) => column.name)].join(' ');
    return { shown, keys: [...keys, ...columns].map((column) => columnIr(at(column))), name, words };
  };
  const shared = table.columns.filter((column) => {
    const role = roleOf({ table, column }, catalog);
    return role === 'category' || role === 'flag' || role === 'currency';
  });
  const labels = withLabel ? labelsOf(table, catalog) : [];
  const key = table.primaryKey.length === 1 ? table.columns.filter(({ name }) => name === table.primaryKey[0]) : [];
  const isEachRow = (table.rowEstimate ?? 0) > MOST_LABELS ? { isEachRow: true as const } : {};
  return [
    ...shared.map((column) => made([column], [])),
    ...(labels.length && key.length ? [{ ...made(labels, key), ...isEachRow }] : []),
  ];
}

/** The query with one group another, or none. Where no group is left there is one row, which is neither sorted nor cut. */
function regrouped(
  query: SelectIr,
  old: Grouped | undefined,
  put: Candidate | undefined,
  staysGrouped: boolean,
): SelectIr {
  const isOld = (one: ExpressionIr) => [...(old?.shown ?? []), ...(old?.keys ?? [])].some((key) => isSame(key, one));
  const place = query.items.findIndex(({ expression }) => isOld(expression));
  const shown = (put?.shown ?? []).map((expression) => ({ expression }));
  const items = query.items.filter(({ expression }) => !isOld(expression));
  const at = Math.max(0, place);
  const grouped: SelectIr = {
    ...query,
    items: [...items.slice(0, at), ...shown, ...items.slice(at)],
    groupBy: [...query.groupBy.filter((one) => !isOld(one)), ...(put?.keys ?? [])],
    orderBy: query.orderBy.flatMap((key) => {
      if (!isOld(key.expression)) return [key];
      return put?.shown[0] ? [{ ...key, expression: put.shown[0] }] : [];
    }),
  };
  const [first] = put?.shown ?? [];
  if (put?.inOrder && first && !grouped.orderBy.length)
    return { ...grouped, orderBy: [{ expression: first, descending: false }] };
  if (put || staysGrouped) return grouped;
  return { ...grouped, having: undefined, orderBy: [], limit: undefined };
}
