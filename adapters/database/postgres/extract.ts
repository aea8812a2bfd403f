import type { PoolClient } from 'pg';
import pg from 'pg';
import type { Column, DatabaseCatalog, ForeignKey, Table } from '#src/domain/catalog.ts';
import { driverError } from '../driver-error.ts';
import { SAMPLE_ROWS, summariseSample } from '../samples.ts';
import { kindOfType } from './types.ts';

/** One sampling statement may take this long; a slow view is left without samples. */
const SAMPLE_TIMEOUT_MS = 2_000;
/** Wider tables are sampled with fewer rows, so that a sample stays a few megabytes. */
const WIDE = 200;

const RELATIONS = `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.reltuples AS tuples, c.relrowsecurity AS row_security,
         obj_description(c.oid, 'pg_class') AS comment
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname !~ '^(pg_|information_schema$)' AND ($1::text[] IS NULL OR n.nspname = ANY ($1::text[]))
    AND has_schema_privilege(n.oid, 'USAGE')
    AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  ORDER BY n.nspname, c.relname`;

const COLUMNS = `
  SELECT a.attrelid::text AS oid, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         NOT a.attnotnull AS nullable, col_description(a.attrelid, a.attnum) AS comment, s.n_distinct AS n_distinct,
         s.null_frac AS null_frac
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
  WHERE a.attrelid::text = ANY ($1::text[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  ORDER BY a.attrelid, a.attnum`;

const KEYS = `
  SELECT k.conrelid::text AS oid, k.contype AS type, tn.nspname AS target_schema, t.relname AS target,
         (SELECT string_agg(a.attname, E'\\x1f' ORDER BY u.ord) FROM unnest(k.conkey) WITH ORDINALITY u(num, ord)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num) AS columns,
         (SELECT string_agg(a.attname, E'\\x1f' ORDER BY u.ord) FROM unnest(k.confkey) WITH ORDINALITY u(num, ord)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num) AS target_columns
  FROM pg_constraint k LEFT JOIN pg_class t ON t.oid = k.confrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
  WHERE k.contype IN ('p', 'f') AND k.conrelid::text = ANY ($1::text[])
  ORDER BY k.conrelid, k.conname`;

/** Code of the company's own, whose names may mean it where the engine's were meant; that of extensions is left out. */
const OWN_CODE = `
  SELECT 'function' AS kind, p.proname AS name,
         CASE WHEN p.provariadic = 0 AND p.pronargdefaults = 0 THEN (
           SELECT coalesce(string_agg(t.typcategory::text, '' ORDER BY a.place), '')
           FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY a(type, place) JOIN pg_type t ON t.oid = a.type) END AS takes
  FROM pg_proc p
  WHERE p.oid >= 16384 AND NOT EXISTS (
    SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 'operator', o.oprname, concat(l.typcategory, r.typcategory)
  FROM pg_operator o LEFT JOIN pg_type l ON l.oid = o.oprleft LEFT JOIN pg_type r ON r.oid = o.oprright
  WHERE o.oid >= 16384 AND NOT EXISTS (
    SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')
  ORDER BY 1, 2, 3`;

type Row = Record<string, string | null>;

export async function extractOwnCode(client: PoolClient): Promise<NonNullable<DatabaseCatalog['ownCode']>> {
  const { rows } = await client.query<{ kind: string; name: string; takes: string | null }>(OWN_CODE);
  const of = (kind: string) =>
    rows
      .filter((row) => row.kind === kind)
      .map(({ name, takes }) => ({ name, ...(takes === null ? {} : { takes: [...takes] }) }));
  return { functions: of('function'), operators: of('operator') };
}

/** Tables, columns, keys and code as they are read below, without the engine's statistics, which change with the rows. */
export async function schemaParts(client: PoolClient, schemas: readonly string[] | undefined): Promise<unknown[]> {
  const { rows: relations } = await client.query<Row>(RELATIONS, [schemas ?? null]);
  const oids = relations.map((relation) => relation.oid);
  const { rows: columns } = await client.query<Row>(COLUMNS, [oids]);
  const { rows: keys } = await client.query<Row>(KEYS, [oids]);
  return [
    relations.map(({ tuples: _, ...relation }) => relation),
    columns.map(({ n_distinct: _, null_frac: __, ...column }) => column),
    keys,
    await extractOwnCode(client),
  ];
}

/** Reads what the role may see, inside a read-only transaction; statistics from pg_stats, values from bounded samples. */
export async function extractTables(
  client: PoolClient,
  schemas: readonly string[] | undefined,
  onTable: (done: number, total: number, table: string) => void,
): Promise<{ readonly tables: Table[]; readonly warnings: string[] }> {
  const rows = async (text: string, values: unknown[]): Promise<Row[]> => (await client.query<Row>(text, values)).rows;
  const relations = await rows(RELATIONS, [schemas ?? null]);
  const oids = relations.map((relation) => relation.oid);
  const columns = Map.groupBy(await rows(COLUMNS, [oids]), (column) => column.oid);
  const keys = Map.groupBy(await rows(KEYS, [oids]), (key) => key.oid);
  const warnings: string[] = [];
  const tables: Table[] = [];
  for (const [at, relation] of relations.entries()) {
    const own = columns.get(relation.oid!) ?? [];
    const sample = await sampleRows(client, relation, own);
    if (!sample)
      warnings.push(`${relation.schema}.${relation.name} could not be sampled within ${SAMPLE_TIMEOUT_MS / 1000} s.`);
    tables.push(toTable(relation, own, keys.get(relation.oid!) ?? [], sample ?? []));
    onTable(at + 1, relations.length, String(relation.name));
  }
  return { tables, warnings };
}

/** The first rows of a table; undefined when they cannot be had in time. A savepoint keeps the transaction usable. */
async function sampleRows(
  client: PoolClient,
  relation: Row,
  columns: readonly Row[],
): Promise<unknown[][] | undefined> {
  if (!columns.length) return [];
  const name = `${pg.escapeIdentifier(relation.schema!)}.${pg.escapeIdentifier(relation.name!)}`;
  const list = columns.map((column) =>
    kindOfType(column.type!) === 'binary' ? 'NULL' : `left(${pg.escapeIdentifier(column.name!)}::text, 101)`,
  );
  await client.query('SAVEPOINT sample');
  try {
    await client.query("SELECT set_config('statement_timeout', $1, true)", [String(SAMPLE_TIMEOUT_MS)]);
    const limit = columns.length > WIDE ? 100 : SAMPLE_ROWS;
    const result = await client.query({
      text: `SELECT ${list.join(', ')} FROM ${name} LIMIT ${limit}`,
      rowMode: 'array',
    });
    await client.query('RELEASE SAVEPOINT sample');
    return result.rows as unknown[][];
  } catch (error) {
    if (!/^(57014|42|22|0A|P0|2F|55)/.test(driverError(error).code)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT sample');
    return undefined;
  }
}

function toTable(relation: Row, columns: readonly Row[], keys: readonly Row[], sample: readonly unknown[][]): Table {
  const tuples = Number(relation.tuples);
  const rowEstimate =
    tuples >= 0 && relation.kind !== 'v' ? Math.round(tuples) : sample.length < SAMPLE_ROWS ? sample.length : undefined;
  return {
    schema: relation.schema!,
    name: relation.name!,
    kind: relation.kind === 'v' || relation.kind === 'm' ? 'view' : 'table',
    ...(relation.comment ? { comment: relation.comment } : {}),
    ...(relation.row_security === 't' ? { rowSecurity: true } : {}),
    columns: columns.map((column, at) =>
      toColumn(
        column,
        sample.map((row) => row[at] ?? null),
        tuples,
      ),
    ),
    primaryKey: keys.filter((key) => key.type === 'p').flatMap((key) => split(key.columns)),
    foreignKeys: keys.filter((key) => key.type === 'f').map(toForeignKey),
    ...(rowEstimate === undefined ? {} : { rowEstimate }),
  };
}

const split = (text: string | null | undefined) => (text ? text.split('\u001f') : []);

function toForeignKey(key: Row): ForeignKey {
  return {
    columns: split(key.columns),
    targetSchema: key.target_schema!,
    targetTable: key.target!,
    targetColumns: split(key.target_columns),
  };
}

function toColumn(column: Row, cells: readonly unknown[], tuples: number): Column {
  const kind = kindOfType(column.type!);
  const { values, valuesComplete, distinct, nullShare } = summariseSample(cells);
  const estimate =
    column.n_distinct === null || column.n_distinct === undefined ? undefined : Number(column.n_distinct);
  return {
    name: column.name!,
    type: column.type!,
    kind,
    nullable: column.nullable === 't',
    ...(column.comment ? { comment: column.comment } : {}),
    // Long text and JSON are no filter values; keeping them would only fill the catalog.
    values: kind === 'other' || kind === 'binary' ? [] : values,
    valuesComplete,
    // pg_stats gives a negative share of the rows where the number grows with the table.
    distinct: estimate === undefined ? distinct : Math.round(estimate < 0 ? -estimate * Math.max(tuples, 0) : estimate),
    nullShare: column.null_frac ? Number(column.null_frac) : nullShare,
  };
}
