import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { OPERATOR } from '#src/domain/question.ts';
import type { Result } from '#src/domain/result.ts';
import {
  databaseOfRun,
  isOpen,
  type Review,
  type ReviewReason,
  type StoredVerified,
  sayReason,
} from '#src/domain/review.ts';
import type { Querent } from '#src/service/querent.ts';
import type { ReviewDetails, Reviewer } from '#src/service/reviews.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';
import { shortRunId } from './short-run-id.ts';

const WHO: Reviewer = { reader: OPERATOR };

export const review = (context: CommandContext) =>
  new Command('review')
    .summary('look at what people doubt, and decide')
    .description(
      `Lists what the data team is to look at: questions that were handed over, answers that somebody called bad, wrong databases,
changed readings, questions without an answer, answers that were not sure. With a run: that one, its query, steps and why. The
same list is on the Home tab in Slack. A running bot posts what is verified here where it was asked.`,
    )
    .argument('[run]', 'a run’s id, or its first characters')
    .option('--all', 'list what was settled, too')
    .option('--verified', 'list the answers that hold for later questions')
    .option('--verify', 'take its query as right: later questions like it are answered by it')
    .option('--question <text>', 'with --verify: the question, in other words')
    .option('--sql-file <file>', 'with --verify: the query, from a file (- is standard input)')
    .option('--database <name>', 'with --verify: the database, where it was another')
    .option('--dismiss [note]', 'leave it as it is; those who wait are told, with the note')
    .option('--withdraw', 'no later question is answered by it any more')
    .option('--json', 'print JSON')
    .action(
      runs((run, flags) =>
        withQuerent(context, async (querent) => {
          if (flags.verified) return listVerified(querent, flags, context);
          if (run === undefined) return list(querent, flags, context);
          if (flags.withdraw)
            return said(await querent.reviews.withdraw(run, WHO), 'No later question is answered by it.', context);
          if (flags.dismiss !== undefined) return dismiss(run, flags.dismiss, querent, context);
          const shown = await querent.reviews.show(run, WHO);
          if (!shown.ok) return failed(context, shown.failure);
          if (flags.verify) return verify(shown.value, flags, querent, context);
          context.terminal.print(flags.json ? JSON.stringify(shown.value) : detailsText(shown.value));
          return 0;
        }),
      ),
    );

interface ReviewFlags {
  readonly all?: true;
  readonly json?: true;
  readonly question?: string;
  readonly sqlFile?: string;
  readonly database?: string;
}

async function list(querent: Querent, { all, json }: ReviewFlags, { terminal }: CommandContext): Promise<ExitCode> {
  const reviews = await querent.reviews.list(WHO, all ? 'all' : 'open');
  const lines = reviews.length ? reviews.map(reviewLine) : ['Nothing is to be looked at.'];
  terminal.print(json ? JSON.stringify(reviews) : lines.join('\n'));
  return 0;
}

async function listVerified(querent: Querent, { json }: ReviewFlags, { terminal }: CommandContext): Promise<ExitCode> {
  const verified = await querent.reviews.verified(WHO);
  const line = ({ runId, at, databaseId, question }: StoredVerified) =>
    `${shortRunId(runId)}  ${at}  ${databaseId}  ${question}`;
  const lines = verified.length ? verified.map(line) : ['No answer was verified yet.'];
  terminal.print(json ? JSON.stringify(verified) : lines.join('\n'));
  return 0;
}

async function dismiss(
  run: string,
  given: string | true,
  querent: Querent,
  context: CommandContext,
): Promise<ExitCode> {
  const note = given === true ? undefined : given;
  return said(await querent.reviews.dismiss(run, note, WHO), 'It is left as it is.', context);
}

async function verify(
  { run, databaseId, sql }: ReviewDetails,
  { question, sqlFile, database }: ReviewFlags,
  querent: Querent,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const written = sqlFile === undefined ? sql : await textOf(sqlFile, context);
  const over = database ?? databaseId;
  if (written === undefined || over === undefined) {
    terminal.complain('It has no query yet. Give one with --sql-file, and its database with --database.');
    return 2;
  }
  const query = { id: run.id, question: question ?? run.result?.text ?? run.text, databaseId: over, sql: written };
  const made = await querent.reviews.verify(query, WHO, terminal.interrupted());
  return said(made, 'Verified. A bot that runs posts it where it was asked.', context);
}

async function textOf(file: string, { terminal }: CommandContext): Promise<string> {
  return file === '-' ? terminal.input() : readFileSync(file, 'utf8');
}

function said(made: Result<void>, text: string, context: CommandContext): ExitCode {
  if (!made.ok) return failed(context, made.failure);
  context.terminal.print(text);
  return 0;
}

function reviewLine(review: Review): string {
  const { run, askedAt, settled } = review;
  const database = databaseOfRun(run) ?? '-';
  const state = settled && !isOpen(review) ? `${settled.how}  ` : '';
  return `${shortRunId(run.id)}  ${askedAt}  ${state}${database}  “${run.result?.text ?? run.text}”  ${whyOf(review.reasons)}`;
}

const whyOf = (reasons: readonly ReviewReason[]) => reasons.map((one) => `${one.by} ${sayReason(one)}`).join('; ');

function detailsText({ run, askedAt, reasons, settled, databaseId, sql, steps, trace }: ReviewDetails): string {
  return [
    `${run.id}  ${askedAt}  ${run.user} of ${run.team}${databaseId === undefined ? '' : `, ${databaseId}`}`,
    run.result?.text ?? run.text,
    ...reasons.map((one) => `- ${one.at}  ${one.by} ${sayReason(one)}`),
    ...(settled
      ? [`settled: ${settled.how} by ${settled.by}, ${settled.at}${settled.note ? ` (${settled.note})` : ''}`]
      : []),
    ...(steps.length ? ['', ...steps.map((text, at) => `${at + 1}. ${text}`)] : []),
    ...(sql === undefined ? [] : ['', sql]),
    ...(trace ? ['', `\`querent trace ${shortRunId(run.id)}\` shows how it came about (${trace.outcome}).`] : []),
  ].join('\n');
}
