import type { OfferedQuestion } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type Failure, isOfQuestion } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Question } from '#src/domain/question.ts';
import { ANSWER_LIMITS, type StatementLimits } from '#src/domain/result-table.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { judge } from '#src/guard/judge.ts';
import { plan } from '#src/planner/plan.ts';
import type { AnswerPorts } from '../answer-ports.ts';
import { withSpokenTables } from '../support/literal-tables.ts';
import { type NearQuestion, nearestQuestions, shorterQuestions } from '../support/nearest-questions.ts';
import { rank } from '../support/plan-for.ts';
import { unexplained } from '../support/unexplained.ts';
import { saysSomething } from './probe-databases.ts';

/** Questions that are offered at most, of one database, and databases that they are looked for in. */
const OFFERED = 3;
const LOOKED_IN = 3;
/** Shorter forms of the question that are tried, each for so long, to see that they have rows. */
const TRIED = 2;
const TRY_LIMITS: StatementLimits = { ...ANSWER_LIMITS, timeoutMs: 1_000 };

export interface OfferInput {
  readonly question: Question;
  /** The question, standing alone. */
  readonly text: string;
  readonly failure: Failure;
  /** The database that was asked, where it came to that. */
  readonly databaseId?: DatabaseId;
  readonly slice?: SchemaSlice;
}

type Ports = Pick<AnswerPorts, 'retriever' | 'readable' | 'database' | 'scopeOf' | 'pastAnswers'>;

/** Questions near to one that was not answered, which would be answered right now: planned, and tried where that is cheap. */
export async function offerQuestions(
  input: OfferInput,
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly OfferedQuestion[]> {
  const { failure } = input;
  // Without its model the planner still answers.
  const leadsOn = isOfQuestion(failure) || failure.kind === 'model-unavailable';
  if (!leadsOn || !ports.readable.length || signal.aborted) return [];
  const found: (OfferedQuestion & { readonly shares: number })[] = [];
  for (const databaseId of lookedIn(input, ports.readable)) {
    const near = await nearOf(databaseId, input, ports, signal);
    const fresh = near.filter(({ text, shares }) => shares < SHORTER || found.every((one) => one.text !== text));
    found.push(...fresh.map(({ text, shares }) => ({ text, databaseId, shares })));
  }
  const most = Math.max(0, ...found.map(({ shares }) => (shares < SHORTER ? shares : 0)));
  const near = found
    .filter(({ shares }) => shares > 0 && shares >= NEAREST_SHARE * most)
    .sort((a, b) => b.shares - a.shares);
  const offered = near.slice(0, OFFERED).map(({ text, databaseId }) => ({ text, databaseId }));
  return offered.length ? offered : starterQuestions(input.question, ports);
}

/** The databases of the offers: the one that holds what was asked for, the one that was asked, and those that are near. */
function lookedIn({ failure, databaseId, slice }: OfferInput, readable: readonly DatabaseId[]): readonly DatabaseId[] {
  const elsewhere = 'elsewhere' in failure ? failure.elsewhere : undefined;
  const near = slice?.databases.map((one) => one.databaseId) ?? (databaseId === undefined ? readable : []);
  const all = [elsewhere, databaseId, ...near].filter((id) => id !== undefined);
  return [...new Set(all)].filter((id) => readable.includes(id)).slice(0, LOOKED_IN);
}

/** What shares less than this of the nearest one’s words is not near. */
const NEAREST_SHARE = 0.5;
/** More than any shared words: the question itself, of another database, and what is left of it without what was not understood. */
const ITSELF = 200;
const SHORTER = 100;

async function nearOf(
  databaseId: DatabaseId,
  { question, text, slice, databaseId: asked, failure }: OfferInput,
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly Pick<NearQuestion, 'text' | 'shares'>[]> {
  const ranked = { tables: slice?.tables ?? [] };
  const schema = rank(databaseId, ranked, ports.retriever.catalogOf);
  if (!schema) return [];
  const { calendar } = question;
  const planned = (one: string) => plan({ question: withSpokenTables(one, schema.catalog), ...schema, ...calendar });
  if (failure.kind !== 'empty-question' && databaseId !== asked && planned(text).kind === 'planned')
    return [{ text, shares: ITSELF }];
  const words = unexplained(text, schema.catalog);
  const shorter = shorterQuestions(text, [...words.things, ...words.names]).flatMap((one) => {
    const made = planned(one);
    return made.kind === 'planned' ? [{ text: one, planned: made, shares: SHORTER }] : [];
  });
  const tried: NearQuestion[] = [];
  for (const one of shorter.slice(0, TRIED)) if (await hasRows(one, databaseId, ports, signal)) tried.push(one);
  const near = nearestQuestions(text, schema, calendar);
  // Several questions of one table say less than those of two.
  const spread = [...Map.groupBy(near, ({ planned: { tables } }) => tables[0]).values()].flatMap((of) =>
    of.slice(0, 2),
  );
  return [...tried.slice(0, 1), ...spread].slice(0, OFFERED);
}

/** Whether a query gives anything but nothing or 0, as far as that can be told at once; one that is slow may have rows. */
async function hasRows(
  { planned }: NearQuestion,
  databaseId: DatabaseId,
  { database, scopeOf }: Ports,
  signal: AbortSignal,
): Promise<boolean> {
  const [opened, scope] = [await database(databaseId), scopeOf(databaseId)];
  if (!opened.ok || !scope) return false;
  const judged = await judge(planned.sql, opened.value.engine, scope);
  if (!judged.ok) return false;
  const ran = await opened.value.run(judged.value, TRY_LIMITS, signal);
  return ran.ok ? saysSomething(ran.value) : ran.failure.kind === 'query-timed-out';
}

/** Questions of one database to begin with, of as many of its tables as there are. */
export function questionsToTry(catalog: DatabaseCatalog, calendar: Calendar): readonly string[] {
  const near = nearestQuestions('', { catalog, ranked: [] }, calendar);
  const byTable = [...Map.groupBy(near, ({ planned: { tables } }) => tables[0]).values()];
  const rounds = Array.from({ length: OFFERED }, (_, at) => byTable.flatMap((of) => of[at] ?? []));
  return rounds
    .flat()
    .slice(0, OFFERED)
    .map(({ text }) => text);
}

/** Questions to begin with: one of each of the databases that the asker uses most, then more of them. */
export function starterQuestions(
  question: Question,
  { readable, retriever, pastAnswers }: Pick<Ports, 'readable' | 'retriever' | 'pastAnswers'>,
): readonly OfferedQuestion[] {
  const used = pastAnswers.filter(({ userId }) => userId === question.asker.userId).map((past) => past.databaseId);
  const uses = (id: DatabaseId) => used.filter((one) => one === id).length;
  const order = [...readable].sort((a, b) => uses(b) - uses(a)).slice(0, LOOKED_IN);
  const made = order.map((databaseId) => {
    const catalog = retriever.catalogOf(databaseId);
    const near = catalog ? nearestQuestions('', { catalog, ranked: [] }, question.calendar) : [];
    return near.slice(0, OFFERED).map(({ text }) => ({ text, databaseId }));
  });
  const rounds = Array.from({ length: OFFERED }, (_, at) => made.flatMap((own) => own[at] ?? []));
  return rounds.flat().slice(0, OFFERED);
}
