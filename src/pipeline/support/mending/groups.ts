import { type Column, type DatabaseCatalog, type Engine, type Table, tableLabel } from '#src/domain/catalog.ts';
import { labelsOf } from '#src/domain/roles/roles-of-columns.ts';
import { familyOf } from '#src/sql/functions.ts';
import type { ExpressionIr, SelectIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import { allSourcesOf, columnOn, isCalled, type Source, selectsOf, sourcesRead } from './sources.ts';

/** A statement whose groups are one row of a table each, and what tells these rows apart. */
export interface ToldApart {
  readonly sql: string;
  readonly toldApart: readonly string[];
}

/**
 * Groups by what rows are called (`GROUP BY c.name`), of which several are called the same, add these together: the key is put before the
 * name. Only where rows of another table are joined by that key, for else the names themselves may be counted. Undefined where no group
 * holds several.
 */
export function groupByKeys(sql: string, engine: Engine, catalog: DatabaseCatalog): ToldApart | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  if (problems.length) return undefined;
  const mixed = selectsOf(query).flatMap((select) => mixedIn(select, catalog));
  if (!mixed.length) return undefined;
  const family = familyOf(engine);
  return {
    sql: edited(
      sql,
      mixed.map(
        ({ source, key, at }): Edit => ({ start: at, end: at, text: `${columnOn(source.alias, key, family)}, ` }),
      ),
    ),
    toldApart: mixed.map(({ source, key }) => `${tableLabel(source.table, engine)}.${key}`),
  };
}

interface Mixed {
  readonly source: Source;
  readonly key: string;
  /** Where the first of the names stands in GROUP BY. */
  readonly at: number;
}

function mixedIn(select: SelectIr, catalog: DatabaseCatalog): readonly Mixed[] {
  const sources = allSourcesOf(select, catalog) ?? [];
  if (sources.length < 2) return [];
  return sources.flatMap((source): Mixed[] => {
    const { table } = source;
    const [key, ...more] = table.primaryKey;
    const own = select.groupBy.filter((one) => isOnly(one, source, sources));
    const [first] = own;
    if (key === undefined || more.length || !first?.span) return [];
    const labels = labelsOf(table, catalog);
    const named = own.map((one) => labels.find(({ name }) => one.kind === 'column' && isName(one.name, name)));
    const areNames = named.every((label) => label !== undefined);
    if (!areNames || !named.every((label) => repeats(label, table)) || !isJoinedBy(key, source, select, sources))
      return [];
    return [{ source, key, at: first.span.start }];
  });
}

const isName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** Whether an expression is of columns of this table alone. */
function isOnly(one: ExpressionIr, source: Source, sources: readonly Source[]): boolean {
  const read = sourcesRead(one, sources);
  return read.size === 1 && read.has(source);
}

/** Whether rows share a value, as far as is known. */
const repeats = ({ distinct }: Column, { rowEstimate }: Table): boolean =>
  distinct !== undefined && rowEstimate !== undefined && distinct < rowEstimate;

/** Whether another table is held against the key. */
function isJoinedBy(key: string, source: Source, { joins }: SelectIr, sources: readonly Source[]): boolean {
  return joins.some(({ on }) => {
    if (on?.kind !== 'compare' || on.operator !== '=' || sourcesRead(on, sources).size !== 2) return false;
    return [on.left, on.right].some(
      (side) =>
        side.kind === 'column' && isName(side.name, key) && side.table !== undefined && isCalled(source, side.table),
    );
  });
}
