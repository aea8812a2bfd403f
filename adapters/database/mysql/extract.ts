import mysql, { type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import type { Column, DatabaseCatalog, ForeignKey, Table } from '#src/domain/catalog.ts';
import { driverError } from '../driver-error.ts';
import { SAMPLE_ROWS, summariseSample } from '../samples.ts';
import { kindOfType } from './types.ts';

/** Wider tables are sampled with fewer rows, so that a sample stays a few megabytes. */
const WIDE = 200;

const TABLES = `
  SELECT table_name AS name, table_type AS type, table_rows AS row_estimate, table_comment AS comment
  FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
  ORDER BY table_name`;
const COLUMNS = `
  SELECT table_name AS tbl, column_name AS name, column_type AS type, data_type AS kind, is_nullable AS nullable,
         column_comment AS comment
  FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`;
const KEYS = `
  SELECT table_name AS tbl, constraint_name AS name, column_name AS col, referenced_table_schema AS target_schema,
         referenced_table_name AS target, referenced_column_name AS target_col
  FROM information_schema.key_column_usage
  WHERE table_schema = DATABASE() AND (constraint_name = 'PRIMARY' OR referenced_table_name IS NOT NULL)
  ORDER BY table_name, constraint_name, ordinal_position`;

const OWN_FUNCTIONS = `
  SELECT LOWER(routine_name) AS name FROM information_schema.routines
  WHERE routine_schema = DATABASE() AND routine_type = 'FUNCTION' ORDER BY 1`;

/** CONVERT_TZ gives null, and no error, where the server's tables of time zones are empty: they are filled only by its admin. */
const NAMED_ZONES = "SELECT CONVERT_TZ('2000-01-01 00:00:00', '+00:00', 'Europe/Oslo') IS NOT NULL AS named";

type Row = Record<string, string | null>;

/** What must be known of the server: whether names of tables differ by case, the functions defined on it, and its time zones. */
export async function extractNaming(
  connection: PoolConnection,
): Promise<Pick<DatabaseCatalog, 'caseSensitive' | 'ownCode' | 'namedTimeZones'>> {
  const [modes] = await connection.query<RowDataPacket[]>('SELECT @@lower_case_table_names AS mode');
  const [functions] = await connection.query<RowDataPacket[]>(OWN_FUNCTIONS);
  const [zones] = await connection.query<RowDataPacket[]>(NAMED_ZONES);
  const names = functions.map((row) => String(row.name));
  return {
    ...(Number(modes[0]!.mode) === 0 ? { caseSensitive: true } : {}),
    ...(Number(zones[0]!.named) === 1 ? { namedTimeZones: true } : {}),
    ...(names.length ? { ownCode: { functions: names.map((name) => ({ name })), operators: [] } } : {}),
  };
}

/** Tables, columns, keys and naming as they are read below, without the engine's row counts, which change with the rows. */
export async function schemaParts(connection: PoolConnection): Promise<unknown[]> {
  const rows = async (text: string) => (await connection.query<RowDataPacket[]>(text))[0] as unknown as Row[];
  const tables = (await rows(TABLES)).map(({ row_estimate: _, ...table }) => table);
  return [tables, await rows(COLUMNS), await rows(KEYS), await extractNaming(connection)];
}

/** Reads what the user may see of one database, with values from bounded samples. */
export async function extractTables(
  connection: PoolConnection,
  onTable: (done: number, total: number, table: string) => void,
): Promise<{ readonly tables: Table[]; readonly warnings: string[] }> {
  const rows = async (text: string) => (await connection.query<RowDataPacket[]>(text))[0] as unknown as Row[];
  const relations = await rows(TABLES);
  const columns = Map.groupBy(await rows(COLUMNS), (column) => column.tbl);
  const keys = Map.groupBy(await rows(KEYS), (key) => key.tbl);
  const warnings: string[] = [];
  const tables: Table[] = [];
  for (const [at, relation] of relations.entries()) {
    const own = columns.get(relation.name!) ?? [];
    const sample = await sampleRows(connection, relation.name!, own);
    if (!sample) warnings.push(`${relation.name} could not be sampled in time.`);
    tables.push(toTable(relation, own, keys.get(relation.name!) ?? [], sample ?? []));
    onTable(at + 1, relations.length, relation.name!);
  }
  return { tables, warnings };
}

/** The first rows of a table; undefined when they cannot be had (a broken or slow view). */
async function sampleRows(
  connection: PoolConnection,
  table: string,
  columns: readonly Row[],
): Promise<unknown[][] | undefined> {
  if (!columns.length) return [];
  const list = columns.map((column) =>
    kindOfType(column.kind!) === 'binary' ? 'NULL' : `LEFT(CAST(${mysql.escapeId(column.name!, true)} AS CHAR), 101)`,
  );
  const limit = columns.length > WIDE ? 100 : SAMPLE_ROWS;
  try {
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: `SELECT ${list.join(', ')} FROM ${mysql.escapeId(table, true)} LIMIT ${limit}`,
      rowsAsArray: true,
    });
    return rows as unknown as unknown[][];
  } catch (error) {
    // 1969, 3024: too slow; 1356, 1142, 1449: a view that is broken or not ours to read.
    if (![1969, 3024, 1356, 1142, 1143, 1449].includes(driverError(error).errno)) throw error;
    return undefined;
  }
}

function toTable(relation: Row, columns: readonly Row[], keys: readonly Row[], sample: readonly unknown[][]): Table {
  const view = relation.type === 'VIEW';
  const counted = sample.length < SAMPLE_ROWS ? sample.length : undefined;
  const rowEstimate = counted ?? (view || relation.row_estimate === null ? undefined : Number(relation.row_estimate));
  return {
    name: relation.name!,
    kind: view ? 'view' : 'table',
    ...(relation.comment && !view ? { comment: relation.comment } : {}),
    columns: columns.map((column, at) =>
      toColumn(
        column,
        sample.map((row) => row[at] ?? null),
      ),
    ),
    primaryKey: keys.filter((key) => key.name === 'PRIMARY').map((key) => key.col!),
    foreignKeys: foreignKeys(keys.filter((key) => key.target !== null)),
    ...(rowEstimate === undefined ? {} : { rowEstimate }),
  };
}

function foreignKeys(rows: readonly Row[]): ForeignKey[] {
  return [...Map.groupBy(rows, (row) => row.name)].map(([, parts]) => ({
    columns: parts.map((part) => part.col!),
    targetTable: parts[0]!.target!,
    targetColumns: parts.map((part) => part.target_col!),
  }));
}

function toColumn(column: Row, cells: readonly unknown[]): Column {
  const kind = kindOfType(column.kind!);
  const { values, valuesComplete, distinct, nullShare } = summariseSample(cells);
  return {
    name: column.name!,
    type: column.type!,
    kind,
    nullable: column.nullable === 'YES',
    ...(column.comment ? { comment: column.comment } : {}),
    // Long text and JSON are no filter values; keeping them would only fill the catalog.
    values: kind === 'other' || kind === 'binary' ? [] : values,
    valuesComplete,
    distinct,
    nullShare,
  };
}
