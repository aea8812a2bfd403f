import type { z } from 'zod';
import { asData } from '#src/domain/m-schema.ts';
import {
  PEOPLES_QUESTIONS,
  QUESTIONS_REPLY_SCHEMA,
  questionsPrompt,
  WrittenQuestion,
  WrittenQuestions,
} from '#src/prompts/explore-questions.ts';
import { EXPLORED_STYLE } from '#src/prompts/explore-schema.ts';
import { readJsonReplies, readJsonReply } from '#src/prompts/json-reply.ts';
import { writePlainPrompt } from '#src/prompts/write-plain.ts';
import type { Exploration } from '../exploration.ts';
import { sampleSchema, sampleSize } from '../sample-schema.ts';
import { isQuestion } from './keeps-said.ts';
import type { ModelDesk } from './model-desk.ts';
import { pickSeeds } from './pick-seeds.ts';
import { type ShownSchema, shownSchema } from './shown-schema.ts';

/** A question with a query that a model wrote, over what it was shown. */
export interface ModelDraft {
  readonly question: string;
  readonly evidence: string;
  readonly sql: string;
  readonly shown: ShownSchema;
}

export type NoDraft = 'no query' | 'no reply';

/** Questions a call. */
const QUESTIONS = 8;
const QUESTIONS_TOKENS = 700;
export const SQL_TOKENS = 600;

interface Open extends z.infer<typeof WrittenQuestion> {
  readonly shown: ShownSchema;
}

/** Questions first: a model asks several of a sampled part of the database, then answers each in a call of its own (sources.md#db-explore). */
export interface SemanticWriter {
  /** One more; else that nothing may be shown, or that the model gave nothing that can be read. */
  next(signal: AbortSignal): Promise<ModelDraft | NoDraft>;
}

export function openSemantic(exploration: Exploration, asked: readonly string[], desk: ModelDesk): SemanticWriter {
  const { graph, random, seen, questions } = exploration;
  const open: Open[] = [];

  async function ask(signal: AbortSignal): Promise<NoDraft> {
    const sub = sampleSchema(graph, { walk: 'random', ...sampleSize(random), sampled: seen.times }, random);
    const shown = sub && shownSchema(graph, sub.columns);
    if (!shown?.schema.tables.length) return 'no query';
    const seeds = pickSeeds(asked, [...questions], random);
    const written = await desk.text(
      {
        of: 'writer',
        messages: questionsPrompt(shown.schema, seeds, QUESTIONS),
        temperature: 0.7,
        maxTokens: QUESTIONS_TOKENS,
        replySchema: QUESTIONS_REPLY_SCHEMA,
      },
      (soFar) => readJsonReply(soFar, WrittenQuestions) !== undefined,
      signal,
    );
    const shownAlready = new Set([...seeds, ...PEOPLES_QUESTIONS].map((one) => one.toLowerCase()));
    const isNew = ({ question }: Pick<Open, 'question'>) =>
      isQuestion(question) && !shownAlready.has(question.toLowerCase());
    open.push(
      ...readJsonReplies(written ?? '', WrittenQuestion)
        .map(({ question, evidence }) => ({ question: asData(question), evidence: asData(evidence) }))
        .filter(isNew)
        .slice(0, QUESTIONS)
        .map((one) => ({ ...one, shown })),
    );
    return 'no reply';
  }

  return {
    async next(signal) {
      const none = open.length ? 'no reply' : await ask(signal);
      const one = open.shift();
      if (!one) return none;
      const { question, evidence, shown } = one;
      const { engine } = graph.catalog;
      const about = { text: question, hint: evidence, engine, dates: [], values: [], earlier: [], today: '' };
      const messages = writePlainPrompt(shown.schema, about, EXPLORED_STYLE);
      const sql = await desk.sql({ of: 'writer', messages, temperature: 0, maxTokens: SQL_TOKENS }, signal);
      return sql === undefined ? 'no reply' : { question, evidence, sql, shown };
    },
  };
}
