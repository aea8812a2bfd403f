import { setTimeout as sleep } from 'node:timers/promises';
import { BAD_DAY } from '#src/sandbox/fault.ts';
import type { SandboxChannel, SandboxMessage, SandboxUser } from '#src/sandbox/workspace.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

export type Bot = Awaited<ReturnType<typeof startSmallBot>>;

/** Every call of these that the bot makes may fail. */
const METHODS = ['chat.*', 'conversations.*', 'users.info', 'agents.*', 'assistant.*'];
const FAULTS = [...BAD_DAY, { status: 500 }, { status: 429, retryAfterS: 1 }, 'internal_error'] as const;
/** More than will ever fail. */
const MANY = 1_000_000;

/** Lets a share of all calls fail; how many did. */
function failAtRandom({ sandbox: { failing } }: Bot, share: number, seed: number): () => number {
  failing.seed(seed);
  for (const method of METHODS) failing.add({ method, faults: FAULTS, share, times: MANY });
  return () => failing.rules().reduce((sum, { left = 0 }) => sum + MANY - left, 0);
}

/** People who may ask, each with a direct message, in #ask-data. */
export function invite(bot: Bot, count: number): readonly string[] {
  const { workspace } = bot.sandbox;
  const ids = Array.from({ length: count }, (_, nth) => `U0P${nth}`);
  const users = workspace.users as SandboxUser[];
  const channels = workspace.channels as SandboxChannel[];
  const members = workspace.channel('C0GENERAL')?.members as string[];
  for (const id of ids) {
    if (workspace.user(id)) continue;
    users.push({ ...workspace.user('U0ADA')!, id, name: id });
    channels.push({ ...workspace.channel('D0ADA')!, id: id.replace('U0', 'D0'), members: [id, 'U0QUERENT'] });
    members.push(id);
  }
  return ids;
}

export interface FaultRuns {
  readonly asked: number;
  readonly failedCalls: number;
  /** Questions without an answer, and with more than one, by what the server holds. */
  readonly lost: number;
  readonly doubled: number;
}

/** Questions, some at a time, while a share of all calls fails; then what of them stands in their threads. */
export async function faultRuns(bot: Bot, count: number, seed: number, atOnce = 12): Promise<FaultRuns> {
  const failed = failAtRandom(bot, 0.1, seed);
  const people = invite(bot, 10);
  const asked: SandboxMessage[] = [];
  let open: readonly SandboxMessage[] = [];
  const answersOf = (message: SandboxMessage) => bot.answersTo(message, 'answer');
  // Only what is open is looked for: a thousand times all would keep the bot from its work.
  const stillOpen = () => {
    open = open.filter((message) => !answersOf(message).length);
    return open.length;
  };
  for (let nth = 0; nth < count; nth += 1) {
    const user = people[nth % people.length]!;
    const isDirect = nth % 3 === 0;
    const text = nth % 2 ? 'How many refunds are there?' : 'How many tickets are there?';
    const place = isDirect ? user.replace('U0', 'D0') : 'C0GENERAL';
    asked.push(bot.sandbox.say(user, place, isDirect ? text : `<@U0QUERENT> ${text}`));
    open = [...open, asked.at(-1)!];
    while (stillOpen() >= atOnce) await sleep(20);
  }
  await eventually('all answers', () => asked.every((message) => answersOf(message).length > 0), 120_000).catch(
    () => undefined,
  );
  const failedCalls = failed();
  bot.sandbox.failing.clear();
  await bot.quiet();
  await sleep(500); // a second copy would come about now
  const counts = asked.map((message) => answersOf(message).length);
  // What stands in place of an answer tells why there is none.
  for (const message of asked.filter((_, at) => counts[at] === 0))
    console.error(
      `No answer to ${message.ts}: ${JSON.stringify(bot.answersTo(message).map(({ text }) => text))}`,
      bot.log.slice(-20),
    );
  return {
    asked: count,
    failedCalls,
    lost: counts.filter((one) => one === 0).length,
    doubled: counts.filter((one) => one > 1).length,
  };
}

/** Milliseconds from each question to its first sign of life, where so many people ask at once. */
export async function firstSigns(bot: Bot, people: readonly string[]): Promise<readonly number[]> {
  const signs = new Map<string, number>();
  const unhear = bot.sandbox.workspace.onChange((change) => {
    const ts =
      change.kind === 'status' ? change.threadTs : change.kind === 'message' ? change.message.threadTs : undefined;
    const isOurs = change.kind !== 'message' || change.message.user === 'U0QUERENT';
    if (ts !== undefined && isOurs && !signs.has(ts)) signs.set(ts, performance.now());
  });
  const asked = people.map((user) => ({
    at: performance.now(),
    ts: bot.sandbox.say(user, 'C0GENERAL', '<@U0QUERENT> How many refunds are there?').ts,
  }));
  await eventually('all signs', () => asked.every(({ ts }) => signs.has(ts)), 180_000);
  unhear();
  return asked.map(({ at, ts }) => signs.get(ts)! - at);
}

export const MANY_AT_ONCE = { QUERENT_RUNS_PER_PERSON: '20', QUERENT_RUNS_PER_TEAM: '10' };

export const startForFaults = (): Promise<Bot> => startSmallBot(undefined, MANY_AT_ONCE);
