import type { CheckResult } from '#src/domain/health.ts';
import type { DatabaseStatus, Status, Trouble } from '#src/service/status.ts';
import { escapeMrkdwn } from '../text.ts';

const MARKS: Readonly<Record<DatabaseStatus['state'] | CheckResult['state'], string>> = {
  ok: '✓',
  paused: '‖',
  off: '–',
  'not read': '✗',
  wrong: '✗',
};
const DATABASES_SHOWN = 20;

/** What the bot is doing, in lines. Of a part that is wrong its name alone: what is amiss may name a host, which the command line tells. */
export function statusLines({
  answering,
  waiting,
  own,
  databases,
  hasModel,
  administration,
}: Status): readonly string[] {
  const rest = databases.length - DATABASES_SHOWN;
  return [
    `*Now:* ${counted(answering, 'question is', 'questions are')} being answered, ${waiting} wait${waiting === 1 ? 's' : ''}; ${own ? `${own} of them ${own === 1 ? 'is' : 'are'} yours` : 'none is yours'}.`,
    databases.length ? '*Databases that you may ask or administer:*' : 'No database is shared with you yet.',
    ...databases.slice(0, DATABASES_SHOWN).map(databaseLine),
    ...(rest > 0 ? [`… and ${rest} more, on my Home.`] : []),
    hasModel
      ? '*Queries* are written by a model server and by the built-in planner.'
      : '*Queries* are written by the built-in planner; no model server is set.',
    ...(administration ? administrationLines(administration) : []),
  ];
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

function databaseLine({ id, state, readAt }: DatabaseStatus): string {
  const read = readAt ? `, schema read ${readAt.toISOString().slice(0, 10)}` : '';
  return `${MARKS[state]} *${escapeMrkdwn(id)}* ${state}${read}`;
}

function administrationLines({ checks, troubles }: NonNullable<Status['administration']>): readonly string[] {
  const wrong = checks.filter(({ state }) => state === 'wrong');
  return [
    '*Looked at now:*',
    checks.map(({ part, state }) => `${MARKS[state]} ${escapeMrkdwn(part)}`).join(' · '),
    ...(wrong.length ? ['`querent doctor` says what is wrong, and what mends it.'] : []),
    troubles.length ? '*The last questions that ended in trouble:*' : '*No question ended in trouble lately.*',
    ...troubles.map(troubleLine),
    ...(troubles.length ? ['`querent trace RUN` shows how it came to that.'] : []),
  ];
}

const troubleLine = ({ runId, at, kind, databaseId }: Trouble) =>
  `• ${at.slice(0, 16).replace('T', ' ')} UTC: ${kind}${databaseId === undefined ? '' : ` (${escapeMrkdwn(databaseId)})`} \`${runId.slice(0, 8)}\``;
