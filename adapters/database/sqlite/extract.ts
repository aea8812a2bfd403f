import type { DatabaseSync } from 'node:sqlite';
import { SAMPLE_ROWS, summariseSample } from '../samples.ts';
import type { RawColumn, RawTable } from './protocol.ts';

/** Rows are counted up to this many; beyond, sqlite_stat1 or the bound itself is the estimate. */
const COUNT_BOUND = 200_000;

/** Yields every table and view with its columns, keys and bounded samples. */
export function* extractTables(
  db: DatabaseSync,
): Generator<{ readonly done: number; readonly total: number; readonly table: RawTable }> {
  const names = db
    .prepare(
      "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all() as { name: string; type: string }[];
  for (const [at, { name, type }] of names.entries()) {
    yield { done: at + 1, total: names.length, table: extractTable(db, name, type === 'view') };
  }
}

function extractTable(db: DatabaseSync, name: string, view: boolean): RawTable {
  const info = db
    .prepare(
      `SELECT name, type, "notnull" AS required, pk FROM pragma_table_xinfo(${literal(name)}) WHERE hidden IN (0, 2, 3)`,
    )
    .all() as { name: string; type: string; required: number; pk: number }[];
  const keys = db
    .prepare(`SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(${literal(name)}) ORDER BY id, seq`)
    .all() as { id: number; table: string; from: string; to: string | null }[];
  const sample = sampleRows(db, name, info.length);
  const columns = info.map(
    (column, at): RawColumn => ({
      name: column.name,
      type: column.type,
      nullable: column.required === 0 && column.pk === 0,
      keyPosition: column.pk,
      ...summariseSample(sample.map((row) => row[at])),
    }),
  );
  const rowEstimate = view ? undefined : countRows(db, name, sample.length);
  return {
    name,
    view,
    columns,
    foreignKeys: keys.map(({ id, table, from, to }) => ({ id, table, from, to })),
    ...(rowEstimate === undefined ? {} : { rowEstimate }),
  };
}

/** The first rows of a table, cut to bounded text; none when the object cannot be read (a broken view). */
function sampleRows(db: DatabaseSync, name: string, width: number): unknown[][] {
  try {
    const statement = db.prepare(`SELECT * FROM ${quote(name)} LIMIT ${width > 200 ? 200 : SAMPLE_ROWS}`);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    return statement.all() as unknown as unknown[][];
  } catch {
    return [];
  }
}

function countRows(db: DatabaseSync, name: string, sampled: number): number | undefined {
  if (sampled < 200) return sampled;
  const row = db.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${quote(name)} LIMIT ${COUNT_BOUND})`).get();
  return row ? Number(row.n) : undefined;
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
