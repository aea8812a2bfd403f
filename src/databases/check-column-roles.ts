import {
  type Column,
  type DatabaseCatalog,
  findColumn,
  findTable,
  type Table,
  tableLabel,
} from '#src/domain/catalog.ts';
import { isYear } from '#src/domain/column-meaning.ts';
import { didYouMean, nearestNames } from '#src/domain/likeness.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { ColumnRole } from '#src/domain/roles/column-role.ts';

/** What is wrong with the roles that an admin set, one sentence each: names that the database lacks, and roles that cannot be. */
export function checkColumnRoles(
  { id, columnRoles = {} }: Pick<RegisteredDatabase, 'id' | 'columnRoles'>,
  catalog: DatabaseCatalog,
): readonly string[] {
  const set = Object.entries(columnRoles).map(([name, role]) => ({ name, role, ...findNamed(name, catalog) }));
  const missing = set.flatMap(({ name, table, column }) => {
    if (table && column) return [];
    const known = (table ? [table] : catalog.tables).flatMap((one) => columnNames(one, catalog));
    const what = table || !name.includes('.') ? 'column' : 'table';
    const said = what === 'table' ? name.slice(0, name.lastIndexOf('.')) : name;
    const near = what === 'table' ? catalog.tables.map((one) => tableLabel(one, catalog.engine)) : known;
    return [`column-roles of ${id}: there is no ${what} ${said}.${didYouMean(nearestNames(said, near))}`];
  });
  const unfit = set.flatMap(({ name, role, column }) => {
    const why = column && whyNot(column, role);
    return why ? [`column-roles of ${id}: ${name} ${why}.`] : [];
  });
  return [...missing, ...unfit, ...twoEvents(id, set)];
}

interface SetRole {
  readonly name: string;
  readonly role: ColumnRole;
  readonly table: Table | undefined;
  readonly column: Column | undefined;
}

const columnNames = (table: Table, { engine }: DatabaseCatalog) =>
  table.columns.map((column) => `${tableLabel(table, engine)}.${column.name}`);

function findNamed(name: string, catalog: DatabaseCatalog): Pick<SetRole, 'table' | 'column'> {
  const [column = '', table = '', schema] = name.split('.').toReversed();
  const found = findTable(catalog, table, schema);
  return { table: found, column: found && findColumn(found, column) };
}

function whyNot(column: Column, role: ColumnRole): string | undefined {
  const isDate = column.kind === 'date' || column.kind === 'timestamp' || isYear(column);
  if (role === 'event date' && !isDate)
    return `is of the type ${column.type}, on which no period can be read: it cannot be an event date`;
  const isMeasure = role === 'additive measure' || role === 'other measure';
  if (isMeasure && column.kind !== 'number' && column.kind !== 'text')
    return `is of the type ${column.type} and holds no numbers: it cannot be an ${role}`;
  return undefined;
}

/** A period is read on one date of a table. */
function twoEvents(id: string, set: readonly SetRole[]): string[] {
  const events = Map.groupBy(
    set.filter(({ role, column }) => role === 'event date' && column),
    ({ table }) => table,
  );
  return [...events.values()]
    .filter((names) => names.length > 1)
    .map(
      (names) =>
        `column-roles of ${id}: ${names.map(({ name }) => name).join(' and ')} cannot both be the event date of a table.`,
    );
}
