import type { Column, ForeignKey, Table } from './catalog.ts';
import { asData, commentOf, examplesOf, kindsOf, type MSchema, valueKey } from './m-schema.ts';

/** What stands in comments beside the names and types; nothing, if absent. */
export interface DdlNotes {
  /** Example values of a column at most. */
  readonly values?: number;
  /** All values of a text column that has no more than so many. */
  readonly kinds?: number;
  /** Characters of what people wrote about a table or column. */
  readonly comments?: number;
}

/**
 * The schema as the CREATE TABLE statements that would make it, the form of it that models have read most. It is read by a model and
 * never executed. Keys to tables that are not shown are left out.
 */
export function ddlText({ tables, values }: Pick<MSchema, 'tables' | 'values'>, notes: DdlNotes = {}): string {
  const shown = new Set(tables.map(nameOf).map((name) => name.toLowerCase()));
  return tables
    .map((table) => {
      const keys = table.foreignKeys.filter((key) => shown.has(targetOf(key, table).toLowerCase()));
      const lines = [
        ...table.columns.map((column) => ({
          text: columnLine(column, table),
          note: noteOf(column, table, values.get(valueKey(table, column)) ?? [], notes),
        })),
        ...[
          ...(table.primaryKey.length > 1 ? [`PRIMARY KEY (${table.primaryKey.map(written).join(', ')})`] : []),
          ...keys.map((key) => keyLine(key, table)),
        ].map((text) => ({ text, note: '' })),
      ];
      const body = lines.map(({ text, note }, at) => `  ${text}${at + 1 < lines.length ? ',' : ''}${remark(note)}`);
      const about = remark(commentOf(table.comment, { commentLength: notes.comments ?? 0 }));
      return `CREATE TABLE ${writtenName(nameOf(table))} (${about}\n${body.join('\n')}\n);`;
    })
    .join('\n\n');
}

const remark = (note: string) => (note ? ` -- ${note}` : '');

function noteOf(
  column: Column,
  table: Table,
  named: readonly string[],
  { values = 0, kinds = 0, comments = 0 }: DdlNotes,
): string {
  const all = kindsOf(column, table, kinds);
  const some = all.length || !values ? [] : examplesOf(column, table, named, values);
  return [
    commentOf(column.comment, { commentLength: comments }),
    ...(all.length ? [`${column.valuesComplete ? 'one of' : 'such as'} ${all.map(asText).join(', ')}`] : []),
    ...(some.length ? [`e.g. ${some.map(asText).join(', ')}`] : []),
  ]
    .filter(Boolean)
    .join('; ');
}

const asText = (value: string) => (Number.isNaN(Number(value)) ? `'${value.replaceAll("'", "''")}'` : value);

const nameOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>) =>
  schema === undefined ? name : `${schema}.${name}`;

const targetOf = ({ targetSchema, targetTable }: ForeignKey, { schema }: Table) =>
  schema === undefined ? targetTable : `${targetSchema ?? schema}.${targetTable}`;

function columnLine({ name, type }: Column, { primaryKey }: Table): string {
  const isKey = primaryKey.length === 1 && primaryKey[0] === name;
  return `${written(name)} ${asData(type)}${isKey ? ' PRIMARY KEY' : ''}`;
}

const keyLine = (key: ForeignKey, table: Table) =>
  `FOREIGN KEY (${key.columns.map(written).join(', ')}) REFERENCES ${writtenName(targetOf(key, table))} (${key.targetColumns.map(written).join(', ')})`;

/** A name that needs no quotes stands as it is. */
const written = (name: string) => (/^[A-Za-z_]\w*$/.test(name) ? name : `"${asData(name).replaceAll('"', '""')}"`);
const writtenName = (name: string) => name.split('.').map(written).join('.');
