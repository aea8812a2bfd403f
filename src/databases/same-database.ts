import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';

const PORTS: Readonly<Record<string, string>> = { postgres: '5432', mysql: '3306' };
const LOCAL: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', '::1']);

/** Where a database lies, whoever asks it: engine, host, port, name and schemas, or the file. */
function placeOf(url: string): string {
  if (url.startsWith('sqlite:')) return `sqlite:${fileOf(url.slice('sqlite:'.length))}`;
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  const engine = protocol
    .replace(/:$/, '')
    .replace(/^postgresql$/, 'postgres')
    .replace(/^mariadb$/, 'mysql');
  const host = LOCAL.has(hostname) ? 'localhost' : hostname.toLowerCase();
  const schemas = (searchParams.get('schemas') ?? '').split(',').filter(Boolean).sort();
  return JSON.stringify([engine, host, port || PORTS[engine], decodeURIComponent(pathname), schemas]);
}

function fileOf(file: string): string {
  const whole = path.resolve(file.replace(/^\/\/(?=\/)/, ''));
  try {
    return realpathSync(whole);
  } catch {
    return whole; // it is told elsewhere that there is none
  }
}

/** The registered databases that are the one at this address under other names. */
export function sameDatabase(
  { id, url }: Pick<RegisteredDatabase, 'id' | 'url'>,
  registered: readonly RegisteredDatabase[],
): readonly DatabaseId[] {
  const place = placeOf(url);
  return registered.filter((one) => one.id !== id && placeOf(one.url) === place).map((one) => one.id);
}
