import type { Engine } from '#src/domain/catalog.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { resultKey } from '#src/domain/result-key.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import type { LinkedSchema, NamedValue } from '#src/domain/schema-slice.ts';
import type { SelectHow } from '#src/domain/trace.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { chooseCandidatePrompt, readChoice } from '#src/prompts/choose-candidate.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { verifiedGenerator } from '../generators/verified.ts';
import { unansweredCues } from '../support/cues.ts';
import type { Probe } from '../support/probes.ts';
import { isMeant, type TriedCandidate } from './refine.ts';

/** A candidate whose attempt ran. */
export type RanCandidate = TriedCandidate & {
  readonly attempt: { readonly kind: 'ran'; readonly sql: ReadOnlySql; readonly table: ResultTable };
};

/** Candidates with the same result. */
export interface ResultGroup {
  /** By generator, the most trusted first. */
  readonly candidates: readonly RanCandidate[];
  /** Different generators among them: what one writes twice, or mends, agrees with nothing. */
  readonly generators: readonly string[];
  /** All of them count a flag's values where its rows are meant: any other group goes before. */
  readonly doubtful?: true;
  /** Words of the question that none of them answers to. */
  readonly unanswered: number;
  /** What a look at the database says against the first of them; absent where none was taken. */
  readonly faults?: readonly Probe[];
  /** How likely the verifier says yes to the first of them, 0–1; absent where it was not asked. */
  readonly verified?: number;
}

/**
 * How one of several results is chosen: by the generators that have it, by a model, by a model only where numbers do not settle it, or by
 * the samples that have it.
 */
export type SelectionMode = 'majority' | 'model' | 'hybrid' | 'votes';

/** What tells results apart besides their votes: how likely the replies were, what a verifier says of each, what the database says. */
export type EvidenceKind = 'likelihood' | 'verifier' | 'probes';

export interface Selection {
  readonly chosen: RanCandidate;
  readonly groups: readonly ResultGroup[];
  /** Generators that agree with the chosen result, and all that have one. */
  readonly agreeing: number;
  readonly voting: number;
  /** Two groups between which neither numbers nor the model could decide. */
  readonly tied?: readonly [ResultGroup, ResultGroup];
  readonly how: SelectHow;
  /** The groups' generators, in words. */
  readonly reason: string;
}

/** Generators, the most trusted first: where nothing else decides, the first of these does. */
const TRUST = [
  'verified',
  'adapter',
  'merge',
  'plain',
  'few-shot',
  'direct',
  'edl',
  'decompose',
  'direct-wide',
  'planner',
];
const trustOf = ({ generator }: { readonly generator: string }) => {
  const at = TRUST.indexOf(generator.split(':')[0]!);
  return at === -1 ? TRUST.length : at;
};

/**
 * Groups what ran by result, the largest group first; groups of one size by samples, then by the trust in their generators. An original
 * without rows gives way to what it was mended to, if that has some (sources.md#refiner); one that the program mended always does. What means nothing is in no group.
 */
export function groupByResult(
  tried: readonly TriedCandidate[],
  {
    question,
    engine,
    mode,
    values = [],
  }: {
    readonly question: string;
    readonly engine: Engine;
    readonly mode: SelectionMode;
    readonly values?: readonly NamedValue[];
  },
): ResultGroup[] {
  const ordered = asksForOrder(question);
  const filled = tried.filter(({ attempt }) => attempt.kind === 'ran' && attempt.table.rows.length > 0);
  const replaced = new Set(filled.flatMap(({ mends }) => mends ?? []));
  const mendedAway = new Set(tried.flatMap(({ mends, mendedBy }) => (mends !== undefined && mendedBy ? [mends] : [])));
  const ran = tried.filter(
    (one): one is RanCandidate =>
      one.attempt.kind === 'ran' &&
      isMeant(one) &&
      !mendedAway.has(one.sql) &&
      (one.attempt.table.rows.length > 0 || !replaced.has(one.sql)),
  );
  const groups = [...Map.groupBy(ran, (one) => resultKey(one.attempt.table, ordered)).values()].map((candidates) => ({
    candidates: [...candidates].sort(
      (a, b) => doubtsOf(a) - doubtsOf(b) || trustOf(a) - trustOf(b) || a.sql.length - b.sql.length,
    ),
    generators: [...new Set(candidates.map(({ generator }) => generator))],
    unanswered: Math.min(...candidates.map(({ sql }) => unansweredCues(question, sql, engine, values).length)),
    ...(candidates.every(doubtsOf) ? { doubtful: true as const } : {}),
  }));
  return ranked(groups, { mode });
}

/** Groups, the one that is likeliest right first. */
export const ranked = (
  groups: readonly ResultGroup[],
  { mode, kinds = new Set() }: { readonly mode: SelectionMode; readonly kinds?: ReadonlySet<EvidenceKind> },
): ResultGroup[] =>
  [...groups].sort(
    (a, b) =>
      Number(a.doubtful ?? false) - Number(b.doubtful ?? false) ||
      (mode === 'votes' ? byVotes(a, b, kinds) : b.generators.length - a.generators.length) ||
      samplesOf(b) - samplesOf(a) ||
      trustOf(a.candidates[0]!) - trustOf(b.candidates[0]!),
  );

const doubtsOf = ({ meaningless = [] }: TriedCandidate) => meaningless.length;

/** Where as many generators agree, the replies' samples decide (self-consistency). */
export const samplesOf = ({ candidates }: ResultGroup) => candidates.reduce((sum, { samples = 1 }) => sum + samples, 0);

/** The likeliest reply is worth so many that were drawn, set on training questions (docs/figures.md). */
const LIKELIEST_VOTES = 2;
/** A reviser's query, which read the two best results, is worth so many. */
const MERGE_VOTES = 1;

/** Where a vote is held, the planner did not agree with the model, and is likelier wrong: it has none. */
export const votesOf = ({ candidates }: ResultGroup) =>
  candidates.reduce((sum, { samples = 1, generator, likeliest }) => {
    if (generator === 'planner') return sum;
    if (generator === 'merge') return sum + MERGE_VOTES;
    return sum + (likeliest ? LIKELIEST_VOTES : samples);
  }, 0);

/** Rows before none, then what answers to the question's words and has least against it, then the samples that have it and what else speaks for it. */
const byVotes = (a: ResultGroup, b: ResultGroup, kinds: ReadonlySet<EvidenceKind>) =>
  Number(hasRows(b)) - Number(hasRows(a)) ||
  a.unanswered - b.unanswered ||
  (a.faults?.length ?? 0) - (b.faults?.length ?? 0) ||
  weightOf(b, kinds) - weightOf(a, kinds);

/** What a yes of the verifier, and a likely reply, are worth in votes; on training questions a quarter chose as many right as 8. */
const VERIFIED_VOTES = 2;
const LIKELIHOOD_VOTES = 1;

const weightOf = (group: ResultGroup, kinds: ReadonlySet<EvidenceKind>) =>
  votesOf(group) +
  VERIFIED_VOTES * (group.verified ?? 0) +
  (kinds.has('likelihood') ? LIKELIHOOD_VOTES * likelihoodOf(group) : 0);

/** Of a token of its likeliest reply, 0–1; 0 where none was written by a model, or its server does not say. */
export const likelihoodOf = ({ candidates }: ResultGroup): number =>
  Math.max(0, ...candidates.flatMap(({ logprob }) => (logprob === undefined ? [] : Math.exp(logprob))));

/** A total or a mean of no rows is a row of nothing. */
const hasRows = ({ candidates }: ResultGroup) =>
  candidates.some(({ attempt: { table } }) => table.rows.some((row) => row.some((cell) => cell !== null)));

/** Enough agreement to ask no further: two generators or more, no other group as large, and more than nulls or nothing to show. */
export function agrees(groups: readonly ResultGroup[]): boolean {
  const [first, second] = groups;
  if (!first || first.generators.length < 2 || first.doubtful) return false;
  if ((second?.generators.length ?? 0) >= first.generators.length) return false;
  const { rows } = first.candidates[0]!.attempt.table;
  return rows.some((row) => row.some((cell) => cell !== null));
}

/** A verified answer has rows again: nothing else is asked. */
export const isVerified = (groups: readonly ResultGroup[]): boolean =>
  groups.some((group) => group.generators.includes(verifiedGenerator.id) && hasRows(group));

/** Whether samples of one generator that are still to come can change which result most of them have. */
export function isDecided([first, second]: readonly ResultGroup[], left: number): boolean {
  // One more sample may have rows, or answer to the words, and goes before whatever its votes.
  if (!first || first.doubtful || left === 0 || first.unanswered || !hasRows(first)) return false;
  // All that is left could draw level with a result that stands alone: of two as large, the one that came first is taken.
  return second ? votesOf(first) - votesOf(second) > left : votesOf(first) >= left;
}

export interface SelectInput {
  readonly groups: readonly ResultGroup[];
  readonly asked: AskedQuestion;
  readonly linked: LinkedSchema;
  readonly schemaText: string;
  readonly mode: SelectionMode;
  readonly askerId: string;
}

const MOST_SHOWN = 6;

/**
 * The selector (XiYan-SQL V2, algorithm 3; sources.md#selector) over results: one group is taken as it is; a majority too, unless the
 * model is to decide always; else the model reads the candidates in both orders, so that a liking for the first place cancels out. What
 * it does not settle stays with the larger group, and is told as tied.
 */
export async function select(
  input: SelectInput,
  selector: ChatModel | undefined,
  signal: AbortSignal,
): Promise<Selection | undefined> {
  const { groups, mode } = input;
  const [first, second] = groups;
  if (!first) return undefined;
  const writers = new Set(groups.flatMap(({ generators }) => generators)).size;
  const byVote = mode === 'votes';
  const voting = byVote ? groups.reduce((sum, group) => sum + samplesOf(group), 0) : writers;
  const votes = groups.map(({ generators }) => generators.join('+')).join(' against ');
  const made = (group: ResultGroup, how: SelectHow, tied?: Selection['tied']): Selection => ({
    chosen: representative(group),
    how,
    groups,
    agreeing: byVote ? samplesOf(group) : group.generators.length,
    voting,
    reason: votes,
    ...(tied ? { tied } : {}),
  });
  if (!second) return made(first, voting > 1 ? 'all-agree' : 'only-result');
  if (byVote) return made(first, 'majority', isClose(first, second) ? [first, second] : undefined);
  const leads = first.generators.length > second.generators.length;
  const majority = first.generators.length * 2 >= voting && first.generators.length > 1 && leads;
  if (mode === 'majority' || (mode === 'hybrid' && majority) || !selector)
    return made(first, 'majority', leads || mode !== 'hybrid' ? undefined : [first, second]);
  const shown = groups.slice(0, MOST_SHOWN);
  const picks = await Promise.all([
    ask(shown, input, selector, signal),
    ask([...shown].reverse(), input, selector, signal),
  ]);
  const [forward, backward] = picks;
  if (forward && forward === backward) return made(forward, 'model');
  const picked = forward ?? backward;
  if (!picked) return made(first, 'model-chose-none', leads ? undefined : [first, second]);
  if (!forward || !backward) return made(picked, 'model-once');
  // It chose differently by the order of reading: numbers decide between the two, then trust.
  const [taken, other] = groups.indexOf(forward) < groups.indexOf(backward) ? [forward, backward] : [backward, forward];
  const stillTied = taken.generators.length === other.generators.length;
  return made(taken, 'model-wavered', stillTied ? [taken, other] : undefined);
}

/** Two results with rows, of which neither answers better to the question's words and neither has a sample more than the other. */
const isClose = (first: ResultGroup, second: ResultGroup) =>
  hasRows(first) &&
  hasRows(second) &&
  first.unanswered === second.unanswered &&
  votesOf(second) >= LIKELIEST_VOTES &&
  votesOf(first) - votesOf(second) < 1;

/** Of candidates with one result the shortest of the most trusted generator: it is explained to the reader. */
const representative = ({ candidates }: ResultGroup): RanCandidate => candidates[0]!;

async function ask(
  groups: readonly ResultGroup[],
  { asked, linked, schemaText, askerId }: SelectInput,
  selector: ChatModel,
  signal: AbortSignal,
): Promise<ResultGroup | undefined> {
  const steps = groups.map((group) =>
    explainExecuted(representative(group).sql, asked.engine, linked.catalog).short.map(({ text }) => text),
  );
  const shown = groups.map((group, at) => {
    const { sql, attempt } = representative(group);
    const edl = steps[at]!;
    const differs = edl.filter((line) => !steps.every((other) => other.includes(line)));
    return { sql, edl, differs, table: attempt.table };
  });
  const reply = await selector.reply(
    { messages: chooseCandidatePrompt(schemaText, asked, shown), temperature: 0, maxTokens: 400, askerId },
    signal,
  );
  if (!reply.ok) return undefined;
  const at = readChoice(reply.value.choices[0]!.text, groups.length);
  return at === undefined ? undefined : groups[at];
}

/** Whether the question asks for an order. */
export const asksForOrder = (text: string): boolean =>
  /\b(?:sort|sorted|order(?:ed)? by|in (?:\w+ )?order|arrange[d]?|rank(?:ed)?|ascending|descending|alphabetical(?:ly)?|from (?:\w+ )+to (?:the )?(?:lowest|highest|oldest|youngest|least|most|smallest|largest))\b/i.test(
    text,
  );
