import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import { readJsonReply } from './json-reply.ts';
import { WORKED_SCHEMA } from './write-plain.ts';

/** A question whose SQL is known, with the steps that lead there: all of them in a demonstration, those so far in what is asked. */
export interface TakenApart {
  /** The tables, as CREATE TABLE statements. */
  readonly schema: string;
  readonly question: string;
  readonly sql: string;
  readonly steps: readonly { readonly question: string; readonly sql: string }[];
}

/** Steps of the kinds that queries are made of: an inner query, rows without their bound. */
export const WORKED_STEPS: TakenApart = {
  schema: WORKED_SCHEMA,
  question: 'What are the titles of the novels that sold more than the average book?',
  sql: "SELECT title FROM book WHERE kind = 'novel' AND sold > (SELECT AVG(sold) FROM book)",
  steps: [
    { question: 'How much does a book sell on average?', sql: 'SELECT AVG(sold) FROM book' },
    { question: 'What are the titles of the novels?', sql: "SELECT title FROM book WHERE kind = 'novel'" },
    {
      question: 'What are the titles of the novels that sold more than the average book?',
      sql: "SELECT title FROM book WHERE kind = 'novel' AND sold > (SELECT AVG(sold) FROM book)",
    },
  ],
};

const RULE =
  'The SQL of a step is cut out of the whole SQL: it keeps columns, tables and conditions as they stand there, leaves some out and adds nothing. An inner query comes before what holds it. The last step is the whole SQL.';

const Step = z.object({ sub_query: z.string().trim().min(1), sub_sql: z.string().trim().min(1) });
const Steps = z.object({ steps: z.array(Step).min(1) });

const STEP_SCHEMA = {
  type: 'object',
  properties: { sub_query: { type: 'string' }, sub_sql: { type: 'string' } },
  required: ['sub_query', 'sub_sql'],
  additionalProperties: false,
} as const;

export const NEXT_STEP_REPLY_SCHEMA = { name: 'step', schema: STEP_SCHEMA } as const;
export const ALL_STEPS_REPLY_SCHEMA = {
  name: 'steps',
  schema: {
    type: 'object',
    properties: { steps: { type: 'array', items: STEP_SCHEMA, minItems: 1, maxItems: 6 } },
    required: ['steps'],
    additionalProperties: false,
  },
} as const;

/** Asks for the next step of taking a known query apart, and for that alone (sources.md#learnat-search). */
export function nextStepPrompt(asked: TakenApart, shown: readonly TakenApart[]): ChatMessage[] {
  return [
    {
      role: 'system',
      content: `You work out a SQL query in simple steps. You see tables, a question, its whole SQL and the steps so far; you write the next step only: a sub-question in plain words, and the SQL that answers it. ${RULE} Reply with one JSON object: {"sub_query": "…", "sub_sql": "…"}`,
    },
    ...shown.flatMap((one) =>
      one.steps.flatMap((step, at): ChatMessage[] => [
        { role: 'user', content: at ? 'Next step?' : `${asText(one, [])}\n\nNext step?` },
        { role: 'assistant', content: stepJson(step) },
      ]),
    ),
    { role: 'user', content: `${asText(asked, asked.steps)}\n\nNext step?` },
  ];
}

/** Asks for all steps at once: the chain of thought that a search is compared with. */
export function allStepsPrompt(asked: TakenApart, shown: readonly TakenApart[]): ChatMessage[] {
  return [
    {
      role: 'system',
      content: `You work out a SQL query in simple steps. You see tables, a question and its whole SQL; you write the steps, two or more: each a sub-question in plain words, and the SQL that answers it. ${RULE} Reply with one JSON object: {"steps": [{"sub_query": "…", "sub_sql": "…"}, …]}`,
    },
    ...shown.flatMap((one): ChatMessage[] => [
      { role: 'user', content: asText(one, []) },
      { role: 'assistant', content: `{"steps": [${one.steps.map(stepJson).join(', ')}]}` },
    ]),
    { role: 'user', content: asText(asked, []) },
  ];
}

function asText({ schema, question, sql }: TakenApart, steps: TakenApart['steps']): string {
  const taken = steps.map((step, at) => `${at + 1}. ${asData(step.question)}\n   ${asData(step.sql)}`);
  const soFar = taken.length ? ['', 'Steps so far:', ...taken] : [];
  return [schema, '', `Question: ${asData(question)}`, `Whole SQL: ${asData(sql)}`, ...soFar].join('\n');
}

const stepJson = ({ question, sql }: TakenApart['steps'][number]) =>
  JSON.stringify({ sub_query: question, sub_sql: sql });

const asStep = ({ sub_query: question, sub_sql: sql }: z.infer<typeof Step>) => ({
  question,
  sql: sql.replace(/;\s*$/, ''),
});

/** The step that a reply holds; undefined where it holds none. */
export function readNextStep(reply: string): TakenApart['steps'][number] | undefined {
  const read = readJsonReply(reply, Step);
  return read && asStep(read);
}

/** The steps that a reply holds, in order; none where it holds none. */
export const readAllSteps = (reply: string): TakenApart['steps'] =>
  (readJsonReply(reply, Steps)?.steps ?? []).map(asStep);
