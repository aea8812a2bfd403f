import { scriptedModel } from '#test/support/scripted-model.ts';
import type { slowDatabases } from '#test/support/slow-databases.ts';
import { eventually } from '#test/support/wait.ts';
import type { Bot } from './fault-runs.ts';

/** Longer than anybody waits: what is asked for ends when it is stopped. */
const SLOW_MS = 60_000;

export interface Stopped {
  /** Milliseconds from the press of Stop until what was asked for is let go of: the statement on its engine, the request at the model server. */
  readonly freedMs: number;
  /** Until the next question has the slot; where one waits. */
  readonly passedOnMs?: number;
  /** Until the word in the thread. */
  readonly toldMs: number;
}

/** Stops questions one after another while their statement runs. */
export async function stoppedStatements(
  bot: Bot,
  databases: ReturnType<typeof slowDatabases>,
  people: readonly string[],
): Promise<readonly Stopped[]> {
  const took: Stopped[] = [];
  for (const person of people) {
    databases.slow(SLOW_MS);
    const before = databases.begun.length;
    const asked = ask(bot, person);
    await eventually('its query to run', () => databases.begun.length > before);
    const { pressed, toldMs } = await pressStop(bot, person, asked);
    const at = await eventually('the engine', () => databases.stopped.find((one) => one >= pressed));
    took.push({ freedMs: at - pressed, toldMs });
  }
  databases.letGo();
  await bot.quiet();
  return took;
}

/** A model server that takes requests and never replies. */
export async function silentModel() {
  const begun: number[] = [];
  const aborted: number[] = [];
  const server = await scriptedModel(() => (_, response) => {
    begun.push(performance.now());
    response.on('close', () => aborted.push(performance.now()));
  });
  return { ...server, begun, aborted };
}

/** What the bot is started with over it: one request at a time, so that whoever is next waits for the slot. */
export const overModel = ({ baseUrl }: { readonly baseUrl: string }) => ({
  QUERENT_MODEL_URL: baseUrl,
  QUERENT_MODEL_CONCURRENCY: '1',
});

/** Stops questions one after another while the model has not replied, each with the next one waiting for its turn. */
export async function stoppedModelCalls(
  bot: Bot,
  { begun, aborted }: Awaited<ReturnType<typeof silentModel>>,
  people: readonly string[],
): Promise<readonly Stopped[]> {
  const took: Stopped[] = [];
  const [first, ...others] = people.map((person) => ({ person, ask: () => ask(bot, person) }));
  if (!first) return [];
  let current = { person: first.person, asked: first.ask() };
  await eventually('the model to be asked', () => begun.length === 1);
  for (const next of others) {
    const waiting = { person: next.person, asked: next.ask() };
    await eventually('the next to be under way', () => bot.answersTo(waiting.asked, 'progress')[0]);
    const { pressed, toldMs } = await pressStop(bot, current.person, current.asked);
    const later = (times: readonly number[]) => () => times.find((at) => at >= pressed);
    const [freed, passedOn] = [
      await eventually('the request to be aborted', later(aborted)),
      await eventually('the slot to be passed on', later(begun)),
    ];
    took.push({ freedMs: freed - pressed, passedOnMs: passedOn - pressed, toldMs });
    current = waiting;
  }
  await pressStop(bot, current.person, current.asked);
  await bot.quiet();
  return took;
}

type Asked = ReturnType<typeof ask>;

/** The planner is not sure of it, so that a model is asked where there is one. */
const ask = (bot: Bot, person: string) => bot.sandbox.say(person, 'C0GENERAL', '<@U0QUERENT> List the refunds');

/** Presses Stop under the progress of a question: when that was, and how long until it is said in the thread. */
async function pressStop(
  bot: Bot,
  person: string,
  asked: Asked,
): Promise<{ readonly pressed: number; readonly toldMs: number }> {
  const progress = await eventually('the button', () => bot.answersTo(asked, 'progress')[0]);
  const run = await bot.querent.runs.ofMessage('T0FERNHILL', 'C0GENERAL', asked.ts);
  const { promise: told, resolve } = Promise.withResolvers<number>();
  const unhear = bot.sandbox.workspace.onChange((change) => {
    if (change.kind === 'message' && bot.answersTo(asked, 'answer').includes(change.message))
      resolve(performance.now());
  });
  const pressed = performance.now();
  bot.sandbox.press(person, 'C0GENERAL', progress.ts, 'querent_stop', run?.id ?? '');
  const toldMs = (await told) - pressed;
  unhear();
  return { pressed, toldMs };
}
