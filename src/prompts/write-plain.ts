import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import { type AskedQuestion, engineName, saidWrong } from './question-block.ts';

const TURNS_SHOWN = 3;

/**
 * The simplest prompt that could work, against which every other must earn its place: two sentences, the CREATE TABLE statements, the
 * thread if there is one, and the question last, so that a server that remembers how prompts begin reads the schema once.
 */
export function writePlainPrompt(ddl: string, { text, hint, engine, earlier }: AskedQuestion): ChatMessage[] {
  const turns = earlier
    .slice(-TURNS_SHOWN)
    .map(
      (turn) =>
        `Question: ${asData(turn.text)}${turn.sql ? `\nQuery${saidWrong(turn.wrong)}: ${asData(turn.sql)}` : ''}`,
    );
  const user = [
    ddl,
    ...(turns.length ? [`Earlier:\n${turns.join('\n')}`] : []),
    ...(hint ? [`Hint: ${asData(hint)}`] : []),
    `Question: ${asData(text)}`,
  ];
  return [
    {
      role: 'system',
      content: `You write one ${engineName(engine)} query that answers the question about the database below. Reply with the query alone, in a \`\`\`sql fence.`,
    },
    { role: 'user', content: user.join('\n\n') },
  ];
}
