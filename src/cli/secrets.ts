import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { Secret } from '#src/domain/secret.ts';
import { complain, type ExitCode } from './terminal.ts';

export const SECRETS_USAGE = `querent secrets set DATABASE [env:NAME|file:PATH]
  Seals a database's password in the state: asked for at the terminal, or read from a variable, a file or standard input (-).`;

export const ROTATE_USAGE = `querent rotate-key
  Makes a new key and seals every password anew with it. A bot that runs goes on.`;

export async function secrets(args: readonly string[], config: Config): Promise<ExitCode> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [what, id, source] = positionals;
  if (what !== 'set' || !id || positionals.length > 3) {
    complain(`Usage: ${SECRETS_USAGE}`);
    return 2;
  }
  const querent = compose(config);
  try {
    const known = querent.store.databases();
    const database = known.find((one) => one.id === id);
    if (!database) {
      complain(sayToOperator({ kind: 'unknown-database', name: id, known: known.map((one) => one.id) }));
      return 1;
    }
    const secret = await readSecret(source, config);
    if (!secret) {
      complain('There is no password to seal: nothing was changed.');
      return 1;
    }
    const sealed = querent.vault.seal(id, secret);
    if (!sealed.ok) {
      complain(sayToOperator(sealed.failure));
      return 1;
    }
    const before = { secret: (database.secret ?? 'none').split(':')[0] };
    const what = `password of ${id}`;
    querent.audit.append({ kind: 'change', who: OPERATOR, what, before, after: { secret: 'sealed' } }, new Date());
    querent.store.saveDatabase({ ...database, secret: 'sealed' });
    console.log(`The password of ${id} is sealed. \`querent roles check ${id}\` tries it.`);
    return 0;
  } finally {
    await querent.close();
  }
}

export async function rotateKey(_args: readonly string[], config: Config): Promise<ExitCode> {
  const querent = compose(config);
  try {
    const rotated = querent.vault.rotate();
    if (!rotated.ok) {
      complain(sayToOperator(rotated.failure));
      return 1;
    }
    querent.audit.append({ kind: 'change', who: OPERATOR, what: 'key', before: null, after: 'rotated' }, new Date());
    console.log(`${rotated.value} passwords are sealed with a new key.`);
    return 0;
  } finally {
    await querent.close();
  }
}

async function readSecret(source: string | undefined, config: Config): Promise<Secret | undefined> {
  const found = source === undefined ? await askHidden() : await readFrom(source, config);
  const value = found?.replace(/\r?\n$/, '');
  return value ? new Secret(value) : undefined;
}

async function readFrom(source: string, config: Config): Promise<string | undefined> {
  if (source === '-') return readFileSync(0, 'utf8');
  if (source.startsWith('env:')) return config.environment[source.slice('env:'.length)];
  if (!source.startsWith('file:')) return undefined;
  try {
    return readFileSync(source.slice('file:'.length), 'utf8');
  } catch {
    return undefined;
  }
}

/** Asks at the terminal without showing what is typed. */
function askHidden(): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  process.stderr.write('Password: ');
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: true });
    lines.once('line', (line) => {
      lines.close();
      process.stderr.write('\n');
      resolve(line);
    });
    lines.once('SIGINT', () => {
      lines.close();
      resolve(undefined);
    });
  });
}
