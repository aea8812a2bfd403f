import type { Remedy } from '#src/domain/answer.ts';
import type { Edl } from '#src/domain/edl.ts';
import { failedChecks, type NumberCheck } from '#src/domain/number-check.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { verifiedGenerator } from '../generators/verified.ts';
import type { TriedCandidate } from '../stages/refine.ts';
import type { Selection } from '../stages/select.ts';
import type { TextToSqlResult } from '../stages/text-to-sql.ts';
import { confidenceOf, evidenceOf, isPlannersAlone, SURE } from './confidence.ts';
import { sayMeaningless } from './meaningless.ts';
import { sayDoubt } from './say-doubt.ts';

/** What a reader should know of how the question was read. */
export function readings(chosen: TriedCandidate, { dates }: TextToSqlResult): string[] {
  const windows = chosen.generator === 'planner' ? [] : dates.map((line) => `${line.replace(' = ', ' is read as ')}.`);
  return [...chosen.assumptions, ...windows];
}

/** That the query is not as it was first written, and how names that the database lacks were read. */
export function mendedCaveat({
  mends,
  readAs = [],
  leftOut = [],
  endsBefore = [],
  toldApart = [],
  labelled = [],
}: TriedCandidate): string[] {
  if (mends === undefined) return [];
  const without = [
    ...(leftOut.length
      ? [`The first query joined ${leftOut.join(', ')}, which nothing that was asked needs; it was left out.`]
      : []),
    ...(endsBefore.length
      ? [`The first query's period did not end where yours does; it now ends before ${endsBefore.join(' and ')}.`]
      : []),
    ...(toldApart.length
      ? [
          `Rows that are called the same were added together at first; they are now told apart by ${toldApart.join(' and ')}.`,
        ]
      : []),
    ...(labelled.length ? [`The first query showed keys; it now shows ${labelled.join(' and ')}.`] : []),
  ];
  if (!readAs.length && without.length) return without;
  if (!readAs.length) return ['The first query for this went wrong and was mended; look at the steps.'];
  const read = [...new Set(readAs.map(({ written, read }) => `“${written}” as ${read}`))];
  return [`The first query named what the database lacks; it was read so: ${read.join(', ')}.`, ...without];
}

/** That the model's replies do not agree on a result. */
const disagreement = (selection: Pick<Selection, 'agreeing' | 'voting'> | undefined): string[] =>
  selection && selection.voting > 2 && selection.agreeing * 2 <= selection.voting
    ? [
        `Only ${selection.agreeing} of ${selection.voting} ways of writing this query came to this result: look at the steps before you use it.`,
      ]
    : [];

/** Words of the question that nothing of the database stands for, though it is answered. */
const unnamed = ({ unexplained }: Pick<TextToSqlResult, 'unexplained'>): string[] =>
  unexplained.length
    ? [
        `Check: nothing in the database is named ${unexplained.map((word) => `“${word}”`).join(', ')}; the steps show what was taken for it.`,
      ]
    : [];

/** What of the planner's reading is the least sure, where nobody else came to its result and it is not sure enough by itself. */
function planDoubt({ planned, selection }: TextToSqlResult): string[] {
  if (planned.kind !== 'planned' || !selection || !isPlannersAlone(selection) || planned.confidence >= SURE) return [];
  return sayPlanDoubt(planned.doubts);
}

function sayPlanDoubt(about: Parameters<typeof sayDoubt>[0]): string[] {
  const says = sayDoubt(about);
  return says === undefined ? [] : [`Check: ${says}`];
}

/** What a model alone stands for, where its result is not sure enough by what else is known of it. */
function modelDoubt(chosen: TriedCandidate, { planned, selection }: TextToSqlResult): string[] {
  if (!selection || isPlannersAlone(selection) || chosen.generator === verifiedGenerator.id) return [];
  const evidence = evidenceOf(selection);
  if (confidenceOf(evidence) >= SURE) return [];
  if (planned.kind === 'planned' && evidence.planner) return sayPlanDoubt(planned.doubts);
  if (planned.kind === 'planned')
    return ['Check: without the model it would be read in another way; the steps show how this one goes.'];
  const words = [...new Set(planned.unread)].slice(0, MOST_NAMED).map((word) => `“${word}”`);
  return [
    words.length
      ? `Check: only the model accounts for ${words.join(', ')}; the steps show what it took that for.`
      : 'Check: only the model could read this question; the steps show how.',
  ];
}
const MOST_NAMED = 4;

/** Why the result may not be what was asked for. */
export const doubts = (chosen: TriedCandidate, solving: TextToSqlResult): string[] => [
  ...planDoubt(solving),
  ...firstOf(disagreement(solving.selection), modelDoubt(chosen, solving)),
  ...unnamed(solving),
  ...(chosen.meaningless ?? []).map((one) => `The query ${sayMeaningless(one)}.`),
];

/** One doubt is enough to have a reader look. */
const firstOf = (one: string[], other: string[]): string[] => (one.length ? one : other);

/** Where a check of the numbers failed. */
export const checkDoubts = (checks: readonly NumberCheck[]): string[] =>
  failedChecks(checks).map(({ says }) => `Check: ${says}`);

/** What checks of the numbers corrected, and what they found that casts no doubt on them. */
export const checkNotes = (checks: readonly NumberCheck[]): string[] =>
  checks.flatMap(({ outcome, says }) => (outcome === 'corrected' || outcome === 'told' ? [says] : []));

/** What was meant perhaps, or which condition left nothing. */
export function remedyNotes(remedies: readonly Remedy[] = []): string[] {
  const near = remedies.flatMap(({ near: value }) => (value === undefined ? [] : [`“${value}”`]));
  return [
    ...(near.length ? [`Did you mean ${near.join(' or ')}?`] : []),
    ...remedies
      .filter((one) => one.near === undefined && !one.isTold)
      .map(({ change, rows }) => `${capital(change.to)} there ${rowsSaid(rows)}.`),
  ];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function rowsSaid(rows: number | undefined): string {
  if (rows === undefined) return 'are rows';
  return rows === 1 ? 'is 1 row' : `are ${rows.toLocaleString('en-US')} rows`;
}

/** What a reader should know of a result and its explanation. */
export function caveatsOf(table: ResultTable, edl: Edl): string[] {
  const caveats: string[] = [];
  if (table.truncated === 'bytes')
    caveats.push(`The result was cut after ${table.rows.length.toLocaleString('en-US')} rows because it is large.`);
  if (table.cellsCut) caveats.push('Very long values are cut.');
  if (table.rows.length > 0 && table.columns.some((_, at) => table.rows.every((row) => row[at] === null)))
    caveats.push('A column has no values at all.');
  if (edl.steps.some((step) => step.verbatim)) {
    caveats.push('The explanation quotes a part of the query that it has no words for.');
  }
  if (edl.missing.length) {
    caveats.push('The steps could not be checked against the whole query; the SQL is what ran.');
  }
  return caveats;
}
