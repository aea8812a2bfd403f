import type { ClarificationOption } from '#src/domain/answer.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import { channelOf, type Question } from '#src/domain/question.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { AnswerPorts } from '../answer-ports.ts';

/** Near copies that a question is asked of: their tables are of one kind, so what they hold tells none of them from the others. */
export interface Family {
  /** All of them that were not turned down, the likeliest first. */
  readonly members: readonly DatabaseId[];
  /** The probability that one of them is meant. */
  readonly share: number;
  /** The one that was chosen last where this is asked. */
  readonly chosenBefore?: DatabaseId;
}

export type FamilyPorts = Pick<AnswerPorts, 'copiesOf' | 'pastAnswers' | 'factsOf'>;

/** A database with its near copies; undefined where it has none left. */
export function familyOf(
  databaseId: DatabaseId,
  question: Question,
  { databases }: Pick<SchemaSlice, 'databases'>,
  { copiesOf, pastAnswers }: FamilyPorts,
): Family | undefined {
  const { turnedDown } = question.thread;
  const family = new Set([databaseId, ...copiesOf(databaseId)].filter((id) => !turnedDown.includes(id)));
  if (family.size < 2) return undefined;
  const scored = databases.filter((one) => family.has(one.databaseId));
  const last = pastAnswers.find(
    (past) => isHere(past, question) && past.verdict !== 'unknown' && family.has(past.databaseId),
  );
  return {
    members: [...new Set([...scored.map((one) => one.databaseId), ...family])],
    share: scored.reduce((sum, { probability }) => sum + probability, 0),
    ...(last?.verdict === 'confirmed' ? { chosenBefore: last.databaseId } : {}),
  };
}

/** An answer of the same channel; outside of channels one to the same person. */
export function isHere({ channelId, userId }: PastAnswer, { place, asker }: Question): boolean {
  const channel = channelOf(place);
  return channel === undefined ? userId === asker.userId : channelId === channel;
}

/** Options of one family with what tells copies apart besides their rows: who owns each, and how often it answered here. */
export function toldApart(
  options: readonly ClarificationOption[],
  question: Question,
  { factsOf, pastAnswers }: FamilyPorts,
): Promise<readonly ClarificationOption[]> {
  const answers = pastAnswers.filter((past) => past.verdict !== 'wrong' && isHere(past, question));
  return Promise.all(
    options.map(async (option) => {
      const { owner } = await factsOf(option.databaseId);
      const used = answers.filter(({ databaseId }) => databaseId === option.databaseId).length;
      return { ...option, ...(owner === undefined ? {} : { owner }), ...(used ? { used } : {}) };
    }),
  );
}

/** "shop_de and shop_fr hold the same tables." */
export function sayFamily(members: readonly DatabaseId[], options: readonly ClarificationOption[]): string {
  const shown = members.slice(0, MOST_NAMED);
  const same = options.every(({ onlyHere }) => !onlyHere.length) ? 'the same tables' : 'nearly the same tables';
  if (members.length > MOST_NAMED)
    return `${members.length} databases hold ${same}, among them ${listed(shown.slice(0, -1))}.`;
  return `${listed(shown)} hold ${same}.`;
}

const MOST_NAMED = 4;

/** "a", "a and b", "a, b and c". */
export const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
