import { Command, Option } from '@commander-js/extra-typings';
import type { Answer } from '#src/domain/answer.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { type Phase, sayPhase } from '#src/domain/progress.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { ok, type Result } from '#src/domain/result.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { Terminal } from '#src/terminal/terminal.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';
import { oneQuestion } from './one-question.ts';
import { shortRunId } from './short-run-id.ts';

interface AskFlags {
  readonly db?: string;
  readonly databaseUrl?: string;
  readonly json?: true;
  readonly prompts?: true;
}

export const ask = (context: CommandContext) =>
  new Command('ask')
    .summary('answer a question')
    .description(
      `Answers a question from a registered database, or from the one at an address without registering it. Ends with 0
for an answer, 3 when it asks back, 1 when it cannot answer.`,
    )
    .argument('[question...]', 'in quotes')
    .addOption(new Option('--db <name>', 'ask this database').conflicts('databaseUrl'))
    .option('--database-url <url>', 'postgres://, mariadb:// or mysql://user:password@host/database, or sqlite:PATH')
    .option('--json', 'print one JSON object instead of text')
    .addOption(
      new Option('--prompts', 'the same, with all that models read and replied, rows of results too').implies({
        json: true,
      }),
    )
    .action(runs((words, flags, command) => askAbout(oneQuestion(words, command), flags, context)));

/** How the command ends, by what came of the question. */
const CODES: Readonly<Record<Answer['kind'], ExitCode>> = {
  answer: 0,
  catalog: 0,
  courtesy: 0,
  clarification: 3,
  outcomes: 3,
  failure: 1,
};

function askAbout(text: string, flags: AskFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const [{ answerJson, unaskedJson }, { answerText }] = await Promise.all([
      import('./answer-json.ts'),
      import('./answer-text.ts'),
    ]);
    const given = await answerTo(text, flags, querent, terminal);
    if (!given.ok) {
      if (!flags.json) return failed(context, given.failure);
      terminal.print(JSON.stringify(unaskedJson(given.failure)));
      return 1;
    }
    const answer = given.value;
    terminal.print(flags.json ? JSON.stringify(answerJson(answer, flags.prompts)) : answerText(answer, flags));
    // Of a database that is not registered nothing is kept.
    if (answer.trace.length && flags.databaseUrl === undefined)
      terminal.complain(`\`querent trace ${shortRunId(answer.question.runId)}\` shows how this came about.`);
    return CODES[answer.kind];
  });
}

async function answerTo(
  text: string,
  { db, databaseUrl }: AskFlags,
  querent: Querent,
  terminal: Terminal,
): Promise<Result<Answer>> {
  const asked = { text, asker: OPERATOR, place: { kind: 'terminal' } } as const;
  const onPhase = (phase: Phase, database?: DatabaseId) => terminal.complain(phaseLine(phase, database));
  const signal = terminal.interrupted();
  if (databaseUrl !== undefined)
    return querent.askUnregistered(databaseUrl, asked, { onPhase, onProgress: terminal.progress() }, signal);
  const from = db === undefined ? asked : ({ ...asked, intent: { kind: 'from', databaseId: db } } as const);
  return ok(await querent.ask(from, { onPhase }, signal));
}

function phaseLine(phase: Phase, database: DatabaseId | undefined): string {
  const says = sayPhase(phase);
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}${database === undefined ? '' : ` (${database})`} …`;
}
