import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { SelectIr } from '#src/sql/query-ir.ts';
import { withoutExplained } from './brackets.ts';
import { buildQuery } from './build-query.ts';
import { type Doubt, type DoubtKind, doubtsOf } from './doubts.ts';
import { partyNamed } from './party-named.ts';
import { LEAST_CONFIDENCE, planConfidence, weightiest } from './plan-confidence.ts';
import { readQuestion } from './read-question.ts';
import { type Respelt, respell } from './respell.ts';
import { withoutTalk } from './talk.ts';
import { whyGuessed } from './why-guessed.ts';
import { writeShort } from './written-short.ts';

export interface PlanInput extends Calendar {
  readonly question: string;
  readonly catalog: DatabaseCatalog;
  /** Tables in order of relevance, best first; may be empty. */
  readonly ranked: readonly Table[];
  /** The question was merged from several turns: what was said later wins. */
  readonly revised?: boolean;
}

export type Plan =
  | {
      readonly kind: 'planned';
      readonly query: SelectIr;
      readonly sql: string;
      readonly tables: readonly string[];
      readonly assumptions: readonly string[];
      /** What speaks against this reading, though it is the best one. */
      readonly doubts: readonly Doubt[];
      /** How likely it is right, 0–1, by its doubts. */
      readonly confidence: number;
    }
  | {
      readonly kind: 'declined';
      readonly understood: string;
      readonly missing: string;
      /** Words that nothing accounts for. */
      readonly unread: readonly string[];
    };

/**
 * The built-in planner: a generator that needs no model. It reads plain questions (lists, counts, filters, aggregates,
 * groups, top-n, joins along keys) and declines, saying what it did understand, as soon as a word is left over or a part would be
 * no more than a guess.
 */
export function plan(input: PlanInput): Plan {
  const read = planAsTyped(input);
  if (read.plan.kind === 'planned' || !read.unread.length) return read.plan;
  const bare = withoutTalk(input.question);
  if (bare !== undefined) {
    const said = plan({ ...input, question: bare });
    if (said.kind === 'planned') return said;
  }
  const explained = withoutExplained(input.question, read.unread);
  if (explained) {
    const { question, word, by } = explained;
    const said = planAsTyped({ ...input, question }, [], [`“${word}” is read as “${by}”.`]);
    if (said.plan.kind === 'planned') return said.plan;
  }
  const short = writeShort(input.question, read.unread, input.catalog);
  if (short) {
    const meant = short.words.map(({ typed, meant }) => `“${typed}” is read as ${meant}.`);
    const said = planAsTyped({ ...input, question: short.question }, [], meant);
    if (said.plan.kind === 'planned') return said.plan;
  }
  const party = partyNamed(input.question, read.unread, input.catalog);
  const meant = party && planAsTyped({ ...input, question: party.question }, party.words, [], 'called otherwise');
  if (meant?.plan.kind === 'planned') return meant.plan;
  const respelt = respell(input.question, read.unread, input.catalog);
  const again = respelt && planAsTyped({ ...input, question: respelt.question }, respelt.words);
  return again?.plan.kind === 'planned' ? again.plan : read.plan;
}

/**
 * @param slips words that were taken for others
 * @param explained what words stand for by the question's own account, a sentence each
 * @param doubt what such a word speaks against the reading as
 */
function planAsTyped(
  input: PlanInput,
  slips: Respelt['words'] = [],
  explained: readonly string[] = [],
  doubt: DoubtKind = 'misspelt',
): { readonly plan: Plan; readonly unread: readonly string[] } {
  const { frame, unread, sentence, resolver } = readQuestion(input.question, input.catalog, input.ranked, input);
  const named = resolver.named.map(({ name }) => name);
  const understood = named.length ? `I recognised ${listed(named.slice(0, 3))}.` : ''; // whoever asks it knows other databases, which may have one
  const declined = (missing: string) => ({
    plan: { kind: 'declined' as const, understood, missing, unread },
    unread,
  });
  if (frame.refused) return declined(frame.refused);
  if (unread.length) return declined(`I did not understand ${listed(unread.slice(0, 4).map((word) => `“${word}”`))}.`);
  const built = buildQuery(frame, input.catalog, resolver, input.revised ?? false);
  if (!built) return declined(frame.refused ?? 'I could not see what to show of them.');
  const reading = { frame, sentence, resolver, built };
  const guessed = whyGuessed(reading, input.revised ?? false);
  if (guessed) return declined(guessed);
  const doubts = [...doubtsOf(reading), ...slips.map(({ meant }): Doubt => ({ kind: doubt, about: meant }))];
  const confidence = planConfidence(doubts);
  if (confidence < LEAST_CONFIDENCE) return declined(doubtful(doubts));
  const spelt = slips.map(({ typed, meant }) => `“${typed}” is read as ${meant}.`);
  return {
    plan: {
      kind: 'planned',
      query: built.query,
      sql: printSql(built.query, input.catalog.engine),
      tables: tablesOf(built.query),
      assumptions: [...explained, ...spelt, ...frame.assumptions],
      doubts,
      confidence,
    },
    unread,
  };
}

/** What speaks against a reading most, as its asker reads it. */
function doubtful(doubts: readonly Doubt[]): string {
  const most = weightiest(doubts);
  return most?.about
    ? `I am not sure enough of how I would read it (${most.kind}: ${most.about}).`
    : 'I am not sure enough of how I would read it.';
}

/** The tables of a planned query's FROM and JOIN, in order. */
function tablesOf(query: SelectIr): string[] {
  if (query.from?.kind === 'derived' && query.from.query.kind === 'select') return tablesOf(query.from.query);
  const sources = [...(query.from ? [query.from] : []), ...query.joins.map((join) => join.source)];
  return sources.flatMap((source) => (source.kind === 'table' ? [source.name] : []));
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
