import { splitIdentifier } from '#src/domain/words.ts';
import type { Built } from './build-query.ts';
import { type Edge, isEquated } from './db-graph.ts';
import type { Frame } from './frame.ts';
import type { FramePart } from './frame-parts.ts';
import type { ColumnRef, Mention } from './lexicon.ts';
import { part } from './pattern.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';

/** What a plan was made of. */
export interface Reading {
  readonly frame: Frame;
  readonly sentence: Sentence;
  readonly resolver: FrameResolver;
  readonly built: Built;
}

/** Names fully said, those said nearly so, and those said in good part. */
export const FULL = 0.985;
export const NEAR = 0.9;
export const PART = 0.6;

/** Scores that differ by less are alike. */
const ALIKE = 0.06;

export const nameOf = ({ table, column }: ColumnRef) => `${table.name}.${column.name}`;

/** How well a mention names a column: more than 1 by a value that it holds. */
export function scoreOf(mention: Mention, { column }: ColumnRef): number {
  if (mention.values.some((one) => one.column === column)) return 1.1;
  const score = mention.columns.find(({ target }) => target.column === column)?.score ?? 0;
  // "orders" are the table, though `order_date` bears the word
  return score < PART && (mention.tables[0]?.score ?? 0) >= NEAR ? 0 : score;
}

export const bareScore = (mention: Mention, { column }: ColumnRef) =>
  mention.columns.find(({ target }) => target.column === column)?.score ?? 0;

export const bestScore = ({ mentions }: Sentence, ref: ColumnRef) =>
  Math.max(0, ...mentions.map((mention) => scoreOf(mention, ref)));

/** The mention is of this part: it names its column, or a value that it holds. */
export const partOf = (mention: Mention, parts: readonly FramePart[]): FramePart | undefined =>
  [...parts]
    .sort((a, b) => scoreOf(mention, b.ref) - scoreOf(mention, a.ref))
    .find(({ ref }) => scoreOf(mention, ref) > 0);

export const quoted = (sentence: Sentence, { start, end }: Mention) =>
  `“${sentence.tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join(' ')}”`;

export const wordsOf = (sentence: Sentence, { start, end }: Mention) =>
  sentence.tokens
    .slice(start, end)
    .map(({ lower }) => lower)
    .join(' ');

export function rivalsOf(mention: Mention, ref: ColumnRef, edges: readonly Edge[]): readonly ColumnRef[] {
  const own = scoreOf(mention, ref);
  return mention.columns
    .filter(
      ({ target, score }) => target.column !== ref.column && score >= own - ALIKE && !isEquated(target, ref, edges),
    )
    .map(({ target }) => target);
}

const RECENT = /\b(?:last|latest|newest|recent|recently|earliest|first|oldest)\b/;

export const isOfTime = ({ tokens }: Sentence) => tokens.some(({ lower }) => RECENT.test(lower));

/** A state is of the thing that has it; where a thing is or what kind it is of may be told of another. */
export const isState = ({ column }: ColumnRef) =>
  /^(?:status|stage|phase|condition)$/.test(splitIdentifier(column.name).at(-1) ?? '');

/** "open orders of suppliers in Norway: id, name and date": what a question lists at its end is of the things that it is about. */
export const isListedLast = (mention: Mention, { mentions, asked }: Sentence): boolean =>
  new RegExp(
    part` ,(?: (?:and|with|the|their|its|,|[CTB]\d+))*? [CTB]${String(mentions.indexOf(mention))}(?: (?:and|the|their|its|,|[CTB]\d+))* $`,
  ).test(asked);

/** "orders per month of each rep (id, name)": a list that stands right behind a thing is of that thing. */
export function isListedOf(
  mention: Mention,
  { table }: ColumnRef,
  { mentions, asked }: Sentence,
  resolver: FrameResolver,
): boolean {
  const [, thing] =
    new RegExp(
      part` ([TB]\d+) ,(?: (?:and|the|its|,|[CB]\d+))*? [CB]${String(mentions.indexOf(mention))}(?: (?:and|the|its|,|[CB]\d+))* $`,
    ).exec(asked) ?? [];
  return resolver.table(thing) === table;
}
