import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import { type AskedQuestion, engineName, questionBlock } from './question-block.ts';
import { fencedBlocks, readSqlReply, type WrittenReply, withoutThoughts } from './read-reply.ts';
import { CANNOT_RULE, GROUND_RULES } from './write-sql.ts';

export interface Demonstration {
  readonly question: string;
  readonly schema: string;
  readonly steps: readonly { readonly question: string; readonly sql: string }[];
  /** It is of the database that is asked, whose schema is shown. */
  readonly own?: boolean;
}

/** Decompose, then compose (LearNAT; sources.md#decomposition): sub-questions with their SQL, the last one answers the question. */
export function decomposePrompt(schema: string, asked: AskedQuestion, solved: readonly Demonstration[]): ChatMessage[] {
  const system = `You answer a question about a database by simple steps. Each step asks one simple sub-question and answers it with one ${engineName(asked.engine)} SELECT statement; a later step builds on the earlier ones by holding them as subqueries or joins. The last step answers the question itself. A simple question has one step; none has more than four.
${GROUND_RULES}
${CANNOT_RULE}
Reply with the steps alone, each as
Sub-question 1: …
\`\`\`sql
SELECT …
\`\`\``;
  const inSteps = ({ question, steps }: Demonstration) => `Question: ${asData(question)}\n</data>\n${stepsText(steps)}`;
  const others = solved.filter(({ own }) => !own).map((one) => `<data>\n${one.schema}\n${inSteps(one)}`);
  const ours = solved.filter(({ own }) => own).map((one) => `<data>\n${inSteps(one)}`);
  const intro = others.length ? `Earlier questions, on other tables, solved in steps:\n${others.join('\n')}\n\n` : '';
  const known = ours.length ? `Other questions about this schema, solved in steps:\n${ours.join('\n')}` : undefined;
  return [
    { role: 'system', content: system },
    { role: 'user', content: `${intro}${questionBlock(schema, asked, known)}` },
  ];
}

const stepsText = (steps: Demonstration['steps']) =>
  steps
    .map(({ question, sql }, at) => `Sub-question ${at + 1}: ${asData(question)}\n\`\`\`sql\n${asData(sql)}\n\`\`\``)
    .join('\n');

/** The steps of a reply, and its last statement, which is the answer. */
export function readStepsReply(
  reply: string,
  cut: boolean,
): { readonly steps: readonly { readonly question: string; readonly sql: string }[]; readonly answer: WrittenReply } {
  const text = withoutThoughts(reply);
  const questions = [...text.matchAll(/^\W*Sub-?question \d+\W*(.*)$/gim)].map(([, question]) => question!.trim());
  const steps = fencedBlocks(text)
    .filter(({ closed }) => closed)
    .map(({ body }, at) => ({ question: questions[at] ?? '', sql: body.replace(/;\s*$/, '') }));
  return { steps, answer: readSqlReply(reply, cut) };
}
