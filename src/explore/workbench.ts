import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { columnWords, singularOf, type Things, thingsOf } from '#src/domain/plain-names.ts';
import type { ColumnRole } from '#src/domain/roles/column-role.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import {
  allOf,
  type ColumnIr,
  type ConditionIr,
  EMPTY_SELECT,
  type JoinIr,
  type SelectIr,
  type TableSourceIr,
} from '#src/sql/query-ir.ts';
import type { GraphJoin } from './column-graph.ts';
import type { Random } from './random.ts';
import type { SubSchema } from './sample-schema.ts';

/** A table in the FROM of a query that is being made. */
export interface Placed {
  readonly table: Table;
  readonly things: Things;
  /** Where the table is there twice. */
  readonly alias?: string;
  /** How it is reached: from a table that is there already. Absent for the first. */
  readonly via?: { readonly from: Placed; readonly join: GraphJoin };
  /** How it is spoken of from the first table: "customer", "customer's country". Empty for the first. */
  readonly path: string;
}

export interface PlacedColumn extends ColumnOf {
  readonly at: Placed;
  readonly role: ColumnRole;
  /** "status", "customer's name". */
  readonly words: string;
}

/** What a query is made of: a table, of each of whose rows there is at most one in every other, and columns of all of them. */
export interface Workbench {
  readonly catalog: DatabaseCatalog;
  readonly random: Random;
  readonly root: Placed;
  readonly placed: readonly Placed[];
  readonly columns: readonly PlacedColumn[];
}

/** The tables of a sub-schema that are reached from one of them row by row; the one from which most are. */
export function layOut(sub: SubSchema, catalog: DatabaseCatalog, random: Random): Workbench {
  const plans = sub.tables.map((table) => layOutFrom(table, sub, catalog, random));
  const most = Math.max(...plans.map(({ placed }) => placed.length));
  return random.pick(plans.filter(({ placed }) => placed.length === most));
}

/** One of the tables of a sub-schema with those that its rows lead to. */
export function layOutFrom(table: Table, sub: SubSchema, catalog: DatabaseCatalog, random: Random): Workbench {
  const placed = placeFrom(table, sub.joins, catalog);
  const columns = placed.flatMap((at) =>
    sub.columns.filter((one) => one.table === at.table).map(({ column }) => placedColumn(at, column, catalog)),
  );
  return { catalog, random, root: placed[0]!, placed, columns };
}

/** Of one table alone. */
export function benchOf(
  table: Table,
  columns: readonly ColumnOf[],
  catalog: DatabaseCatalog,
  random: Random,
): Workbench {
  const root: Placed = { table, things: thingsOf(table, catalog), path: '' };
  const own = columns.filter((one) => one.table === table).map(({ column }) => placedColumn(root, column, catalog));
  return { catalog, random, root, placed: [root], columns: own };
}

function placeFrom(table: Table, joins: readonly GraphJoin[], catalog: DatabaseCatalog): readonly Placed[] {
  const placed: Placed[] = [{ table, things: thingsOf(table, catalog), path: '' }];
  for (let at = 0; at < placed.length && placed.length < MOST_PLACED; at += 1) {
    const from = placed[at]!;
    for (const join of joins.filter((one) => one.from === from.table)) {
      if (placed.some(({ via }) => via?.join === join)) continue;
      const noun = nounOf(join, catalog);
      const path = from.path ? `${from.path}'s ${noun}` : noun;
      const twice = placed.some((one) => one.table === join.to);
      const alias = twice ? aliasOf(noun, placed) : undefined;
      placed.push({
        table: join.to,
        things: thingsOf(join.to, catalog),
        path,
        via: { from, join },
        ...(alias ? { alias } : {}),
      });
    }
  }
  return placed;
}

const MOST_PLACED = 5;

/** A name for a table that is there a second time: `manager`, or `manager_2`. */
function aliasOf(noun: string, placed: readonly Placed[]): string {
  const plain = noun
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^(?![a-z])/, 't_');
  const taken = new Set(placed.flatMap(({ table, alias }) => [table.name.toLowerCase(), alias ?? '']));
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? plain : `${plain}_${count}`;
    if (!taken.has(name)) return name;
  }
}

const IDENTIFIES = /^(?:id|ids|key|code|no|nr|num|number|fk|ref|uuid|guid)$/;

/** What the row that a join leads to is to the one it leads from: its table's name, or what the column says of it: "manager". */
export function nounOf({ from, to, pairs }: GraphJoin, catalog: DatabaseCatalog): string {
  const { one } = thingsOf(to, catalog);
  const [own] = pairs[0]!;
  const said = splitIdentifier(own.name).filter((word) => !IDENTIFIES.test(word));
  const phrase = said.join(' ');
  if (!said.length || said.some((word) => word.length < 4) || phrase === one) return one;
  const last = one.split(' ').at(-1) ?? one;
  const isKind = singularOf(said.at(-1) ?? '') === last && said.length > 1;
  const isOther = from === to || from.foreignKeys.filter(({ targetTable }) => targetTable === to.name).length > 1;
  return isKind || isOther ? phrase : one;
}

/** How a column is spoken of: without the name of its table before it, and by how its table is reached. */
export function placedColumn(at: Placed, column: Column, catalog: DatabaseCatalog): PlacedColumn {
  const { table, things, path } = at;
  const said = columnWords(column);
  const noun = `${things.one} `;
  const own = said.startsWith(noun) && said.length > noun.length ? said.slice(noun.length) : said;
  return { table, column, at, role: roleOf({ table, column }, catalog), words: path ? `${path}'s ${own}` : own };
}

export const columnIr = ({ at, column }: PlacedColumn, qualify: boolean): ColumnIr =>
  qualify
    ? { kind: 'column', table: at.alias ?? at.table.name, name: column.name }
    : { kind: 'column', name: column.name };

/** FROM and JOIN for the tables of these columns and those on the way to them; whether names need their table before them. */
function sourcesFor(
  { root }: Workbench,
  used: readonly PlacedColumn[],
): Pick<SelectIr, 'from' | 'joins'> & { readonly qualify: boolean } {
  const needed = new Set<Placed>();
  const need = (at: Placed) => {
    if (needed.has(at)) return;
    if (at.via) need(at.via.from);
    needed.add(at);
  };
  need(root);
  for (const { at } of used) need(at);
  const joins = [...needed].flatMap((at): readonly JoinIr[] =>
    at.via ? [{ type: 'inner', source: sourceOf(at), on: onOf(at, at.via) }] : [],
  );
  return { from: sourceOf(root), joins, qualify: joins.length > 0 };
}

const sourceOf = ({ table, alias }: Placed): TableSourceIr => ({
  kind: 'table',
  ...(table.schema === undefined ? {} : { schema: table.schema }),
  name: table.name,
  ...(alias === undefined ? {} : { alias }),
});

function onOf(at: Placed, { from, join }: NonNullable<Placed['via']>): ConditionIr | undefined {
  const name = (one: Placed, column: Column): ColumnIr => ({
    kind: 'column',
    table: one.alias ?? one.table.name,
    name: column.name,
  });
  return allOf(
    join.pairs.map(([own, other]) => ({
      kind: 'compare',
      operator: '=',
      left: name(from, own),
      right: name(at, other),
    })),
  );
}

/** A SELECT over what the columns need. */
export function selectOver(
  bench: Workbench,
  used: readonly PlacedColumn[],
  rest: (name: (column: PlacedColumn) => ColumnIr) => Partial<SelectIr>,
): SelectIr {
  const { from, joins, qualify } = sourcesFor(bench, used);
  return { ...EMPTY_SELECT, from, joins, ...rest((column) => columnIr(column, qualify)) };
}
