import { z } from 'zod';
import type { DatabaseId } from '#src/domain/ids.ts';
import { type Rename, renamedRequest, renamedResult, renamedRules, renamedTrace } from './database-names.ts';
import { OF_A_DATABASE, rewrite, rulesOf, saveRules } from './records-of-database.ts';
import { registeredIn } from './registered-in.ts';
import type { StateFile } from './state-file.ts';
import { digestOf } from './stored.ts';
import { readDatabase } from './stored-databases.ts';
import { readRequest, readResult, writeRequest, writeResult } from './stored-runs.ts';
import { readTrace, writeTrace } from './stored-traces.ts';

/** False where there is none of the first name, or one of the second. */
export function renameDatabase(file: StateFile, id: DatabaseId, name: DatabaseId): boolean {
  const { all, change } = file;
  const [row] = all('SELECT record FROM databases WHERE id = ?', id);
  if (!row || registeredIn(file).has(name)) return false;
  const record = JSON.stringify({ ...readDatabase(String(row.record), id), id: name });
  change('UPDATE databases SET id = ?, record = ? WHERE id = ?', name, record, id);
  for (const table of [...OF_A_DATABASE, 'traces', 'requests'])
    change(`UPDATE ${table} SET database_id = ? WHERE database_id = ?`, name, id);
  // A password is bound to the name that it was sealed under: it was sealed anew (databases/rename.ts), and the old one goes.
  change('DELETE FROM secrets WHERE id = ?', id);
  renameInRecords(file, id, name);
  return true;
}

/** Gives a database its new name in what is stored as JSON. */
function renameInRecords(file: StateFile, id: DatabaseId, name: DatabaseId): void {
  const rename: Rename = (one) => (one === id ? name : one);
  const rules = rulesOf(file, name);
  if (rules.length) saveRules(file, name, renamedRules(rules, rename));
  renameInCatalogs(file, name);
  rewrite(file, 'runs.request', id, (stored, run) => writeRequest(renamedRequest(readRequest(stored, run), rename)));
  rewrite(file, 'runs.result', id, (stored, run) => writeResult(renamedResult(readResult(stored, run), rename)));
  rewrite(file, 'traces.trace', id, (stored, run) => writeTrace(renamedTrace(readTrace(stored, run), rename)));
}

/** Catalogs keep the order of what they hold, so that the next reading of the same schema is no new version. */
function renameInCatalogs({ all, change }: StateFile, name: DatabaseId): void {
  for (const { version, catalog: stored } of all(
    'SELECT version, catalog FROM catalogs WHERE database_id = ? AND json_valid(catalog)',
    name,
  )) {
    const catalog = AnyRecord.safeParse(JSON.parse(String(stored)));
    if (!catalog.success) continue;
    const renamed = JSON.stringify({ ...catalog.data, databaseId: name });
    change(
      'UPDATE catalogs SET catalog = ?, fingerprint = ? WHERE database_id = ? AND version = ?',
      ...[renamed, digestOf(renamed), name, version ?? null],
    );
  }
}
const AnyRecord = z.record(z.string(), z.unknown());
