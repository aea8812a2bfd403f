import { Command } from '@commander-js/extra-typings';
import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';
import { readLines } from './read-lines.ts';

export const calibrate = (context: CommandContext) =>
  new Command('calibrate')
    .summary('fit how sure it says it is to your questions')
    .description(
      `Fits how sure Querent says it is of a database to your company’s questions. They come from what people chose,
confirmed or turned down in Slack. The result is stored with the index; a running bot takes it up.`,
    )
    .option('--questions <file>', 'from a file instead, one {"question": "…", "database": "…"} a line')
    .action(runs(({ questions }) => fit(questions, context)));

async function fit(file: string | undefined, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const questions = file === undefined ? undefined : await readQuestions(file);
  if (typeof questions === 'string') {
    terminal.complain(questions);
    return 1;
  }
  return withQuerent(context, async (querent) => {
    const what = file ?? 'feedback of this company';
    const fitted = await querent.calibrate(questions ?? 'people', what, terminal.progress(), terminal.interrupted());
    if (!fitted.ok) return failed(context, fitted.failure);
    const { questions: count, right } = fitted.value;
    terminal.print(`Fitted on ${count} questions; the first database was right for ${right}.`);
    return 0;
  });
}

/** The questions of a file, or what is wrong with it. */
async function readQuestions(file: string): Promise<readonly LabelledQuestion[] | string> {
  const { z } = await import('zod');
  const line = z.object({ question: z.string().min(1), database: z.string().min(1) });
  const read = readLines(file, line, 'one {"question": "…", "database": "…"}');
  if (typeof read === 'string') return read;
  return read.map(({ question, database }) => ({ text: question, databaseId: database, right: true }));
}
