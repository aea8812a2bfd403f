import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import type { AccessRule } from '#src/domain/access.ts';
import { calendarAt } from '#src/domain/calendar.ts';
import type { Progress } from '#src/domain/progress.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Result } from '#src/domain/result.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '#src/sandbox/start-sandbox.ts';
import type { Querent } from '#src/service/querent.ts';
import { type EmbeddedServer, startEmbeddedPostgres } from './embedded-postgres.ts';
import { type DemoDatabase, generateCompany } from './generate.ts';
import { createReader, loadPostgres, loadSqlite, READER } from './load.ts';

export const PROMPTS = [
  'How many orders did we ship last month?',
  'What are the top 5 products by price?',
  'How many employees are in each department?',
  'How many customers are there in each country?',
];

const SEED = 7;

export interface Demo {
  /** Of the page, with the token that opens it. */
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly querent: Querent;
  /** Ends all of it and leaves nothing behind. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** Of the page; a free one is taken where it is in use, or 0. */
  readonly port: number;
  readonly onProgress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Makes the company, registers its databases as an admin does, indexes them and starts the sandbox with the bot.
 * Undefined where the signal ended it while it started; then, too, nothing is left behind.
 */
export async function startDemo(config: Config, { port, onProgress, signal }: DemoOptions): Promise<Demo | undefined> {
  const ends: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-demo-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const serving = startEmbeddedPostgres();
    // One that is still starting when the rest fails is waited for.
    ends.push(() =>
      serving.then(
        (server) => server.stop(),
        () => undefined,
      ),
    );
    const [server, { startBot, company }] = await Promise.all([serving, prepare(config)]);
    const querent = compose(within(folder, config));
    ends.push(() => querent.close());
    await registerCompany(company, { folder, server, querent, onProgress, signal });
    needed(await querent.index.build({}, onProgress, signal));
    const sandbox = await startSandboxAt(port, tracesOf(querent));
    ends.push(() => sandbox.stop());
    const { botToken, appToken, apiUrl } = sandbox;
    const page = { ...sandbox.signInApp, host: '127.0.0.1', port: 0 };
    const tokens = { botToken, appToken, apiUrl, page };
    const bot = needed(await startBot(querent, tokens, { prompts: PROMPTS, signal }));
    ends.push(() => bot.stop());
    return { url: sandbox.url, sandbox, querent, stop };
  } catch (error) {
    await stop();
    if (!signal.aborted) throw error;
    return undefined;
  }
}

/** What can be done while the server starts: reads the bot's code, and makes the company. */
async function prepare({ calendar }: Config) {
  const { startBot } = await import('#src/slack/start-bot.ts');
  const { today } = calendarAt(new Date(), calendar);
  return { startBot, company: generateCompany(SEED, today) };
}

/**
 * Everything is kept in a folder that goes away, and so always made anew, but embeddings and what was found out of the model, which are
 * the same again.
 */
export function within(folder: string, config: Config): Config {
  mkdirSync(config.cacheFolder, { recursive: true });
  return {
    ...config,
    // Nora of the sample company administers; the only databases that there are stand on this machine.
    admins: [...new Set(['U0NORA', ...config.admins])],
    egress: { ...config.egress, loopback: true },
    home: folder,
    stateFile: path.join(folder, 'state.sqlite'),
    auditFile: path.join(folder, 'audit.sqlite'),
    keyFile: path.join(folder, 'key.json'),
    lockFile: path.join(folder, 'bot.lock'),
    indexFolder: path.join(folder, 'index'),
  };
}

interface Company {
  readonly folder: string;
  readonly server: EmbeddedServer;
  readonly querent: Querent;
  readonly onProgress: Progress;
  readonly signal: AbortSignal;
}

/** Loads and registers all databases at once. Rejects only when all are done, so that nothing goes on while it is put away. */
async function registerCompany(company: readonly DemoDatabase[], into: Company): Promise<void> {
  const { folder, server, onProgress } = into;
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, await createReader(server), { mode: 0o600 });
  let done = 0;
  const registering = company.map(async (database) => {
    await register(await load(database, { folder, server, passwordFile }), into);
    done += 1;
    onProgress('making databases', done, company.length);
  });
  await Promise.allSettled(registering);
  await Promise.all(registering);
}

/** Registers a database and lets everybody ask it. */
async function register(target: RegisteredDatabase, { querent, signal }: Company): Promise<void> {
  // The server is no replica, and may not be one: that is all that its role is warned of.
  needed(await querent.databases.register(target, { acceptWarnings: ['primary'], replace: false }, OPERATOR, signal));
  const grant: AccessRule = { effect: 'grant', databaseId: target.id, to: { kind: 'everyone' } };
  const granted = await querent.access.change(target.id, () => [grant], OPERATOR);
  if (granted.kind !== 'changed') throw new Error(`${target.id} could not be granted (${granted.kind}).`);
}

interface Storage extends Pick<Company, 'folder' | 'server'> {
  readonly passwordFile: string;
}

async function load(database: DemoDatabase, { folder, server, passwordFile }: Storage): Promise<RegisteredDatabase> {
  const { id, description, engine } = database;
  if (engine === 'sqlite') return { id, description, url: `sqlite:${loadSqlite(database, folder)}` };
  await loadPostgres(database, server);
  const url = `postgres://${READER}@127.0.0.1:${server.port}/${id}`;
  return { id, description, url, secret: `file:${passwordFile}` };
}

/** The trace of a run, for its page. */
const tracesOf =
  ({ runs }: Querent): NonNullable<SandboxOptions['traceOf']> =>
  async (id) =>
    (await runs.traces(id)).find(({ runId }) => runId === id);

async function startSandboxAt(port: number, traceOf: SandboxOptions['traceOf']): Promise<Sandbox> {
  try {
    return await startSandbox({ port, traceOf });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return startSandbox({ port: 0, traceOf });
  }
}

/** What the demo needs it cannot do without: why it cannot be had is thrown, for whoever started it. */
function needed<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(sayToOperator(result.failure));
}
