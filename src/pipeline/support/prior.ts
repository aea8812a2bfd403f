import type { DatabaseId } from '#src/domain/ids.ts';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import { channelOf, type Question } from '#src/domain/question.ts';
import { contentWords } from '#src/domain/words.ts';

/** How far habits move a database's odds at most, by whose they are: e^0.4 for all, e^0.8 for the asker, e^1.2 for the channel. */
const WEIGHTS = { all: 0.4, asker: 0.8, channel: 1.2 } as const;
/** Earlier answers after which a habit has half its weight. */
const HALF = 5;
/** An answer that nobody judged counts this much: our own picks must not talk us into more of them. */
const UNCONFIRMED = 0.25;
/** The thread's database is the likely one for what follows, and the pinned one almost always. */
const THREAD = 1.5;
const PINNED = 4;
/** A question like one for which a database was turned down, or confirmed. */
const CORRECTED = 3;
/** Share of common content words from which two questions are alike. */
const ALIKE = 0.8;

/**
 * What is known of each database before the question is read, as a logit to be added to its score; 0 for those left out. It is
 * a preference: evidence in the question outweighs it, and rights are settled elsewhere.
 * @param named databases with a table that the question names: where there are any, what is usual speaks for none but them
 */
export function priorOf(
  question: Question,
  answers: readonly PastAnswer[],
  named: ReadonlySet<DatabaseId>,
): ReadonlyMap<string, number> {
  const prior = new Map<string, number>();
  const add = (databaseId: string, logit: number) => prior.set(databaseId, (prior.get(databaseId) ?? 0) + logit);
  const good = answers.filter(
    ({ verdict, databaseId }) => verdict !== 'wrong' && (named.size === 0 || named.has(databaseId)),
  );
  addHabit(good, WEIGHTS.all, add);
  addHabit(
    good.filter(({ userId }) => userId === question.asker.userId),
    WEIGHTS.asker,
    add,
  );
  const channel = channelOf(question.place);
  if (channel !== undefined)
    addHabit(
      good.filter(({ channelId }) => channelId === channel),
      WEIGHTS.channel,
      add,
    );
  // What was turned down is not made likelier for having answered before.
  const { turnedDown, pinnedId, earlier } = question.thread;
  const notTurnedDown = (id: string | undefined) => (id !== undefined && !turnedDown.includes(id) ? id : undefined);
  const pinned = notTurnedDown(pinnedId);
  const thread = notTurnedDown(earlier.at(-1)?.databaseId);
  if (pinned !== undefined) add(pinned, PINNED);
  else if (thread !== undefined) add(thread, THREAD);
  for (const [databaseId, logit] of corrections(question.text, answers)) add(databaseId, logit);
  return prior;
}

/** A database's share of the answers, scaled so that one that had all of many answers gets the whole weight. */
function addHabit(answers: readonly PastAnswer[], weight: number, add: (id: string, logit: number) => void): void {
  const count = (some: readonly PastAnswer[]) =>
    some.reduce((sum, { verdict }) => sum + (verdict === 'confirmed' ? 1 : UNCONFIRMED), 0);
  const all = count(answers);
  for (const [databaseId, own] of Map.groupBy(answers, (one) => one.databaseId))
    add(databaseId, (weight * count(own)) / (all + HALF));
}

/** The last verdict on each database for a question like this one. */
function corrections(text: string, answers: readonly PastAnswer[]): Map<string, number> {
  const words = new Set(contentWords(text).keys());
  const found = new Map<string, number>();
  for (const past of answers) {
    if (past.verdict === 'unknown' || found.has(past.databaseId)) continue;
    const others = new Set(contentWords(past.text).keys());
    const common = [...words].filter((word) => others.has(word)).length;
    if (common < ALIKE * (words.size + others.size - common)) continue;
    found.set(past.databaseId, past.verdict === 'wrong' ? -CORRECTED : CORRECTED);
  }
  return found;
}
