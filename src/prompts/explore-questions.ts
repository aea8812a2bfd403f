import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';
import { asData, type MSchema } from '#src/domain/m-schema.ts';
import { ONLY_DATA, schemaBlock } from './explore-schema.ts';

/** A question with what its reader must know besides. */
export const WrittenQuestion = z.object({ question: z.string(), evidence: z.string().catch('') });

export const WrittenQuestions = z.object({ questions: z.array(z.unknown()) });

export const QUESTIONS_REPLY_SCHEMA = {
  name: 'questions',
  schema: {
    type: 'object',
    properties: {
      questions: {
        type: 'array',
        items: {
          type: 'object',
          properties: { question: { type: 'string' }, evidence: { type: 'string' } },
          required: ['question', 'evidence'],
          additionalProperties: false,
        },
      },
    },
    required: ['questions'],
    additionalProperties: false,
  },
} as const;

/** Questions of people over other data, which say how people ask; shown where there are none of this company. */
export const PEOPLES_QUESTIONS: readonly string[] = [
  'Which three authors sold the most copies last year, and how many each?',
  'How many of our novels came out before 2015?',
  'What is the average price of a play, by language?',
  'Which publishers have no book in print?',
  'List the titles that cost more than the average, the dearest first.',
  'In which country do we have at least five authors?',
];

/** Asks for questions over a part of a database (sources.md#db-explore): the question first, its query in another call. */
export function questionsPrompt(schema: MSchema, seeds: readonly string[], count: number): ChatMessage[] {
  return [
    {
      role: 'system',
      content: `You write questions that people of a company would ask of their data. ${ONLY_DATA}`,
    },
    {
      role: 'user',
      content: [
        `So people ask of other data:\n${seeds.map((one) => `- ${asData(one)}`).join('\n')}`,
        `All the data that there is:\n${schemaBlock(schema)}`,
        `Write ${count} different questions of this data alone, some simple, some hard. There are no other tables, and no dates but those shown. Each question is clear by itself, in plain words, and takes values from the schema. "evidence" is what one must know besides; mostly it is empty.`,
        'Reply with one JSON object:\n{"questions": [{"question": "<a question>", "evidence": ""}]}',
      ].join('\n\n'),
    },
  ];
}
