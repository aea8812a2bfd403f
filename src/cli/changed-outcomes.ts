import { type ChangedOutcome, type ComparedOutcomes, sayOutcome } from '#src/domain/outcomes.ts';
import { counted } from './context.ts';

/** What got better and what worse, a line each; one line where nothing did, none where nothing was asked both times. */
export function changedLines({ both, better, worse }: ComparedOutcomes): readonly string[] {
  if (!both) return [];
  const line =
    (how: string) =>
    ({ question, before, after }: ChangedOutcome) =>
      `${how}: ${question} (${sayOutcome(before)} → ${sayOutcome(after)})`;
  return [
    `Of ${counted(both, 'question')} that were asked before, too, ${better.length} went better and ${worse.length} worse.`,
    ...worse.map(line('worse')),
    ...better.map(line('better')),
  ];
}
