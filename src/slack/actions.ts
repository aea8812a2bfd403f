import type { App, BlockAction } from '@slack/bolt';
import { sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { databaseOf, type Intent } from '#src/domain/question.ts';
import { queryOf, type Run, type RunResult } from '#src/domain/run.ts';
import { askAgain } from './ask-again.ts';
import { offeredAt, pressedChoice } from './choice.ts';
import { readPress } from './deliveries.ts';
import { handOver, saveAnswer } from './hand-over.ts';
import { makeChoice } from './make-choice.ts';
import { readAct } from './modals/acts.ts';
import { EDIT_TITLE, fillEdit } from './modals/edit-question.ts';
import { fillSql } from './modals/query-part.ts';
import { SQL_TITLE } from './modals/query-views.ts';
import { type Fill, showModal } from './modals/show-modal.ts';
import type { ControlId } from './older-controls.ts';
import { type ActionPorts, type Press, pressOf, whisper, whisperGone } from './press.ts';
import { sendCsv } from './send-csv.ts';
import { openSharing } from './share.ts';
import { pressStop, stopSession } from './stop-press.ts';
import { escapeMrkdwn } from './text.ts';
import type { MenuAction } from './views/answer-controls.ts';

type Work = (press: Press, ports: ActionPorts) => Promise<void>;

/** What each button does. Each is acknowledged first and works after. */
const ACTIONS: readonly (readonly [id: string | RegExp, work: Work])[] = [
  [/^querent_choose_/, choose],
  [/^querent_offer_/, askOffered],
  [/^querent_remedy_/, askRemedy],
  ['querent_rerun', rerun],
  ['querent_run_now', runNow],
  ['querent_stop', pressStop],
  ['querent_anyway', runAnyway],
  ['querent_narrow', narrow],
  ['querent_wrong_database', turnDown],
  ['querent_reading', changeReading],
  ['querent_csv', sendCsv],
  ['querent_more', fromMenu],
  ['querent_team', handOver],
];

/** Listens to the buttons under answers; gives the ids that it answers to. */
export function registerActions(app: App, ports: ActionPorts): readonly ControlId[] {
  const actions = [...ACTIONS, ['querent_share', openSharing()] as const];
  for (const [id, work] of actions)
    app.action<BlockAction>(id, async ({ ack, body }) => {
      await ack();
      const opened = openedBy(body);
      if (opened) return open(body, opened, ports);
      const press = await pressOf(body, ports);
      if (press) await work(press, ports);
    });
  app.event('agent_session_stopped', async ({ event, context }) => {
    if (context.teamId) await stopSession(context.teamId, event, ports);
  });
  return actions.map(([id]) => id);
}

interface Opened {
  readonly title: string;
  readonly fill: Fill;
}

/** What of the menu under an answer opens a modal: that is opened before anything is asked (ADM-2). */
const OPENED: Readonly<Record<Extract<MenuAction, 'edit-question' | 'sql'>, Opened>> = {
  'edit-question': { title: EDIT_TITLE, fill: fillEdit },
  sql: { title: SQL_TITLE, fill: fillSql },
};

function openedBy(body: unknown): Opened | undefined {
  const picked = readPress(body)?.value.split(':')[1];
  return picked === 'edit-question' || picked === 'sql' ? OPENED[picked] : undefined;
}

async function open(body: unknown, opened: Opened, ports: ActionPorts): Promise<void> {
  const raw = readAct(body);
  if (raw) await showModal(raw, opened, ports);
}

/** What the menu under an answer does, by what was picked of it. */
const MENU: Readonly<Record<Exclude<MenuAction, keyof typeof OPENED>, Work>> = {
  csv: sendCsv,
  rerun,
  'wrong-database': turnDown,
  save: saveAnswer,
  team: handOver,
};

async function fromMenu(press: Press, ports: ActionPorts): Promise<void> {
  const picked = Object.entries(MENU).find(([name]) => name === press.picked);
  await picked?.[1](press, ports);
}

/** The first valid choice wins; the run that follows has the question, what was chosen, and a cause of its own. */
async function choose({ run, picked, user, asker, messageTs, actionTs }: Press, ports: ActionPorts): Promise<void> {
  if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can choose.`);
  const choice = pressedChoice(picked, run);
  if (!choice) return whisperGone(ports, run, user);
  const chosen = await makeChoice({ run, choice, messageTs }, asker.reader, actionTs, ports);
  if (!chosen) await whisper(ports, run, user, 'Already chosen.');
}

/** Asks an offered question as whoever pressed, once each. */
async function askOffered({ run, picked, user }: Press, ports: ActionPorts): Promise<void> {
  const offered = /^\d+$/.test(picked) ? offeredAt(run, Number(picked)) : undefined;
  if (!offered) return whisperGone(ports, run, user);
  const cause = { kind: 'offer', of: run.id, at: `${picked}:${user}` } as const;
  const fresh = await askAgain({ run, user, cause }, { ...offered, turnedDown: [] }, ports);
  if (!fresh) await whisper(ports, run, user, 'You asked that already; its answer is in this thread.');
}

/** Runs what was offered in the place of the answer's query, as whoever pressed, once each. */
async function askRemedy({ run, picked, user }: Press, ports: ActionPorts): Promise<void> {
  const answered = run.result?.kind === 'answer' ? run.result : undefined;
  const remedy = /^\d+$/.test(picked) ? answered?.remedies?.[Number(picked)] : undefined;
  if (!answered || !remedy) return whisperGone(ports, run, user);
  const { databaseId } = answered;
  const { sql, change } = remedy;
  await ports.querent.runs.saveReadingChange(run.id, user, change, ports.now());
  const cause = { kind: 'edit', of: run.id, at: `remedy ${picked}:${user}` } as const;
  const intent: Intent = { kind: 'chosen', databaseId, sql, costAccepted: false, changed: change };
  const fresh = await askAgain({ run, user, cause }, { intent }, ports);
  if (!fresh) await whisper(ports, run, user, 'You asked that already; its answer is in this thread.');
}

/** The same once more, of the same database. What a query costs was taken for one run of it, by who was told: it is told again. */
async function rerun({ run, user, actionTs }: Press, ports: ActionPorts): Promise<void> {
  const asked: Intent = run.intent.kind === 'chosen' ? { ...run.intent, costAccepted: false } : run.intent;
  const named = databaseOf(asked) !== undefined;
  const databaseId = askedDatabase(run.result);
  const intent: Intent = named || databaseId === undefined ? asked : { kind: 'from', databaseId };
  await askAgain({ run, user, cause: { kind: 'rerun', of: run.id, at: actionTs } }, { intent, reruns: run.id }, ports);
}

/** The database that a question was answered from, or was asked of in vain. */
const askedDatabase = (result: RunResult | undefined): DatabaseId | undefined =>
  result && 'databaseId' in result ? result.databaseId : undefined;

/** What came too late is answered now, once, as the question that it is (IDEM-6). */
async function runNow({ run, user }: Press, ports: ActionPorts): Promise<void> {
  if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can have it run.`);
  if (!(await ports.querent.runs.takeUp(run.id)))
    return whisper(ports, run, user, 'That is asked already; its answer comes in this thread.');
  ports.wake();
}

/** Where the database's policy leaves it to its owner, they are asked first (COST-3). */
async function runAnyway({ run, user, asker }: Press, ports: ActionPorts): Promise<void> {
  if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can have it run.`);
  const query = queryOf(run.result);
  if (!query) return whisperGone(ports, run, user);
  if (!(await ports.querent.mayRunAnyway(query.databaseId, asker.reader))) return askToRun(run, asker, ports);
  const changed = run.intent.kind === 'chosen' ? run.intent.changed : undefined;
  const intent: Intent = { kind: 'chosen', ...query, costAccepted: true, ...(changed ? { changed } : {}) };
  await askAgain({ run, user, cause: { kind: 'anyway', of: run.id } }, { intent }, ports);
}

async function askToRun(run: Run, { reader }: Press['asker'], ports: ActionPorts): Promise<void> {
  const asked = await ports.querent.requests.askToRun(run.id, reader);
  ports.wake();
  if (!asked.ok) return whisper(ports, run, reader.userId, escapeMrkdwn(sayFailure(asked.failure)));
  const said =
    asked.value.state === 'new'
      ? 'Whether that is run is for the owner of the database to say. I asked them, and answer here once they agree.'
      : 'The owner of the database was asked already, and has not decided yet.';
  await whisper(ports, run, reader.userId, said);
}

function narrow({ run, user }: Press, ports: ActionPorts): Promise<void> {
  const how = 'Reply in this thread with what to leave out, for example “only last month” or “only Norway”.';
  return whisper(ports, run, user, how);
}

/**
 * The database was the wrong one: the question is asked of the next, the thread stays with that, and it is remembered. Nothing
 * stands between what is remembered and what follows from it, and a further press makes good what a crash left out.
 */
export async function turnDown({ run, user }: Press, ports: ActionPorts): Promise<void> {
  const { runs } = ports.querent;
  const wrong = queryOf(run.result)?.databaseId;
  if (wrong === undefined) return whisperGone(ports, run, user);
  const turnedDown = [...new Set([...run.turnedDown, wrong])];
  const cause = { kind: 'wrong-database', of: run.id } as const;
  await runs.saveCorrection(run.id, user, ports.now());
  const fresh = await askAgain({ run, user, cause }, { intent: { kind: 'next' }, turnedDown }, ports);
  const said = fresh
    ? `Not ${escapeMrkdwn(wrong)}, then. Asking the next database; this is remembered.`
    : 'Somebody said so already; the next database was asked.';
  await whisper(ports, run, user, said);
}

/**
 * One part of the reading is changed: the query that it makes is run with the rights of who pressed, and what was changed is kept for a
 * later fit. It answers to other words than were asked, so it says nothing of them being right.
 */
export async function changeReading({ run, picked, user, asker, actionTs }: Press, ports: ActionPorts): Promise<void> {
  const { querent, now } = ports;
  const query = queryOf(run.result);
  const text = run.result?.text ?? run.text;
  const edited = query && (await querent.editReading({ ...query, text, editId: picked }, asker.reader, asker.timeZone));
  if (!edited) return whisper(ports, run, user, escapeMrkdwn(sayFailure({ kind: 'no-such-change', known: [] })));
  const { sql, change } = edited;
  await querent.runs.saveReadingChange(run.id, user, change, now());
  const intent: Intent = { kind: 'chosen', databaseId: query.databaseId, sql, costAccepted: false, changed: change };
  await askAgain({ run, user, cause: { kind: 'edit', of: run.id, at: actionTs } }, { intent }, ports);
}
