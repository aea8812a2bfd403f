import type { ChatMessage } from '#src/domain/chat.ts';
import { ddlText } from '#src/domain/ddl.ts';
import { asData, type MSchema } from '#src/domain/m-schema.ts';
import { WORKED_SCHEMA } from './write-plain.ts';

/** Questions over the worked schema, with what is asked for there and what is not. */
const WORKED: readonly ChatMessage[] = [
  ['How many books came out before 1990?', 'yes'],
  ['Which publisher brought out the most books?', 'no'],
  ['Which author has sold the most copies?', 'yes'],
  ['How can I learn to write a good novel?', 'no'],
  ['Where do the authors of poems come from?', 'yes'],
  ['How many pages do the novels have on average?', 'no'],
].flatMap(([question, answer = ''], at): ChatMessage[] => [
  { role: 'user', content: `${at ? '' : `${WORKED_SCHEMA}\n\n`}Question: ${question}` },
  { role: 'assistant', content: answer },
]);

/** Asks for one word: whether the tables hold what a question asks for. */
export function askAnswerablePrompt(schema: MSchema, question: string): ChatMessage[] {
  return [
    {
      role: 'system',
      content: 'You say whether a question can be answered from the tables of a database alone. Reply with yes or no.',
    },
    ...WORKED,
    { role: 'user', content: `${ddlText(schema)}\n\nQuestion: ${asData(question)}` },
  ];
}

/** The probability of yes, where the reply is one of the two; without log-probabilities a word is taken at its word. */
export function readAnswerable(text: string, logprob: number | undefined): number | undefined {
  const word = /^\W*(yes|no)\b/i.exec(text)?.[1]?.toLowerCase();
  if (word === undefined) return undefined;
  const sure = logprob === undefined ? 1 : Math.exp(logprob);
  return word === 'yes' ? sure : 1 - sure;
}
