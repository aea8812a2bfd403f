import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { partsOf } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { startSandbox } from '#src/sandbox/start-sandbox.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import type { ServiceParts } from '#src/service/parts.ts';
import { openQuerent } from '#src/service/querent.ts';
import { type BotOptions, type BotTokens, type SlackBot, startBot } from '#src/slack/start-bot.ts';
import { registerOpen } from './register-open.ts';
import { eventually } from './wait.ts';

const never = new AbortController().signal;

/** Two small databases that both have customers, real Bolt, our own Slack server: everything but the page. */
export async function startSmallBot(
  home = mkdtempSync(path.join(os.tmpdir(), 'querent-bot-')),
  environment: Readonly<Record<string, string>> = {},
  databases: Readonly<Record<string, string>> = DATABASES,
  change: (parts: ServiceParts) => ServiceParts = (parts) => parts,
  { grid = false, health, ...more }: Partial<BotOptions> & Pick<BotTokens, 'health'> & { readonly grid?: boolean } = {},
) {
  const config = readConfig({ QUERENT_HOME: home, ...environment });
  const parts = change(partsOf(config));
  const querent = openQuerent(parts);
  if (!(await querent.databases.list()).length) {
    for (const [id, script] of Object.entries(databases)) {
      const file = path.join(home, `${id}.sqlite`);
      const database = new DatabaseSync(file);
      database.exec(script);
      database.close();
      await registerOpen(querent, { id, url: `sqlite:${file}` });
    }
    const indexed = Object.keys(databases).length ? await querent.index.build({}, () => undefined, never) : undefined;
    if (indexed && !indexed.ok) throw new Error(indexed.failure.kind);
  }
  const sandbox = await startSandbox({ port: 0, grid });
  const { botToken, appToken, apiUrl, signInApp } = sandbox;
  const tokens = {
    botToken,
    appToken,
    apiUrl,
    page: { ...signInApp, host: '127.0.0.1', port: 0 },
    ...(health ? { health } : {}),
  };
  const options = {
    prompts: ['How many refunds are there?'],
    print: (line: string) => void log.push(line),
    now: parts.clock.now,
    // More is asked here than Slack would take in the time; where it says to wait, one conversation waits.
    rates: { 'chat.postMessage': { everyMs: 0, burst: 1, each: 'channel' } } as const,
    ...more,
  };
  const log: string[] = [];
  const start = async () => {
    const started = await startBot(querent, tokens, options);
    if (!started.ok) throw new Error(sayFailure(started.failure));
    return started.value;
  };
  let bot: SlackBot | undefined = await start();
  const answersTo = (message: SandboxMessage, part?: string) =>
    sandbox.workspace.messages.filter(
      (one) =>
        one.threadTs === message.ts &&
        one.user === 'U0QUERENT' &&
        (part === undefined ? !isProgress(one) : partOf(one) === part),
    );
  return {
    home,
    querent,
    /** What the service works with, for what no surface may do. */
    parts,
    sandbox,
    /** What the bot has logged. */
    log,
    /** A page for monitors; undefined where it is not served. */
    healthPort: () => bot?.healthPort,
    answersTo,
    /** Says something and waits for the nth answer in its thread. */
    async ask(text: string, where: { channel?: string; user?: string; thread?: SandboxMessage; nth?: number } = {}) {
      const { channel = 'D0ADA', user = 'U0ADA', thread, nth = 1 } = where;
      const message = sandbox.say(user, channel, text, thread?.ts);
      const answer = await eventually(`an answer to “${text}”`, () => answersTo(thread ?? message)[nth - 1]);
      return { message, answer };
    },
    /** Waits until the bot has taken everything that it was told and answered everything that it was asked. */
    async quiet() {
      await eventually('the bot to be done', () => sandbox.sockets.unacknowledged === 0 && !underWay(home));
    },
    async restartBot() {
      await bot?.stop();
      bot = await start();
    },
    /** Stops the bot alone, for another in its place. */
    async stopBot() {
      await bot?.stop();
      bot = undefined;
    },
    async stop() {
      await bot?.stop();
      await sandbox.stop();
      await querent.close();
    },
  };
}

/** Runs that are queued or being answered. */
function underWay(home: string): number {
  const state = new DatabaseSync(path.join(home, 'state.sqlite'), { readOnly: true });
  const found = state.prepare("SELECT count(*) AS runs FROM runs WHERE state IN ('queued', 'running')").get();
  state.close();
  return Number(found?.runs);
}

const partOf = (message: SandboxMessage) =>
  (message.metadata as { event_payload?: { part?: string } } | undefined)?.event_payload?.part;

/** A message that shows what is done until the answer comes. */
const isProgress = (message: SandboxMessage) =>
  partOf(message) === 'progress' || (message.blocks as { type?: string }[])[0]?.type === 'plan';

/** All text of a message's blocks, for reading in tests. */
export const textOf = (message: SandboxMessage) => JSON.stringify(message.blocks);

const DATABASES = {
  shop: `
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
    CREATE TABLE refunds (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), amount REAL, refunded_on DATE);
    INSERT INTO customers VALUES (1, 'Ada <!channel>', 'Norway'), (2, 'Bo', 'Norway'), (3, '=1+1', 'Chile');
    INSERT INTO refunds VALUES (1, 1, 10.5, '2025-03-01'), (2, 2, 4, '2025-07-01'), (3, 2, 6, '2024-02-02');`,
  desk: `
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), subject TEXT, status TEXT);
    INSERT INTO customers VALUES (1, 'Cy', 'Peru'), (2, 'Di', 'Peru');
    INSERT INTO tickets VALUES (1, 1, 'Broken', 'open'), (2, 2, 'Late', 'closed');`,
};
