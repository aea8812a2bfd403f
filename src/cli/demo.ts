import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';
import { startBot } from '#src/bot.ts';
import { compose } from '#src/compose.ts';
import { type Config, readConfig } from '#src/config/env.ts';
import { generateCompany } from '#src/demo/generate.ts';
import { createReader, loadPostgres, loadSqlite, READER } from '#src/demo/load.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { startSandbox } from '#src/sandbox/start-sandbox.ts';
import { complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const PROMPTS = [
  'How many orders did we ship last month?',
  'What are the top 5 products by price?',
  'How many employees are in each department?',
  'How many customers are there in each country?',
];

const SEED = 7;

export interface Demo {
  readonly url: string;
  stop(): Promise<void>;
}

/** Makes the company, registers its databases, indexes them and starts the sandbox with the bot. */
export async function startDemo(
  config: Config,
  port: number,
  onProgress: (step: string, done: number, total: number) => void,
): Promise<Demo & { readonly sandbox: Awaited<ReturnType<typeof startSandbox>> }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-demo-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.reverse().splice(0)) await end();
  };
  try {
    // Embeddings are kept between runs; everything else is made anew, so that the demo is always the same.
    mkdirSync(config.cacheFolder, { recursive: true });
    const own = {
      ...config,
      home: folder,
      stateFile: path.join(folder, 'state.sqlite'),
      auditFile: path.join(folder, 'audit.sqlite'),
      lockFile: path.join(folder, 'bot.lock'),
      indexFolder: path.join(folder, 'index'),
    };
    const server = await startEmbeddedPostgres();
    ends.push(() => server.stop());
    const password = await createReader(server);
    const querent = compose(own);
    ends.push(() => querent.close());
    const company = generateCompany(SEED, querent.calendar().today);
    for (const [at, database] of company.entries()) {
      const described = { id: database.id, description: database.description };
      if (database.engine === 'sqlite')
        querent.store.saveDatabase({ ...described, url: `sqlite:${loadSqlite(database, folder)}` });
      else {
        await loadPostgres(database, server);
        querent.store.saveDatabase({
          ...described,
          url: `postgres://${READER}@127.0.0.1:${server.port}/${database.id}`,
          secret: `plain:${password}`,
        });
      }
      const grant = { effect: 'grant', databaseId: database.id, to: { kind: 'everyone' } } as const;
      querent.store.saveAccessRules(database.id, [grant]);
      onProgress('making databases', at + 1, company.length);
    }
    const indexed = await querent.index({}, onProgress, new AbortController().signal);
    if (!indexed.ok) throw new Error(sayToOperator(indexed.failure));
    const sandbox = await startSandbox({ port });
    ends.push(() => sandbox.stop());
    const bot = await startBot(
      querent,
      { botToken: sandbox.botToken, appToken: sandbox.appToken, apiUrl: sandbox.apiUrl },
      PROMPTS,
    );
    if (!bot.ok) throw new Error(sayToOperator(bot.failure));
    ends.push(() => bot.value.stop());
    return { url: sandbox.url, sandbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function demo(args: readonly string[], config: Config = readConfig()): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string' } } });
  const port = values.port === undefined ? config.demoPort : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    complain('--port takes a number from 0 to 65535.');
    return 2;
  }
  const signal = untilInterrupted();
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    process.once('SIGTERM', () => resolve());
  });
  const started = performance.now();
  const running = await startDemo(config, port, progressBar()).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    complain(`Port ${port} is taken; using a free one.`);
    return startDemo(config, 0, progressBar());
  });
  if (!signal.aborted) {
    console.log(
      `\nReady after ${Math.round((performance.now() - started) / 1000)} s. Open this page and ask:\n\n  ${running.url}\n\nCtrl-C stops everything.`,
    );
    await stopped;
  }
  await running.stop();
  return 0;
}
