import { mergeGenerator } from '#src/pipeline/generators/merge.ts';
import { type RanCandidate, type ResultGroup, select } from '#src/pipeline/stages/select.ts';
import { type AtHand, drawFor } from '../at-hand.ts';
import { shuffled } from '../augment-schema.ts';
import { fencedSql, type LeftOut, leftOut, type Made } from '../lesson.ts';
import { overhearing, promptOf } from '../overhear.ts';
import type { Places } from '../places.ts';
import { rightAndWrong, type TriedPool } from '../pool.ts';
import type { Shown, Sources } from '../sources.ts';

const MOST_SHOWN = 6;
const never = new AbortController().signal;

/** How evenly what is right is spread over places and sources, over all lines of a task. */
export interface Balance {
  readonly places: Places;
  readonly sources: Sources;
}

/** Selection: results that differ, of which one is right, as the selector is shown them. */
export async function selectionLesson(hand: AtHand, pool: TriedPool, { places, sources }: Balance): Promise<Made> {
  const made = disagreeing(pool);
  if ('kind' in made) return made;
  const right = shownFirst(made.right, 'right', sources);
  const wrong = made.wrong.slice(0, MOST_SHOWN - 1).map((group) => shownFirst(group, 'wrong', sources));
  if (!sources.mayBeRight(sourceOf(right))) return leftOut(`${sourceOf(right)} is right too often already`);
  const { context, pair, settings } = hand;
  const at = places.next(wrong.length + 1);
  const groups = shuffled(wrong, drawFor(settings, pair.id, 'selection')).toSpliced(at, 0, right);
  const { model, asked } = overhearing();
  const { schemaText, linked } = context;
  await select({ groups, asked: context.asked, linked, schemaText, mode: 'model', askerId: 'training' }, model, never);
  const [messages] = asked;
  if (!messages) return leftOut('there is nothing to choose from');
  sources.take(sourceOf(right), 'right');
  for (const group of wrong) sources.take(sourceOf(group), 'wrong');
  const notes = { position: at, of: groups.length, source: sourceOf(right) };
  return { kind: 'answer', messages, answer: String.fromCharCode(65 + at), notes };
}

function disagreeing(
  pool: TriedPool,
): { readonly right: ResultGroup; readonly wrong: readonly ResultGroup[] } | LeftOut {
  if (pool.groups.length < 2) return leftOut('there is one result');
  const { right, wrong } = rightAndWrong(pool);
  const [first, second] = right;
  if (!first) return leftOut('no candidate is right');
  return second ? leftOut('several results are right') : { right: first, wrong };
}

/** A group by the candidate whose source was shown least as such. */
function shownFirst(group: ResultGroup, as: Shown, sources: Sources): ResultGroup {
  const first = sources.least<RanCandidate>(group.candidates, as);
  return first ? { ...group, candidates: [first, ...group.candidates.filter((one) => one !== first)] } : group;
}

const sourceOf = ({ candidates: [first] }: ResultGroup): string => first?.generator ?? '';

/** Where neither is right, one line in three at most. */
export interface MergeBalance {
  readonly places: Places;
  readonly neither: { count: number };
}

/** Merge: the two likeliest results that disagree, the right one as often first as second, and the query that is right. */
export async function mergeLesson(hand: AtHand, pool: TriedPool, { places, neither }: MergeBalance): Promise<Made> {
  const [best, next] = pool.groups;
  if (!best || !next) return leftOut('there is one result');
  const { right, wrong } = rightAndWrong(pool);
  const [rightOne] = right;
  const [wrongOne, another] = wrong;
  if (!wrongOne) return leftOut('several results are right');
  const taken = (places.counts()['of 2'] ?? []).reduce((sum, one) => sum + one, 0);
  if (!rightOne && (!another || neither.count * 2 >= taken)) return leftOut('no candidate is right');
  const at = rightOne ? places.next(2) : -1;
  if (!rightOne) neither.count += 1;
  const other = rightOne ?? another;
  if (!other) return leftOut('there is one result');
  const groups = at === 0 ? ([other, wrongOne] as const) : ([wrongOne, other] as const);
  const { style } = hand.settings.pipeline;
  const messages = await promptOf((model) => mergeGenerator(model, style, groups), hand.context);
  const position = at < 0 ? 'neither' : at === 0 ? 'first' : 'second';
  return { kind: 'answer', messages, answer: fencedSql(hand.sql), notes: { right: position } };
}
