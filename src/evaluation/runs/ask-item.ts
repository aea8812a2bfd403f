import type { Answer } from '#src/domain/answer.ts';
import { OPERATOR, type Question, type Turn } from '#src/domain/question.ts';
import { fail, ok } from '#src/domain/result.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { answer } from '#src/pipeline/answer.ts';
import { type AnswerPorts, answerPorts } from '#src/pipeline/answer-ports.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import type { CountTokens, ModelRoles } from '#src/ports/chat-model.ts';
import type { ExampleBank } from '#src/ports/example-bank.ts';
import { PRICE } from '../asking.ts';
import type { Comparison } from '../comparisons.ts';
import type { Item } from '../data/items.ts';
import type { BenchQuestion } from '../data/questions.ts';
import { runGold } from '../execution-accuracy.ts';
import { dumpingPrompts } from './dump-prompts.ts';
import { type EvalCase, goldColumns, toCase } from './eval-case.ts';
import type { SearchedDatabases } from './open-searched.ts';
import { OutsideTime } from './outside-time.ts';

/** What an evaluation asks with, the same for all of its questions. */
export interface EvalBench extends SearchedDatabases {
  readonly countTokens: CountTokens;
  readonly models?: ModelRoles;
  readonly bank?: ExampleBank;
  readonly settings: PipelineSettings;
  /** The database is hidden: it is retrieved among all. */
  readonly union: boolean;
  /** Says which answers are right. */
  readonly comparison: Comparison;
  /** What is known of a question besides goes with it. */
  readonly hints: boolean;
  /** Every prompt is written here with its reply. */
  readonly promptsFolder?: string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

export interface AskedTurn {
  readonly turn: BenchQuestion;
  readonly given: Answer;
  readonly made: EvalCase;
}

/** Asks the turns of a thread one after another, each with the answers given before. */
export async function* askItem({ databaseId, turns }: Item, bench: EvalBench): AsyncGenerator<AskedTurn> {
  const earlier: Turn[] = [];
  const about = bench.warehouse?.catalog.databaseId ?? databaseId;
  for (const turn of turns) {
    const question = questionOf(turn, about, earlier, bench);
    const asked = await askTurn(turn, question, databaseId, bench);
    const { given } = asked;
    yield asked;
    const answered = given.kind === 'answer' ? { databaseId: given.databaseId, sql: given.sql } : { databaseId: about };
    earlier.push({ text: turn.question, ...answered });
  }
}

async function askTurn(
  turn: BenchQuestion,
  question: Question,
  databaseId: string,
  bench: EvalBench,
): Promise<AskedTurn> {
  const own = bench.databases.get(databaseId);
  if (!own) throw new Error(`The database ${databaseId} of ${turn.id} is not open.`);
  const gold = turn.sql ? await runGold(turn, own.catalog, own.databases) : [];
  const { warehouse } = bench;
  const { catalog, databases } = warehouse ?? own;
  const nameOf = (column: string) => warehouse?.nameOf(databaseId, column) ?? column;
  const wanted = gold.map(({ sql }) => goldColumns(sql, own.catalog).map(nameOf));
  const outside = new OutsideTime();
  let linked: LinkedSchema | undefined;
  const onLinked = (schema: LinkedSchema) => {
    linked = schema;
  };
  const started = performance.now();
  const options = { neverAsk: true, settings: bench.settings, onLinked };
  const given = await answer(question, portsFor(turn.id, outside, bench), options, new AbortController().signal);
  const ms = performance.now() - started;
  const level = turn.hardness ?? turn.difficulty ?? turn.category ?? 'all';
  const times = { ms, outsideMs: outside.ms };
  const { comparison } = bench;
  const found = { given, gold, wanted, comparison, catalog, databases, linked };
  const made = await toCase({ id: turn.id, databaseId: catalog.databaseId, level, ...found, ...times });
  return { turn, given, made: turn.answerable === false ? { ...made, unanswerable: true } : made };
}

function questionOf(
  turn: BenchQuestion,
  databaseId: string,
  earlier: readonly Turn[],
  { union, hints, today }: EvalBench,
): Question {
  const hint = hints ? (turn.evidence ?? turn.instructions) : undefined;
  return {
    text: turn.question,
    asker: OPERATOR,
    place: { kind: 'terminal' },
    thread: { earlier: [...earlier], turnedDown: [] },
    intent: union ? { kind: 'any' } : { kind: 'from', databaseId },
    calendar: { today },
    runId: turn.id,
    ...(hint ? { hint } : {}),
  };
}

/** The ports of one question, whose time outside is told. */
export function portsFor(questionId: string, outside: OutsideTime, bench: EvalBench): AnswerPorts {
  const { databases, warehouse, retriever, readable, scopeOf, countTokens, models, bank, promptsFolder } = bench;
  const asked = models && promptsFolder ? dumpingPrompts(models, promptsFolder, questionId) : models;
  return answerPorts({
    retriever,
    readable,
    countTokens,
    scopeOf,
    database: async (id) => {
      const own = id === warehouse?.catalog.databaseId ? warehouse : databases.get(id);
      return own ? ok(outside.database(own.databases.product)) : fail({ kind: 'index-missing' });
    },
    ...(asked ? { models: outside.models(asked), askingPrice: PRICE } : {}),
    ...(bank ? { bank } : {}),
  });
}
