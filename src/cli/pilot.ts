import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { DECISIONS } from '#src/domain/confidence.ts';
import { type ComparedOutcomes, compareOutcomes, type Outcome } from '#src/domain/outcomes.ts';
import type { Counted } from '#src/domain/pilot.ts';
import type { OwnQuestion } from '#src/service/ask-known.ts';
import type { PilotCounts, PilotReport } from '#src/service/pilot.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import { changedLines } from './changed-outcomes.ts';
import { type CommandContext, counted, failed, registered, withQuerent } from './context.ts';
import { readLines } from './read-lines.ts';

export const pilot = (context: CommandContext) =>
  new Command('pilot')
    .summary('how it would go if people asked a database now')
    .description(
      `Asks questions of a registered database as people would, with all that is configured, and says how many it would post
without asking, how many of those are right, and what would help: columns to describe, tables that look alike, what its role
may do. Questions are written by program (see querent explore); --questions brings your own. Each is written to the audit as
the operator’s. Ends with 1 where --require is not met.`,
    )
    .argument('<database>', 'its name')
    .option('--questions <file>', 'your own, one {"question": "…", "sql": "…"} a line; sql, where you know it')
    .option('--written <n>', 'so many written by program', wholeNumber(0, 10_000), 60)
    .option('--seed <n>', 'what is drawn', wholeNumber(0, 1_000_000), 1)
    .option(
      '--require <posted-right=share>',
      'the least share of posted answers that must be right, as posted-right=.95',
    )
    .option(
      '--against <file.json>',
      'an earlier report that --json printed: says what went better and what worse since',
    )
    .option('--out <file.md>', 'write the report as a page, too')
    .option('--json', 'print one JSON object')
    .action(
      runs((name, flags, command) => {
        const least = leastOf(flags.require);
        if (flags.require !== undefined && least === undefined)
          return command.error('error: --require takes posted-right= and a share from 0 to 1, as posted-right=.95');
        return withQuerent(context, async (querent) => {
          const { terminal } = context;
          const known = await registered(querent, name);
          if (!known.ok) return failed(context, known.failure);
          const own = flags.questions === undefined ? [] : await readOwn(flags.questions);
          if (typeof own === 'string') {
            terminal.complain(own);
            return 1;
          }
          const before = flags.against === undefined ? undefined : await readBefore(flags.against);
          if (typeof before === 'string') {
            terminal.complain(before);
            return 1;
          }
          const options = { written: flags.written, seed: flags.seed, own };
          const report = await querent.exploring.pilot(name, options, terminal.progress(), terminal.interrupted());
          if (!report.ok) return failed(context, report.failure);
          const changed = before && compareOutcomes(before, report.value.questions);
          const text = reportText(report.value, changed);
          if (flags.out !== undefined) writeFileSync(flags.out, text);
          terminal.print(flags.json ? JSON.stringify({ ...report.value, ...(changed ? { changed } : {}) }) : text);
          return least === undefined ? 0 : required(report.value, least, context);
        });
      }),
    );

function leastOf(text: string | undefined): number | undefined {
  const share = Number(/^posted-right=(0?\.\d+|[01])$/.exec(text ?? '')?.[1]);
  return Number.isNaN(share) ? undefined : share;
}

/** The owner's questions decide where they are told with their queries, else those that were written. */
function required({ own, written }: PilotReport, least: number, { terminal }: CommandContext): ExitCode {
  const { share, of } = (own?.postedRight.of ? own : written).postedRight;
  if (of > 0 && share >= least) return 0;
  terminal.complain(
    of ? `Of what is posted ${percent(share)} are right; ${percent(least)} were required.` : 'Nothing would be posted.',
  );
  return 1;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function reportText(
  { database, written, own, wrong, toDescribe, alike, role }: PilotReport,
  changed: ComparedOutcomes | undefined,
): string {
  const parts = [
    `# Pilot of ${database}`,
    ...(own ? [`Of your ${counted(own.questions, 'question')}:\n\n${countsText(own)}`] : []),
    ...(written.questions
      ? [
          `Of ${counted(written.questions, 'question')} written by program, which are plainer in their structure and stiffer in their words than people’s:\n\n${countsText(written)}`,
        ]
      : []),
    ...(changed ? changedLines(changed) : []),
    ...(wrong.length
      ? [
          `Not right:\n\n${wrong.map(({ question, sql, gave }) => `- ${question}\n  gave: ${gave}\n  right: ${sql}`).join('\n')}`,
        ]
      : []),
    ...(toDescribe.length
      ? [
          `These ${counted(toDescribe.length, 'column')} say little by themselves; \`querent describe\` says what they mean:\n\n${toDescribe.map(({ column, draft }) => `- ${column}: ${draft}`).join('\n')}`,
        ]
      : []),
    ...(alike.length ? [`Look alike: ${alike.map((pair) => pair.join(' and ')).join('; ')}.`] : []),
    role === undefined
      ? 'Nobody has looked at its role yet: `querent roles` does.'
      : role.length
        ? `Its role may do more than read:\n\n${role.map((what) => `- ${what}`).join('\n')}`
        : 'Its role can only read.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function countsText({
  posted,
  postedRight,
  checked,
  checkedRight,
  asked,
  declined,
  secondsEach,
  tokensEach,
}: PilotCounts) {
  const right = (of: Counted) =>
    of.of ? `, of these ${percent(of.share)} right (${Math.round(of.from * 100)}–${Math.round(of.to * 100)})` : '';
  return [
    `- post without asking: ${percent(posted.share)}${right(postedRight)}`,
    `- post with something to check: ${percent(checked.share)}${right(checkedRight)}`,
    `- ask back: ${percent(asked.share)}`,
    `- decline: ${percent(declined.share)}`,
    `- about ${secondsEach.toFixed(1)} s and ${Math.round(tokensEach).toLocaleString('en-US')} tokens a question`,
  ].join('\n');
}

/** The questions of a file, or what is wrong with it. */
async function readOwn(file: string): Promise<readonly OwnQuestion[] | string> {
  const { z } = await import('zod');
  const line = z.object({ question: z.string().min(1), sql: z.string().min(1).exactOptional() });
  return readLines(file, line, 'one {"question": "…"}, with "sql" where you know it');
}

/** What came of the questions of an earlier report, or what is wrong with its file. */
async function readBefore(file: string): Promise<readonly Outcome[] | string> {
  const { z } = await import('zod');
  const outcome = z.object({ question: z.string(), decision: z.enum(DECISIONS), right: z.boolean().exactOptional() });
  const report = z.object({ questions: z.array(outcome) });
  try {
    return report.parse(JSON.parse(readFileSync(file, 'utf8'))).questions;
  } catch {
    return `${file} is no report of a pilot. Give one that \`querent pilot … --json\` printed.`;
  }
}
