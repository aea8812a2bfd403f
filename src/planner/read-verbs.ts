import type { Frame } from './frame.ts';
import { subjectsOf } from './read-dates.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

/** Verbs that only tie together what is joined or compared anyway are understood; alone they are not. */
export function readRelations(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const tied =
    frame.filters.length > 0 ||
    frame.having !== undefined ||
    new Set([frame.main, ...frame.touched, ...subjectsOf(frame)]).size > 1;
  const dated =
    frame.filters.some((filter) => filter.kind === 'period') || frame.groups.some((group) => group.kind === 'period');
  if (dated) sentence.take(/ ([a-z]{3,})(?= )/, (match) => isEvent(match[1]!));
  // "how many cards are there of each", "some courses": they say no more than the columns listed and the join
  if (frame.items.some((item) => item.kind === 'count'))
    sentence.take(/ (?:of|in|with|to|for|at|on|by) each(?: one| of them)?(?= ·| $| ,)/, () => true);
  if (!tied) return;
  sentence.take(/ some(?= ·| $)/, () => true);
  sentence.take(/ ([a-z]{3,})(?= )/, (match) => {
    if (!isRelation(match[1]!)) return false;
    const link = resolver.linkNamed(match[1]!); // "advised by" goes through the table of advisors
    if (link) frame.touched.add(link);
    return true;
  });
}

/** "orders that we shipped": a verb that shares its stem with a stored state of the thing asked about. Read last. */
export function readVerbs(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  sentence.take(/ ([a-z]{4,})(?= )/, (match) => {
    const found = isEvent(match[1]!) ? undefined : resolver.stateNamed(match[1]!, frame.main);
    if (!found) return false;
    frame.filters.push({ kind: 'compare', ref: found, operator: '=', value: { kind: 'text', value: found.value } });
    frame.assumptions.push(`“${match[1]}” is read as ${found.table.name}.${found.column.name} = ${found.value}.`);
    return true;
  });
}
