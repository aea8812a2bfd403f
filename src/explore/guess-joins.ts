import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { printSql } from '#src/sql/print-sql.ts';
import { allOf, type ColumnIr, EMPTY_SELECT, type SelectIr, type SourceIr } from '#src/sql/query-ir.ts';
import { columnGraph, columnKey, endsKey, type GraphJoin } from './column-graph.ts';
import { keyNames, ledToBy, ledToByAll, type NamedPair } from './name-keys.ts';
import { type Place, rowsOf } from './run-query.ts';

/** Of the sampled values of a column, so many must be in a key that its name leads to (sources.md#db-explore). */
const CONTAINED = 0.95;
/** Rows whose values are looked for in the key. */
const SAMPLED_ROWS = 1_000;
/** Pairs of which values are looked up: in a schema of thousands of tables they are no more than what exploring runs anyway. */
const MOST_LOOKED_UP = 300;

/**
 * Joins that nobody declared or walked: a column whose name and type lead to one primary key, and of whose sampled values nearly all are
 * there. Where names lead to several keys that hold them all, none is taken. It reads samples of the catalog where these are whole, else a
 * bounded number of rows.
 */
export async function guessJoins(place: Place, known: readonly GraphJoin[]): Promise<readonly GraphJoin[]> {
  const { catalog, signal } = place;
  const taken = new Set(known.map(endsKey));
  const joined = new Set(
    known.flatMap(({ from, pairs }) => pairs.map(([column]) => columnKey({ table: from, column }))),
  );
  const guessed: GraphJoin[] = [];
  let lookups = MOST_LOOKED_UP;
  for (const candidates of namedPairs(catalog, joined)) {
    const holding: NamedPair[] = [];
    for (const one of candidates) {
      if (signal.aborted || taken.has(endsKey(joinOf(one)))) continue;
      const share = containedInSamples(one) ?? (lookups > 0 ? await containedInRows(one, place) : 0);
      if (containedInSamples(one) === undefined) lookups -= 1;
      if (share >= CONTAINED) holding.push(one);
    }
    const [only] = holding.some(({ byTable }) => byTable) ? holding.filter(({ byTable }) => byTable) : holding;
    if (!only || holding.filter(({ byTable }) => byTable === only.byTable).length > 1) continue;
    const join = joinOf(only);
    taken.add(endsKey(join));
    guessed.push(join);
  }
  return guessed;
}

const joinOf = ({ from, to, pairs }: NamedPair): GraphJoin => ({ from, to, pairs, source: 'guessed' });

/** Of each column that no known join begins at, and of each table, the keys that are led to. */
function namedPairs(catalog: DatabaseCatalog, joined: ReadonlySet<string>): readonly (readonly NamedPair[])[] {
  const names = keyNames(catalog);
  const { columnsOf } = columnGraph(catalog);
  return catalog.tables.flatMap((from) => {
    const free = (columnsOf.get(from) ?? []).filter((one) => !joined.has(columnKey(one)));
    const composite = ledToByAll(from, names).filter(({ pairs }) =>
      pairs.every(([own]) => free.some(({ column }) => column === own)),
    );
    return [...free.map(({ column }) => ledToBy(from, column, names)), composite].filter((all) => all.length);
  });
}

/** By the samples of the catalog; nothing where the key's is not whole, or several columns must hold together. */
function containedInSamples({ pairs }: NamedPair): number | undefined {
  const [own, key] = pairs[0]!;
  if (pairs.length > 1 || !key.valuesComplete) return undefined;
  const values = new Set(key.values);
  return own.values.length ? own.values.filter((one) => values.has(one)).length / own.values.length : 0;
}

/** By the first rows of the table, whose values are looked up in the key. */
async function containedInRows(pair: NamedPair, place: Place): Promise<number> {
  const rows = await rowsOf(printSql(lookup(pair), place.catalog.engine), place);
  const [all, found] = typeof rows === 'string' ? [] : (rows.rows[0] ?? []);
  return Number(all) > 0 ? Number(found) / Number(all) : 0;
}

/** How many of the first rows have a value, and of how many it is in the key. */
function lookup({ from, to, pairs }: NamedPair): SelectIr {
  const of = (table: string, name: string): ColumnIr => ({ kind: 'column', table, name });
  const own = (at: number) => of('sampled', `k${at}`);
  const sampled: SelectIr = {
    ...EMPTY_SELECT,
    items: pairs.map(([{ name }], at) => ({ expression: { kind: 'column', name }, alias: `k${at}` })),
    from: sourceOf(from),
    limit: SAMPLED_ROWS,
  };
  const count = (column: ColumnIr) =>
    ({ expression: { kind: 'aggregate', name: 'count', distinct: false, argument: column } }) as const;
  return {
    ...EMPTY_SELECT,
    items: [count(own(0)), count(of('held', pairs[0]![1].name))],
    from: { kind: 'derived', query: sampled, alias: 'sampled' },
    joins: [
      {
        type: 'left',
        source: { ...sourceOf(to), alias: 'held' },
        on: allOf(
          pairs.map(([, { name }], at) => ({
            kind: 'compare',
            operator: '=',
            left: own(at),
            right: of('held', name),
          })),
        ),
      },
    ],
    where: allOf(pairs.map((_, at) => ({ kind: 'null-test', negated: true, value: own(at) }))),
  };
}

const sourceOf = ({ schema, name }: Table): SourceIr & { readonly kind: 'table' } => ({
  kind: 'table',
  ...(schema === undefined ? {} : { schema }),
  name,
});
