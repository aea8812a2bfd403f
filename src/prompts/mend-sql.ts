import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import { type AskedQuestion, engineName, questionBlock } from './question-block.ts';
import { CANNOT_RULE, GROUND_RULES } from './write-sql.ts';

/** A query that has to be mended, what running it gave, and names or values that may be meant, a line each. */
export interface MendCase {
  readonly sql: string;
  readonly result: string;
  readonly near: readonly string[];
}

/** The refiner's turn (sources.md#refiner): schema, question, the query and what is wrong with it. */
export function mendPrompt(schema: string, asked: AskedQuestion, { sql, result, near }: MendCase): ChatMessage[] {
  const system = `You mend one ${engineName(asked.engine)} SELECT statement that should answer a question but went wrong. Change what is wrong and keep what is right. If it is right although it gives no rows, reply with it unchanged.
${GROUND_RULES}
${CANNOT_RULE}
Reply with one mended statement in a \`\`\`sql fence and nothing else.`;
  const hints = near.length ? `\nNearest in the database: ${near.map(asData).join('; ')}` : '';
  return [
    { role: 'system', content: system },
    {
      role: 'user',
      content: `${questionBlock(schema, asked)}\n\nThe statement:\n\`\`\`sql\n${asData(sql)}\n\`\`\`\n${asData(result)}${hints}`,
    },
  ];
}
