import assert from 'node:assert/strict';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import type { Database } from '#src/ports/database.ts';

/** Opens a database at an address that holds its password. */
export async function openAt(address: string, id = 'shop', description?: string): Promise<Database> {
  const parsed = parseDatabaseUrl(address);
  assert.ok(parsed.ok);
  const { url, password } = parsed.value;
  const secret = password === undefined ? {} : { secret: `plain:${password}` };
  const opened = await openDatabase({ id, url, ...secret, ...(description === undefined ? {} : { description }) }, {});
  assert.ok(opened.ok);
  return opened.value;
}
