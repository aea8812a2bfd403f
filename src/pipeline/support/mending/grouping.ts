import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { printSql } from '#src/sql/print-sql.ts';
import {
  allOf,
  canonical,
  type ExpressionIr,
  mapParts,
  mapQuery,
  partsOf,
  type QueryIr,
  type QueryMap,
  type SelectIr,
} from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { Unprintable } from '#src/sql/unprintable.ts';
import { sourcesOf } from './sources.ts';

/**
 * Mends figures of groups where no groups are made: a condition on one in WHERE goes to HAVING, and what stands beside one is what the
 * groups are of (`SELECT name FROM t ORDER BY COUNT(*)`). A greatest or least value alone makes none: SQLite shows the row that has it.
 * Undefined where there is nothing to mend.
 */
export function makeGroups(sql: string, engine: Engine, catalog: DatabaseCatalog): string | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  let isMended = false;
  const within: QueryMap = {
    expression: (part) => mapParts(part, within),
    source: (part) => (part.kind === 'derived' ? { ...part, query: within.query(part.query) } : part),
    query: (part) => {
      const all = mapQuery(part, within);
      const made = all.kind === 'select' ? grouped(all, catalog) : undefined;
      isMended ||= made !== undefined;
      return made ?? all;
    },
  };
  const mended = within.query(parsed.value);
  return isMended ? printed(mended, engine) : undefined;
}

/** The SELECT with its groups made; undefined for one that needs none. */
function grouped(select: SelectIr, catalog: DatabaseCatalog): SelectIr | undefined {
  const { where, having, items, orderBy } = select;
  const conditions = where?.kind === 'and' ? where.parts : where ? [where] : [];
  const ofGroups = conditions.filter((one) => figuresIn(one).length);
  const held = allOf([...(having ? [having] : []), ...ofGroups]);
  const values = items.map(({ expression }) => expression);
  const figures = [...values, ...(held ? [held] : []), ...orderBy.map(({ expression }) => expression)].flatMap(
    figuresIn,
  );
  const plain = values.filter((one) => !figuresIn(one).length && columnsIn(one));
  const isUngrouped = !select.groupBy.length && plain.length > 0 && figures.some(isOfGroup);
  if (!ofGroups.length && !isUngrouped) return undefined;
  // "older than average": of all rows, not of groups.
  if (isUngrouped && ofGroups.some(besideFigures)) return undefined;
  // A row of a table is a group of one.
  if (isUngrouped && isOneRowEach(plain, select, catalog)) return undefined;
  const kept = ofGroups.length ? allOf(conditions.filter((one) => !ofGroups.includes(one))) : where;
  const distinct = isUngrouped ? false : select.distinct;
  return { ...select, distinct, where: kept, having: held, groupBy: isUngrouped ? unique(plain) : select.groupBy };
}

/** Whether the only table that is read is grouped by its key. */
function isOneRowEach(by: readonly ExpressionIr[], select: SelectIr, catalog: DatabaseCatalog): boolean {
  const [source, ...more] = sourcesOf(select, catalog);
  const key = source?.table.primaryKey ?? [];
  if (more.length || select.joins.length || !key.length) return false;
  const names = new Set(by.flatMap((one) => (one.kind === 'column' ? [one.name.toLowerCase()] : [])));
  return key.every((name) => names.has(name.toLowerCase()));
}

const unique = (all: readonly ExpressionIr[]) => [...new Map(all.map((one) => [canonical(one), one])).values()];

/** The aggregates of a value, those of its subqueries left out. */
const figuresIn = (one: ExpressionIr): readonly ExpressionIr[] =>
  one.kind === 'aggregate' || one.kind === 'list'
    ? [one]
    : one.kind === 'window'
      ? []
      : partsOf(one).flatMap(figuresIn);

const isOfGroup = (one: ExpressionIr) => one.kind !== 'aggregate' || (one.name !== 'min' && one.name !== 'max');

const columnsIn = (one: ExpressionIr): boolean =>
  one.kind === 'column' || one.kind === 'verbatim' || partsOf(one).some(columnsIn);

/** Whether a column stands beside the figures of a condition. */
const besideFigures = (one: ExpressionIr): boolean =>
  one.kind === 'column' || (one.kind !== 'aggregate' && one.kind !== 'list' && partsOf(one).some(besideFigures));

function printed(query: QueryIr, engine: Engine): string | undefined {
  try {
    return printSql(query, engine);
  } catch (error) {
    if (error instanceof Unprintable) return undefined;
    throw error;
  }
}
