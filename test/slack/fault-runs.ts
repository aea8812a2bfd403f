import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '#src/sandbox/sandbox-context.ts';
import type { SandboxChannel, SandboxMessage, SandboxUser } from '#src/sandbox/workspace.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

export type Bot = Awaited<ReturnType<typeof startSmallBot>>;

/** Every call of these that the bot makes may fail. */
const METHODS = [
  'chat.postMessage',
  'chat.update',
  'chat.postEphemeral',
  'chat.startStream',
  'chat.appendStream',
  'chat.stopStream',
  'conversations.info',
  'conversations.replies',
  'conversations.history',
  'conversations.open',
  'users.info',
  'agents.sessions.setStatus',
  'assistant.threads.setStatus',
];

/** What a call that fails comes to: with or without its effect, with or without a reply. */
const FAULTS: readonly Fault[] = [
  { status: 500 },
  { status: 503 },
  { status: 502, after: true },
  { status: 429, retryAfterS: 1 },
  { drop: true },
  { drop: true, after: true },
  'internal_error',
];

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lets a share of all calls fail; how many did. */
export function failAtRandom(bot: Bot, share: number, random: () => number): () => number {
  let failed = 0;
  const shift = (): Fault | undefined => {
    if (random() >= share) return undefined;
    failed += 1;
    return FAULTS[Math.floor(random() * FAULTS.length)];
  };
  for (const method of METHODS) bot.sandbox.faults.set(method, Object.assign([] as Fault[], { shift }));
  return () => failed;
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
export async function faultRuns(bot: Bot, count: number, random: () => number, atOnce = 12): Promise<FaultRuns> {
  const failed = failAtRandom(bot, 0.1, random);
  const people = invite(bot, 10);
  const asked: SandboxMessage[] = [];
  const answersOf = (message: SandboxMessage) => bot.answersTo(message, 'answer');
  for (let nth = 0; nth < count; nth += 1) {
    const user = people[nth % people.length]!;
    const isDirect = nth % 3 === 0;
    const text = nth % 2 ? 'How many refunds are there?' : 'How many tickets are there?';
    const place = isDirect ? user.replace('U0', 'D0') : 'C0GENERAL';
    asked.push(bot.sandbox.say(user, place, isDirect ? text : `<@U0QUERENT> ${text}`));
    const open = () => asked.filter((message) => !answersOf(message).length).length;
    while (open() >= atOnce) await sleep(20);
  }
  await eventually('all answers', () => asked.every((message) => answersOf(message).length > 0), 120_000).catch(
    () => undefined,
  );
  bot.sandbox.faults.clear();
  await bot.quiet();
  await sleep(500); // a second copy would come about now
  const counts = asked.map((message) => answersOf(message).length);
  return {
    asked: count,
    failedCalls: failed(),
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
  await eventually('all signs', () => asked.every(({ ts }) => signs.has(ts)), 60_000);
  unhear();
  return asked.map(({ at, ts }) => signs.get(ts)! - at);
}

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

export const MANY_AT_ONCE = { QUERENT_RUNS_PER_PERSON: '20', QUERENT_RUNS_PER_TEAM: '10' };

export const startForFaults = (): Promise<Bot> => startSmallBot(undefined, MANY_AT_ONCE);
