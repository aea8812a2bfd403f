import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';
import { asData, type MSchema } from '#src/domain/m-schema.ts';
import { ONLY_DATA, schemaBlock } from './explore-schema.ts';
import type { WordedPair } from './explore-wording.ts';

/** A vote on a question with its query; `missing` is what the query lacks. */
export const Vote = z.object({
  faithful: z.boolean(),
  uses_only_schema: z.boolean(),
  ambiguous: z.boolean(),
  missing: z.string().nullish(),
});
export type Vote = z.infer<typeof Vote>;

export const VOTE_REPLY_SCHEMA = {
  name: 'vote',
  schema: {
    type: 'object',
    properties: {
      faithful: { type: 'boolean' },
      uses_only_schema: { type: 'boolean' },
      ambiguous: { type: 'boolean' },
      missing: { type: 'string' },
    },
    required: ['faithful', 'uses_only_schema', 'ambiguous', 'missing'],
    additionalProperties: false,
  },
} as const;

/** Asks whether a question and its query say the same (sources.md#db-explore). */
export function judgePairPrompt(
  schema: MSchema,
  { question, evidence, sql, edl }: WordedPair & { readonly evidence: string },
): ChatMessage[] {
  return [
    { role: 'system', content: `You check whether a query answers its question. ${ONLY_DATA}` },
    {
      role: 'user',
      content: [
        schemaBlock(schema),
        `Question: ${asData(question)}${evidence ? `\nHint: ${asData(evidence)}` : ''}`,
        `Query:\n\`\`\`sql\n${asData(sql)}\n\`\`\``,
        `What it does: ${asData(edl)}`,
        'faithful: the query gives what the question asks for, no more and no less.\nuses_only_schema: it uses tables and columns of the schema alone.\nambiguous: the question could as well mean something else.\nmissing: what the query lacks of the question, or "".',
        'Reply with one JSON object:\n{"faithful": <true or false>, "uses_only_schema": <true or false>, "ambiguous": <true or false>, "missing": "<text, or empty>"}',
      ].join('\n\n'),
    },
  ];
}
