import { Command, Option } from '@commander-js/extra-typings';
import type { Answer, Answered } from '#src/domain/answer.ts';
import { type PhaseNews, sayPhase } from '#src/domain/progress.ts';
import { type Intent, OPERATOR } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
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
  readonly edit?: string;
  readonly keep: boolean;
}

export const ask = (context: CommandContext) =>
  new Command('ask')
    .summary('answer a question')
    .description(
      `Answers a question from a registered database, or from the one at an address without registering it; of that one the
schema is kept below QUERENT_HOME, so that the next question need not read it again. Ends with 0 for an answer, 3 when
it asks back, 1 when it cannot answer.`,
    )
    .argument('[question...]', 'in quotes')
    .addOption(new Option('--db <name>', 'ask this database').conflicts('databaseUrl'))
    .option('--database-url <url>', 'postgres://, mariadb:// or mysql://user:password@host/database, or sqlite:PATH')
    .option('--no-keep', 'keep nothing of the database at --database-url, and forget what was kept of it')
    .option('--json', 'print one JSON object instead of text')
    .addOption(
      new Option('--prompts', 'the same, with all that models read and replied, rows of results too').implies({
        json: true,
      }),
    )
    .addOption(
      new Option(
        '--edit <id>',
        'then change how the answer was read, by the id of a change that --json lists, and answer again',
      ).conflicts('databaseUrl'),
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
    // Of a question about a database that is not registered nothing is kept.
    if (answer.trace.length && flags.databaseUrl === undefined)
      terminal.complain(`\`querent trace ${shortRunId(answer.question.runId)}\` shows how this came about.`);
    return CODES[answer.kind];
  });
}

async function answerTo(
  text: string,
  { db, databaseUrl, edit, keep }: AskFlags,
  querent: Querent,
  terminal: Terminal,
): Promise<Result<Answer>> {
  const asked = { text, asker: OPERATOR, place: { kind: 'terminal' } } as const;
  const onPhase = (news: PhaseNews) => {
    if (news.fact === undefined) terminal.complain(phaseLine(news));
  };
  const signal = terminal.interrupted();
  if (databaseUrl !== undefined)
    return querent.askUnregistered(databaseUrl, asked, { onPhase, onProgress: terminal.progress(), keep }, signal);
  const from = db === undefined ? asked : ({ ...asked, intent: { kind: 'from', databaseId: db } } as const);
  const answer = await querent.ask(from, { onPhase }, signal);
  return edit === undefined || answer.kind !== 'answer'
    ? ok(answer)
    : editedAnswer(answer, edit, text, querent, (intent) => querent.ask({ ...asked, intent }, { onPhase }, signal));
}

/** The answer with one part of its reading changed, as a choice from the list under an answer in Slack changes it. */
async function editedAnswer(
  { databaseId, sql, reading }: Answered,
  editId: string,
  text: string,
  querent: Querent,
  ask: (intent: Intent) => Promise<Answer>,
): Promise<Result<Answer>> {
  const { teamId, userId } = OPERATOR;
  const edited = await querent.editReading({ databaseId, sql, text, editId }, { teamId, userId }, undefined);
  if (!edited) {
    const known = reading?.parts.flatMap(({ edits }) => edits.map(({ id }) => id)) ?? [];
    return fail({ kind: 'no-such-change', known });
  }
  const { sql: changedSql, change } = edited;
  return ok(await ask({ kind: 'chosen', databaseId, sql: changedSql, costAccepted: false, changed: change }));
}

function phaseLine(news: PhaseNews): string {
  const says = sayPhase(news);
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}${news.databaseId === undefined ? '' : ` (${news.databaseId})`} …`;
}
