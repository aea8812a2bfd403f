import type { AccessRule } from '#src/domain/access.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable } from './stored.ts';
import { readRules } from './stored-databases.ts';

/** Tables that hold something of one database alone, by its id. */
export const OF_A_DATABASE = [
  'catalogs',
  'access_rules',
  'role_reports',
  'descriptions',
  'verified',
  'explored',
  'channel_databases',
];

export function rulesOf({ all }: StateFile, id: DatabaseId): readonly AccessRule[] {
  const [row] = all('SELECT rules FROM access_rules WHERE database_id = ?', id);
  return row ? readRules(String(row.rules), id) : [];
}

export function saveRules({ change }: StateFile, id: DatabaseId, rules: readonly AccessRule[]): void {
  change('INSERT OR REPLACE INTO access_rules VALUES (?, ?)', id, JSON.stringify(rules));
}

const KEY_OF = { 'runs.request': 'id', 'runs.result': 'id', 'traces.trace': 'run_id' } as const;

/** Writes records that name a database anew. One that cannot be read is left as it is and keeps no other from that. */
export function rewrite(
  { all, change }: StateFile,
  place: keyof typeof KEY_OF,
  id: DatabaseId,
  anew: (stored: string, key: string) => string,
): void {
  const [table, column] = place.split('.');
  const key = KEY_OF[place];
  for (const row of all(
    `SELECT ${key} AS key, ${column} AS record FROM ${table} WHERE instr(${column}, ?) > 0`,
    JSON.stringify(id),
  )) {
    const record = ifReadable(() => anew(String(row.record), String(row.key)));
    if (record !== undefined) change(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`, record, String(row.key));
  }
}
