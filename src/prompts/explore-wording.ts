import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';
import { asData, type MSchema } from '#src/domain/m-schema.ts';
import { ONLY_DATA, schemaBlock } from './explore-schema.ts';

export const Wording = z.object({ question: z.string() });

export const WORDING_REPLY_SCHEMA = {
  name: 'wording',
  schema: {
    type: 'object',
    properties: { question: { type: 'string' } },
    required: ['question'],
    additionalProperties: false,
  },
} as const;

export interface WordedPair {
  readonly question: string;
  readonly sql: string;
  /** Its steps, one a line. */
  readonly edl: string;
}

/** Asks for a question in a person's words that a query answers; the question that there is says all of it, stiffly. */
export function wordingPrompt(schema: MSchema, { question, sql, edl }: WordedPair): ChatMessage[] {
  return [
    { role: 'system', content: `You say questions as a business user would ask them. ${ONLY_DATA}` },
    {
      role: 'user',
      content: [
        schemaBlock(schema),
        `Query:\n\`\`\`sql\n${asData(sql)}\n\`\`\``,
        `What it does: ${asData(edl)}`,
        `The question, stiffly: ${asData(question)}`,
        'Ask it as a business user would, in one sentence. Name no column. Keep every condition, number and value.',
        'Reply with one JSON object:\n{"question": "<the question>"}',
      ].join('\n\n'),
    },
  ];
}
