import { Command } from '@commander-js/extra-typings';
import { type KeptTrace, type ModelCall, sayStage, spentOn, type TraceEntry } from '#src/domain/trace.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import { type CommandContext, counted, withQuerent } from './context.ts';
import { shortRunId } from './short-run-id.ts';

const LISTED = 20;
const MOST_LISTED = 1_000;

interface TraceFlags {
  readonly limit: number;
  readonly prompts?: true;
  readonly json?: true;
}

export const trace = (context: CommandContext) =>
  new Command('trace')
    .summary('show how an answer came about')
    .description(
      `Shows what each stage on the way to an answer took, gave and spent. Without a run: the latest, a line each.
Traces are kept as long as the questions are (QUERENT_KEEP_QUESTIONS_DAYS), without rows of results.`,
    )
    .argument('[run]', 'a run’s id, or its first characters as messages show them')
    .option('--limit <number>', 'runs to list', wholeNumber(1, MOST_LISTED), LISTED)
    .option('--prompts', 'print prompts and replies, too')
    .option('--json', 'print one JSON object, or an array of the latest')
    .action(runs((run, flags) => (run === undefined ? listLatest(flags, context) : showTrace(run, flags, context))));

function listLatest({ limit, json }: TraceFlags, context: CommandContext): Promise<ExitCode> {
  return withQuerent(context, async ({ runs }) => {
    const latest = await runs.latestTraces(limit);
    const lines = latest.length ? latest.map(listLine) : ['No question has been answered yet, or none is kept.'];
    context.terminal.print(json ? JSON.stringify(latest) : lines.join('\n'));
    return 0;
  });
}

const listLine = ({ runId, at, outcome, databaseId }: Pick<KeptTrace, 'runId' | 'at' | 'outcome' | 'databaseId'>) =>
  `${shortRunId(runId)}  ${at}  ${outcome}${databaseId === undefined ? '' : `  ${databaseId}`}`;

function showTrace(run: string, { prompts, json }: TraceFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async ({ runs }) => {
    const found = await runs.traces(run);
    const [kept] = found;
    if (!kept || found.length > 1) {
      terminal.complain(
        kept
          ? `Several runs’ ids begin with ${run}. Give more of the one that you mean.`
          : `There is no trace of a run whose id begins with ${run}. \`querent trace\` lists the latest.`,
      );
      return 1;
    }
    terminal.print(json ? JSON.stringify(kept) : traceText(kept, prompts ?? false));
    return 0;
  });
}

function traceText(kept: KeptTrace, withPrompts: boolean): string {
  const { runId, at, question, team, user, databaseId, outcome, entries } = kept;
  const { calls, promptTokens, completionTokens } = spentOn(entries);
  const spent = calls ? `, ${counted(calls, 'model call')}, ${tokens(promptTokens, completionTokens)}` : '';
  const width = Math.max(...entries.map(({ stage }) => stage.length));
  return [
    `${runId}  ${at}  ${user} of ${team}`,
    question ?? '(the text of questions is not kept)',
    `→ ${outcome}${databaseId === undefined ? '' : ` from ${databaseId}`}${spent}`,
    '',
    ...entries.flatMap((entry) => [
      entryLine(entry, width),
      ...entry.calls.flatMap((call) => callLines(call, withPrompts)),
    ]),
  ].join('\n');
}

/** When it began, for how long it went on, and what it came to. */
const entryLine = (entry: TraceEntry, width: number) =>
  `${ms(entry.atMs)}  ${entry.stage.padEnd(width)} ${ms(entry.ms)}  ${sayStage(entry)}`;

function callLines({ model, role, messages, replies, ms: took, failure, ...spent }: ModelCall, withPrompts: boolean) {
  const came = failure === undefined ? '' : `, ${failure}`;
  const used = tokens(spent.promptTokens, spent.completionTokens);
  const line = `            ${role}, ${model}: ${used},${ms(took)}${came}`;
  if (!withPrompts) return [line];
  const said = [...messages, ...replies.map((content) => ({ role: 'reply', content }))];
  return [line, ...said.flatMap(({ role: who, content }) => [`── ${who}`, content]), '──'];
}

const ms = (time: number) => `${Math.round(time).toLocaleString('en-US')} ms`.padStart(9);
const tokens = (prompt: number, completion: number) =>
  `${prompt.toLocaleString('en-US')} + ${completion.toLocaleString('en-US')} tokens`;
