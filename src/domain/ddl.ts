import type { Column, ForeignKey, Table } from './catalog.ts';
import { asData, examplesOf, type MSchema, valueKey } from './m-schema.ts';

/**
 * The schema as the CREATE TABLE statements that would make it, the form of it that models have read most. It is read by a model and
 * never executed. Keys to tables that are not shown are left out; of each column that may show values so many stand in a comment.
 */
export function ddlText({ tables, values }: Pick<MSchema, 'tables' | 'values'>, examples = 0): string {
  const shown = new Set(tables.map(nameOf).map((name) => name.toLowerCase()));
  return tables
    .map((table) => {
      const keys = table.foreignKeys.filter((key) => shown.has(targetOf(key, table).toLowerCase()));
      const shownOf = (column: Column) =>
        examples ? examplesOf(column, table, values.get(valueKey(table, column)) ?? [], examples) : [];
      const lines = [
        ...table.columns.map((column) => ({ text: columnLine(column, table), shown: shownOf(column) })),
        ...[
          ...(table.primaryKey.length > 1 ? [`PRIMARY KEY (${table.primaryKey.map(written).join(', ')})`] : []),
          ...keys.map((key) => keyLine(key, table)),
        ].map((text) => ({ text, shown: [] })),
      ];
      const body = lines.map(
        ({ text, shown }, at) =>
          `  ${text}${at + 1 < lines.length ? ',' : ''}${shown.length ? ` -- e.g. ${shown.map(asText).join(', ')}` : ''}`,
      );
      return `CREATE TABLE ${writtenName(nameOf(table))} (\n${body.join('\n')}\n);`;
    })
    .join('\n\n');
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
