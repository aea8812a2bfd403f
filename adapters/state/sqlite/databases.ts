import { isDeepStrictEqual } from 'node:util';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import { rulesOf, saveRules } from './records-of-database.ts';
import { registeredIn } from './registered-in.ts';
import { removeDatabase } from './remove-database.ts';
import { renameDatabase } from './rename-database.ts';
import { runsOfDatabase } from './runs.ts';
import type { StateFile } from './state-file.ts';
import { digestOf } from './stored.ts';
import { readCatalog, readDatabase, readReport, readRules } from './stored-databases.ts';

const LATEST_CATALOGS = `
  SELECT database_id, catalog FROM catalogs c
  WHERE version = (SELECT max(version) FROM catalogs WHERE database_id = c.database_id) ORDER BY database_id`;

/** Registered databases and what is kept of each. */
export function sqliteDatabases(file: StateFile): DatabaseStore {
  const { all, each, change, transaction } = file;

  return {
    databases: async () =>
      all('SELECT id, record FROM databases ORDER BY id').map((row) =>
        readDatabase(String(row.record), String(row.id)),
      ),
    async saveDatabase(database) {
      change('INSERT OR REPLACE INTO databases VALUES (?, ?)', database.id, JSON.stringify(database));
    },
    addDatabase: async (database) =>
      change('INSERT OR IGNORE INTO databases VALUES (?, ?)', database.id, JSON.stringify(database)) === 1,
    changeDatabase: async (before, after) =>
      transaction(() => {
        const [row] = all('SELECT record FROM databases WHERE id = ?', before.id);
        if (!row || !isDeepStrictEqual(readDatabase(String(row.record), before.id), before)) return false;
        return change('UPDATE databases SET record = ? WHERE id = ?', JSON.stringify(after), before.id) === 1;
      }),
    renameDatabase: async (id, name) => transaction(() => renameDatabase(file, id, name)),
    questionsOf: async (id) => runsOfDatabase(file, id).length,
    async removeDatabase(id) {
      const gone = transaction(() => removeDatabase(file, id));
      file.wipeRemoved();
      return gone;
    },

    saveCatalog: async (catalog, at) => transaction(() => saveCatalog(file, catalog, at)),
    saveCatalogs: async (read) =>
      transaction(() => {
        const registered = registeredIn(file);
        for (const [catalog, at] of read) if (registered.has(catalog.databaseId)) saveCatalog(file, catalog, at);
      }),
    catalogs: async () => each(LATEST_CATALOGS, (row) => readCatalog(String(row.catalog), String(row.database_id))),
    async readAt(id) {
      const at = all('SELECT max(extracted_at) AS at FROM catalogs WHERE database_id = ?', id)[0]?.at;
      return at ? new Date(String(at)) : undefined;
    },

    accessRules: async () =>
      all('SELECT database_id, rules FROM access_rules ORDER BY database_id').flatMap((row) =>
        readRules(String(row.rules), String(row.database_id)),
      ),
    saveAccessRules: async (id, rules) => saveRules(file, id, rules),
    changeAccessRules: async (id, before, after) =>
      transaction(() => {
        if (!registeredIn(file).has(id) || !isDeepStrictEqual(rulesOf(file, id), before)) return false;
        saveRules(file, id, after);
        return true;
      }),

    async roleReport(id) {
      const [row] = all('SELECT report FROM role_reports WHERE database_id = ?', id);
      return row && readReport(String(row.report), id);
    },
    async saveRoleReport(id, report) {
      change('INSERT OR REPLACE INTO role_reports VALUES (?, ?)', id, JSON.stringify(report));
    },

    sealed: async () =>
      new Map(all('SELECT id, sealed FROM secrets ORDER BY id').map((row) => [String(row.id), String(row.sealed)])),
    saveSealed: async (secrets) =>
      transaction(() => {
        for (const [id, sealed] of secrets) change('INSERT OR REPLACE INTO secrets VALUES (?, ?)', id, sealed);
      }),
  };
}

/** Keeps a new version of a catalog when it differs from the last; its version. */
function saveCatalog({ all, change }: StateFile, catalog: DatabaseCatalog, at: Date): number {
  const { databaseId: id } = catalog;
  const text = JSON.stringify(catalog);
  const fingerprint = digestOf(text);
  const [last] = all(
    'SELECT version, fingerprint FROM catalogs WHERE database_id = ? ORDER BY version DESC LIMIT 1',
    id,
  );
  const version = Number(last?.version ?? 0);
  const when = at.toISOString();
  if (last?.fingerprint === fingerprint) {
    change('UPDATE catalogs SET extracted_at = ? WHERE database_id = ? AND version = ?', when, id, version);
    return version;
  }
  change('INSERT INTO catalogs VALUES (?, ?, ?, ?, ?)', id, version + 1, fingerprint, when, text);
  return version + 1;
}
