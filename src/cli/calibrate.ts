import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { compose, type LabelledQuestion } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const CALIBRATE_USAGE = `querent calibrate [--questions FILE]
  Fits how sure Querent says it is of a database to your company's questions. They come from what people
  chose, confirmed or turned down in Slack. The result is stored with the index; a running bot takes it up.
  --questions FILE   from a file instead, one {"question": "…", "database": "…"} a line`;

const Line = z.object({ question: z.string().min(1), database: z.string().min(1) });

export async function calibrate(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { questions: { type: 'string' } } });
  const querent = compose(config);
  try {
    const labelled = values.questions === undefined ? fromOutcomes(querent) : fromFile(values.questions);
    if (typeof labelled === 'string') {
      complain(labelled);
      return 1;
    }
    const what = values.questions === undefined ? 'feedback of this company' : values.questions;
    const fitted = await querent.calibrate(labelled, what, progressBar(), untilInterrupted());
    if (!fitted.ok) {
      complain(sayToOperator(fitted.failure));
      return 1;
    }
    const { fittedOn } = fitted.value;
    console.log(`Fitted on ${fittedOn.questions} questions; the first database was right for ${fittedOn.right}.`);
    return 0;
  } finally {
    await querent.close();
  }
}

const fromOutcomes = (querent: ReturnType<typeof compose>): LabelledQuestion[] =>
  querent.store
    .pastAnswers()
    .filter(({ verdict }) => verdict !== 'unknown')
    .map(({ text, databaseId, verdict }) => ({ text, databaseId, right: verdict === 'confirmed' }));

/** The questions of a file, or what is wrong with it. */
function fromFile(file: string): LabelledQuestion[] | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return `There is no file ${file} that can be read.`;
  }
  const labelled: LabelledQuestion[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (!line.trim()) continue;
    const parsed = Line.safeParse(jsonOf(line));
    if (!parsed.success) return `${file}, line ${at + 1}: each line is one {"question": "…", "database": "…"}.`;
    labelled.push({ text: parsed.data.question, databaseId: parsed.data.database, right: true });
  }
  return labelled;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the schema says what is missing
  }
}
