import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { COLUMN_ROLES, type ColumnRole, MEANING_OF_ROLE } from '#src/domain/roles/column-role.ts';
import { roleReadingOf } from '#src/domain/roles/roles-of-columns.ts';
import { textTable } from '#src/terminal/table.ts';
import { counted } from './context.ts';

interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  /** What the company or the database says of it. */
  readonly comment: string | null;
  readonly role: ColumnRole;
  readonly because: string;
  readonly configured: boolean;
}

interface DescribedTable {
  readonly name: string;
  /** Null where nobody counted. */
  readonly rows: number | null;
  readonly comment: string | null;
  readonly columns: readonly DescribedColumn[];
}

export interface DescribedDatabase {
  readonly id: string;
  readonly description: string | null;
  readonly tables: readonly DescribedTable[];
}

export function describeDatabase(
  catalog: DatabaseCatalog,
  { id, description }: Pick<RegisteredDatabase, 'id' | 'description'>,
): DescribedDatabase {
  const tables = catalog.tables.map((table) => ({
    name: tableLabel(table, catalog.engine),
    rows: table.rowEstimate ?? null,
    comment: table.comment ?? null,
    columns: table.columns.map((column) => {
      const { role, because, configured = false } = roleReadingOf({ table, column }, catalog);
      return { name: column.name, type: column.type, comment: column.comment ?? null, role, because, configured };
    }),
  }));
  return { id, description: description ?? null, tables };
}

/** Each table with its columns below it, then what the roles mean. */
export function descriptionText({ id, description, tables }: DescribedDatabase): string {
  const head = `${id}: ${counted(tables.length, 'table')}${description === null ? '' : `. ${description}`}`;
  const roles = new Set(tables.flatMap(({ columns }) => columns.map(({ role }) => role)));
  const meanings = COLUMN_ROLES.filter((role) => roles.has(role)).map((role) => `${role}: ${MEANING_OF_ROLE[role]}`);
  return [head, ...tables.map(tableText), meanings.join('\n')].join('\n\n');
}

/** Reasons are sentences: longer than a cell of an answer. */
const WIDEST = 80;

const COLUMNS = ['column', 'type', 'role', 'because', 'holds'];

function tableText({ name, rows, comment, columns }: DescribedTable): string {
  const size = rows === null ? '' : `, about ${counted(rows, 'row')}`;
  const isSaid = columns.some((one) => one.comment !== null);
  const table = {
    columns: COLUMNS.slice(0, isSaid ? 5 : 4).map((name) => ({ name, kind: 'text' as const })),
    rows: columns.map((one) => [one.name, one.type, one.role, one.because, ...(isSaid ? [one.comment ?? ''] : [])]),
  };
  return `${name}${size}${comment === null ? '' : `. ${comment}`}\n${textTable(table, { rows: columns.length, cellWidth: WIDEST }).text}`;
}
