import { type Answer, decisionOf, type OutcomeOption } from '#src/domain/answer.ts';
import { type Intent, MAX_TURNS, OPERATOR, type Question, type Turn } from '#src/domain/question.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { spentOn } from '#src/domain/trace.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { PRICE } from '../asking.ts';
import type { CompanyQuestion, CompanyThread, GoldQuery } from '../data/company-questions.ts';
import { GOLD_LIMITS } from '../execution-accuracy.ts';
import { type EvalBench, portsFor } from './ask-item.ts';
import { type AcceptedAnswer, type CompanyCase, isAccepted, outcomeOf, shownOf, type Wanted } from './company-case.ts';
import { OutsideTime } from './outside-time.ts';

export interface CompanyBench extends EvalBench {
  /** The database is said with the question, where it is meant for one. */
  readonly given: boolean;
}

/** A question, or one turn of a thread, on its way. */
interface Asking {
  readonly id: string;
  readonly department: string;
  readonly kind: string;
  readonly text: string;
  readonly wanted: Wanted;
  /** The database that it is meant for, where it is one. */
  readonly meant: string | undefined;
  readonly earlier: readonly Turn[];
}

/** Asks one question; what was meant is chosen where it is asked back about. */
export async function askQuestion(one: CompanyQuestion, bench: CompanyBench): Promise<CompanyCase> {
  const { id, department, kind, question: text } = one;
  const meant = 'database' in one ? one.database : undefined;
  const made = await ask({ id, department, kind, text, wanted: await wantedOf(one, bench), meant, earlier: [] }, bench);
  return made.case;
}

/** Asks the turns of a thread one after another, each with the answers given before. */
export async function* askThread(thread: CompanyThread, bench: CompanyBench): AsyncGenerator<CompanyCase> {
  const earlier: Turn[] = [];
  for (const [at, turn] of thread.turns.entries()) {
    const database = turn.database ?? thread.database;
    const accepted = await runAll(database, turn.gold, bench);
    const { extra, ordered } = turn;
    const made = await ask(
      {
        id: `${thread.id}/${at + 1}`,
        department: thread.department,
        kind: turn.kind,
        text: turn.question,
        wanted: { kind: 'rows', accepted, acceptance: { extra, ordered } },
        meant: database,
        earlier: earlier.slice(-MAX_TURNS),
      },
      bench,
    );
    yield made.case;
    earlier.push({ text: turn.question, ...made.answered });
  }
}

interface Made {
  readonly case: CompanyCase;
  /** What the next turn of a thread knows of it. */
  readonly answered: Pick<Turn, 'databaseId' | 'sql'>;
}

async function ask(asking: Asking, bench: CompanyBench): Promise<Made> {
  const { id, department, kind, text, wanted, meant } = asking;
  const started = performance.now();
  const intent: Intent = bench.given && meant !== undefined ? { kind: 'from', databaseId: meant } : { kind: 'any' };
  const given = await answerTo(asking, intent, bench);
  const outcome = outcomeOf(given, wanted);
  const chosen = outcome === 'asked' ? await choose(given, asking, bench) : undefined;
  const then = chosen ? await answerTo(asking, chosen, bench) : undefined;
  const ms = performance.now() - started;
  const last = then ?? given;
  const made: CompanyCase = {
    id,
    department,
    kind,
    question: text,
    outcome,
    databaseRight: isOfItsDatabase(last, asking),
    decision: decisionOf(given),
    ...(given.kind === 'answer' && given.judgement
      ? { confidence: given.judgement.confidence, evidence: given.judgement.evidence }
      : {}),
    ms,
    ...costs([given, ...(then ? [then] : [])]),
    shown: shownOf(given),
    ...(outcome === 'asked' ? { offered: chosen !== undefined } : {}),
    ...(then ? { chosen: outcomeOf(then, wanted), chosenShown: shownOf(then) } : {}),
  };
  const answered = last.kind === 'answer' ? { databaseId: last.databaseId, sql: last.sql } : {};
  return { case: made, answered };
}

function answerTo(asking: Asking, intent: Intent, bench: CompanyBench): Promise<Answer> {
  const { id, text, earlier } = asking;
  const question: Question = {
    text,
    asker: OPERATOR,
    place: { kind: 'terminal' },
    thread: { earlier, turnedDown: [] },
    intent,
    calendar: { today: bench.today },
    runId: id,
  };
  const ports = { ...portsFor(id, new OutsideTime(), bench), askingPrice: PRICE };
  return answer(question, ports, { settings: bench.settings }, new AbortController().signal);
}

function costs(answers: readonly Answer[]): Pick<CompanyCase, 'calls' | 'promptTokens' | 'completionTokens'> {
  const { calls, promptTokens, completionTokens } = spentOn(answers.flatMap(({ trace }) => trace));
  return { calls, promptTokens, completionTokens };
}

function isOfItsDatabase(given: Answer, { wanted, meant }: Asking): boolean {
  const database = 'databaseId' in given ? given.databaseId : undefined;
  if (database === undefined) return false;
  return wanted.kind === 'rows' ? wanted.accepted.some((one) => one.database === database) : database === meant;
}

/** What somebody chooses who knows what they mean: nothing where it is not among the options. */
async function choose(given: Answer, { wanted }: Asking, bench: CompanyBench): Promise<Intent | undefined> {
  if (wanted.kind !== 'rows') return undefined;
  if (given.kind === 'clarification') {
    const option = given.options.find(({ databaseId }) =>
      wanted.accepted.some(({ database }) => database === databaseId),
    );
    return option && { kind: 'from', databaseId: option.databaseId };
  }
  if (given.kind !== 'outcomes') return undefined;
  for (const option of given.outcomes)
    if (await isMeant(option, given.databaseId, wanted, bench))
      return { kind: 'chosen', databaseId: given.databaseId, sql: option.sql, costAccepted: false };
  return undefined;
}

async function isMeant(
  { sql }: OutcomeOption,
  databaseId: string,
  wanted: Extract<Wanted, { readonly kind: 'rows' }>,
  { databases }: CompanyBench,
): Promise<boolean> {
  const own = databases.get(databaseId);
  if (!own) return false;
  const judged = await judge(sql, own.catalog.engine, wholeCatalog(own.catalog));
  if (!judged.ok) return false;
  const ran = await own.databases.product.run(judged.value, ANSWER_LIMITS, new AbortController().signal);
  return ran.ok && isAccepted(databaseId, ran.value, wanted);
}

async function wantedOf(one: CompanyQuestion, bench: Pick<CompanyBench, 'databases'>): Promise<Wanted> {
  if ('mentions' in one) return { kind: 'names', mentions: one.mentions };
  if ('topic' in one) return { kind: 'nothing' };
  const { extra, ordered } = one;
  const readings = 'readings' in one ? one.readings : [one];
  const accepted: AcceptedAnswer[] = [];
  for (const { database, gold } of readings) accepted.push(...(await runAll(database, gold, bench)));
  return { kind: 'rows', accepted, acceptance: { extra, ordered } };
}

/** The results of gold queries. One that fails is a fault of the questions. */
export async function runAll(
  database: string,
  gold: readonly GoldQuery[],
  { databases }: Pick<CompanyBench, 'databases'>,
): Promise<AcceptedAnswer[]> {
  const own = databases.get(database);
  if (!own) throw new Error(`The company has no database ${database}.`);
  const accepted: AcceptedAnswer[] = [];
  for (const { sql, anyForm = 0 } of gold) {
    const judged = await judge(sql, own.catalog.engine, wholeCatalog(own.catalog));
    if (!judged.ok) throw new Error(`The gate refuses a gold query over ${database}: ${sql}`);
    const ran = await own.databases.gold.run(judged.value, GOLD_LIMITS, new AbortController().signal);
    if (!ran.ok) throw new Error(`A gold query over ${database} fails: ${sql}`);
    accepted.push({ database, table: ran.value, anyForm });
  }
  return accepted;
}
