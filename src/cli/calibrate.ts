import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

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
  const read = file === undefined ? ({ questions: 'people' } as const) : await readQuestions(file);
  if ('fault' in read) {
    terminal.complain(read.fault);
    return 1;
  }
  return withQuerent(context, async (querent) => {
    const what = file ?? 'feedback of this company';
    const fitted = await querent.calibrate(read.questions, what, terminal.progress(), terminal.interrupted());
    if (!fitted.ok) return failed(context, fitted.failure);
    const { questions, right } = fitted.value;
    terminal.print(`Fitted on ${questions} questions; the first database was right for ${right}.`);
    return 0;
  });
}

/** The questions of a file, or what is wrong with it. */
async function readQuestions(
  file: string,
): Promise<{ readonly questions: readonly LabelledQuestion[] } | { readonly fault: string }> {
  const { z } = await import('zod');
  const Line = z.object({ question: z.string().min(1), database: z.string().min(1) });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { fault: `There is no file ${file} that can be read.` };
  }
  const questions: LabelledQuestion[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (!line.trim()) continue;
    const parsed = Line.safeParse(jsonOf(line));
    if (!parsed.success)
      return { fault: `${file}, line ${at + 1}: each line is one {"question": "…", "database": "…"}.` };
    questions.push({ text: parsed.data.question, databaseId: parsed.data.database, right: true });
  }
  return { questions };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the schema says what is missing
  }
}
