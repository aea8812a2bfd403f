import { eventually } from '#test/support/wait.ts';
import type { Bot } from './fault-runs.ts';

/** What the built-in planner reads, over both small databases: a figure, a condition, a group, a list. */
const SIMPLE = [
  'How many refunds are there?',
  'How many tickets are there?',
  'What is the total amount of refunds?',
  'How many tickets are open?',
  'How many tickets are there by status?',
  'List the subjects of all tickets',
];

/** Milliseconds from each question's event to the message of its answer; one is asked when the one before is answered and nothing is under way. */
export async function simpleAnswers(bot: Bot, rounds: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (const question of Array.from({ length: rounds }, () => SIMPLE).flat()) {
    times.push(await timeOf(bot, question));
    await bot.quiet();
  }
  return times;
}

async function timeOf({ sandbox, answersTo }: Bot, question: string): Promise<number> {
  const began = performance.now();
  const message = sandbox.say('U0ADA', 'C0GENERAL', `<@U0QUERENT> ${question}`);
  let ms: number | undefined;
  const unhear = sandbox.workspace.onChange(() => {
    if (answersTo(message, 'answer').length) ms ??= performance.now() - began;
  });
  try {
    return await eventually(`an answer to “${question}”`, () => ms, 60_000);
  } finally {
    unhear();
  }
}
