import type { App, BlockAction, ButtonAction, StaticSelectAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';
import type { StepDetail } from '#src/domain/edl.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Result } from '#src/domain/result.ts';
import { EXPORT_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import type { NewRun, Run, Store } from '#src/ports/store.ts';
import type { CallFault } from '#src/slack-api/call-faults.ts';
import { callOnce, LOOKUP_PATIENCE_MS, Waits } from './calls.ts';
import { markChosen, pressedChoice, requestOf, settle } from './choice.ts';
import { conversationKind } from './conversation-kind.ts';
import { csvName, toCsv } from './csv.ts';
import type { DeliverPorts } from './deliver.ts';
import { slackLimits } from './limits.ts';
import type { AskingReader, People } from './people.ts';
import { placeOf, postOnce } from './poster.ts';
import { tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';
import type { Message } from './views/message.ts';
import { sqlModal, stepModal } from './views/other-views.ts';
import type { Worker } from './worker.ts';

export interface ActionPorts {
  readonly store: Store;
  readonly critical: WebClient;
  readonly lookups: WebClient;
  readonly cosmetic: WebClient;
  /** What posting a run's part needs. */
  readonly posting: (run: Run, lastsMs: number) => DeliverPorts;
  /** Runs the SQL of an answer again, judged anew, under other limits. */
  readonly rows: (
    databaseId: string,
    sql: string,
    limits: StatementLimits,
    reader: Reader,
  ) => Promise<Result<ResultTable>>;
  /** Whether somebody may see a query and what it reads. */
  readonly permits: (databaseId: string, sql: string, reader: Reader) => Promise<boolean>;
  readonly people: People;
  /** Answers a question once more, for sharing it. */
  readonly share: (run: Run, asker: AskingReader) => Promise<Message | undefined>;
  /** One step of the explanation of an answer. */
  readonly explainStep: (
    databaseId: string,
    sql: string,
    step: number,
    reader: Reader,
  ) => Promise<StepDetail | undefined>;
  readonly newId: () => string;
  readonly now: () => Date;
  readonly worker: () => Worker;
}

/** The buttons under answers and clarifications. Each acknowledges first and works after. */
export function registerActions(app: App, ports: ActionPorts): void {
  const on = (id: string | RegExp, work: (click: Click) => Promise<void>) =>
    app.action<BlockAction<ButtonAction | StaticSelectAction>>(id, async ({ ack, body, action, client }) => {
      await ack();
      const value = 'selected_option' in action ? action.selected_option.value : ((action as ButtonAction).value ?? '');
      const run = ports.store.run(value.split(':')[0]!);
      if (!run || (placeOf(run).channel !== body.channel?.id && run.channel !== body.channel?.id)) return;
      const asker = await ports.people.admit(run.team, body.user.id, run.direct ? undefined : run.channel);
      if (asker.kind !== 'reader') {
        if (asker.kind === 'outsider') return;
        const kind = asker.kind === 'guest' ? 'not-a-member' : 'asker-unknown';
        return whisper(ports, run, body.user.id, escapeMrkdwn(sayFailure({ kind })));
      }
      await work({
        run,
        reader: asker.reader,
        ...(asker.timeZone === undefined ? {} : { timeZone: asker.timeZone }),
        value,
        user: body.user.id,
        actionTs: action.action_ts,
        messageTs: body.message?.ts,
        triggerId: body.trigger_id,
        client,
      });
    });

  on(/^querent_choose_/, (click) => choose(click, ports));
  on('querent_rerun', async ({ run, user, actionTs }) => {
    const databaseId = run.databaseId ?? run.result?.databaseId;
    const request = { ...requestOf(run), ...(databaseId ? { databaseId } : {}), reruns: run.id };
    again(run, request, user, `${run.message}#rerun-${actionTs}`, ports);
  });
  on('querent_anyway', async ({ run, user }) => {
    const { databaseId, sql } = run.result ?? {};
    if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can have it run.`);
    if (!databaseId || !sql) return;
    const request = { ...requestOf(run), databaseId, chosenSql: sql, costAccepted: true };
    again(run, request, user, `${run.message}#anyway`, ports);
  });
  on('querent_narrow', ({ run, user }) =>
    whisper(
      ports,
      run,
      user,
      'Reply in this thread with what to leave out, for example “only last month” or “only Norway”.',
    ),
  );
  on('querent_wrong_database', (click) => turnDown(click, ports));
  on('querent_sql', async ({ run, user, reader, triggerId, client }) => {
    const { databaseId, sql } = run.result ?? {};
    if (!databaseId || !sql) return;
    if (!(await ports.permits(databaseId, sql, reader))) return whisper(ports, run, user, notYours(databaseId));
    await client.views.open({ trigger_id: triggerId, view: sqlModal(sql) as never });
  });
  on('querent_share', (click) => share(click, ports));
  on('querent_step', async ({ run, value, reader, triggerId, client }) => {
    const { databaseId, sql } = run.result ?? {};
    const detail = databaseId && sql && (await ports.explainStep(databaseId, sql, Number(value.split(':')[1]), reader));
    if (detail) await client.views.open({ trigger_id: triggerId, view: stepModal(detail) as never });
  });
  on('querent_csv', (click) => sendCsv(click, ports));
  on('querent_feedback', async ({ run, value, user }) => {
    ports.store.saveFeedback(run.id, user, value.split(':')[1] ?? '', ports.now());
    await whisper(ports, run, user, 'Thank you. The data team sees your verdict.');
  });
}

interface Click extends AskingReader {
  readonly run: Run;
  /** Who pressed, with their own rights: a button is no way around them. */
  readonly reader: Reader;
  readonly value: string;
  readonly user: string;
  readonly actionTs: string;
  /** The message whose button was pressed: a press can come before the store knows where it was posted. */
  readonly messageTs: string | undefined;
  readonly triggerId: string;
  readonly client: WebClient;
}

/** The first valid choice wins; the run starts anew with the question, the database and a key of its own. */
async function choose({ run, value, user, messageTs }: Click, ports: ActionPorts): Promise<void> {
  if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can choose.`);
  const choice = pressedChoice(value, run);
  if (!choice) return;
  const message = `${run.message}#choice-${choice.kind === 'option' ? choice.at : choice.kind}`;
  const settled = settle(run, choice, { ...requestOf(run), id: ports.newId(), message }, ports);
  if (!settled) return whisper(ports, run, user, 'Already chosen.');
  await markChosen({ run, choice, messageTs }, user, ports);
  ports.worker().wake();
}

/**
 * The database was the wrong one: the question is asked of the next, the thread stays with that, and it is remembered. None that
 * was turned down for this question in the thread is asked again, whichever of its answers the button is under.
 */
async function turnDown({ run, user }: Click, ports: ActionPorts): Promise<void> {
  const { databaseId: wrong, text } = run.result ?? {};
  if (!wrong) return;
  if (!ports.store.saveCorrection(run.id, user, ports.now()))
    return whisper(ports, run, user, `Somebody said so already; the next database was asked.`);
  await whisper(ports, run, user, `Not ${escapeMrkdwn(wrong)}, then. Asking the next database; this is remembered.`);
  const same = ports.store.turns(run.team, run.channel, run.thread).filter((turn) => turn.result?.text === text);
  const notDatabases = [...new Set([...run.notDatabases, ...same.flatMap((turn) => turn.notDatabases), wrong])];
  const { databaseId: _, chosenSql: _sql, costAccepted: _cost, reruns: _run, ...request } = requestOf(run);
  again(run, { ...request, notDatabases, neverAsk: true }, user, `${run.message}#not-${wrong}`, ports);
}

/** Queues the run's question once more; the key makes a repeated click the same run. */
function again(run: Run, request: NewRun, user: string, message: string, ports: ActionPorts): void {
  const fresh: NewRun = { ...request, id: ports.newId(), user, message, text: run.result?.text ?? run.text };
  ports.store.record(`action:${message}`, fresh, ports.now());
  ports.worker().wake();
}

async function sendCsv({ run, user, reader, actionTs }: Click, ports: ActionPorts): Promise<void> {
  const { databaseId, sql, text } = run.result ?? {};
  if (!databaseId || !sql) return;
  if (!ports.store.record(`csv:${run.id}:${user}:${actionTs}`, undefined, ports.now())) return;
  const posting = ports.posting(run, LOOKUP_PATIENCE_MS);
  const audience = await conversationKind(ports.lookups, run.channel, posting.patience);
  if (audience !== 'internal')
    return whisper(
      ports,
      run,
      user,
      escapeMrkdwn(sayFailure({ kind: audience === 'external' ? 'external-channel' : 'access-unknown' })),
    );
  const rows = await ports.rows(databaseId, sql, { ...EXPORT_LIMITS, maxRows: slackLimits.csvRows }, reader);
  if (!rows.ok) return whisper(ports, run, user, escapeMrkdwn(sayFailure(rows.failure)));
  const csv = toCsv(rows.value, slackLimits.csvBytes);
  const file = {
    ...uploadPlace(run),
    filename: csvName(databaseId, text ?? '', ports.now().toISOString().slice(0, 10)),
    file: Buffer.from(csv.content, 'utf8'),
    initial_comment: `${csv.rows.toLocaleString('en-US')} rows${csv.cut ? ' (cut: there are more)' : ''}`,
  };
  const fault = await upload(() => ports.critical.filesUploadV2(file), posting);
  if (fault) await whisper(ports, run, user, sayUploadFault(fault));
}

/** Uploads a file, again while Slack did not take it; whether a call with an unknown outcome took effect cannot be looked up. */
async function upload(
  call: () => Promise<unknown>,
  { patience, tellAdmins }: DeliverPorts,
): Promise<CallFault | undefined> {
  for (const waits = new Waits(patience); ; ) {
    const called = await callOnce('filesUploadV2', call, patience);
    if (called.ok) return undefined;
    const { fault, method } = called;
    if (fault.kind === 'admin') await tellAdmins(method, fault);
    if (fault.kind !== 'again' || !(await waits.another(fault.waitMs))) return fault;
  }
}

function sayUploadFault(fault: CallFault): string {
  const code = escapeMrkdwn(fault.code);
  return fault.kind === 'unknown'
    ? `Slack did not say whether the file arrived (${code}). If it is not in this thread in a minute, press Download CSV again.`
    : `The file could not be uploaded (${code}). The rows are in the answer above.`;
}

/** A file goes where its answer is. */
function uploadPlace(run: Run) {
  const { channel, thread_ts } = placeOf(run);
  return thread_ts === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts };
}

const notYours = (database: string) => escapeMrkdwn(sayFailure({ kind: 'no-access', database }));

/** Posts a private answer where it was asked, after its asker's rights and the channel's were looked at again. */
async function share(click: Click, ports: ActionPorts): Promise<void> {
  const { run, user } = click;
  if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can share it.`);
  const posting = ports.posting(run, LOOKUP_PATIENCE_MS);
  const audience = await conversationKind(ports.lookups, run.channel, posting.patience);
  const message = audience === 'internal' ? await ports.share(run, click) : undefined;
  if (!message) return whisper(ports, run, user, 'That may not be shared there.');
  const { privateTo: _, privateThread: _thread, ...result } = run.result!;
  const posted = await postOnce(posting, { ...run, result }, 'shared', message);
  if (!posted.ok)
    await whisper(
      ports,
      run,
      user,
      `Slack did not take it there (${escapeMrkdwn(posted.fault.code)}). Please try again.`,
    );
}

/** A notice that only the clicker sees. What they pressed stands in the thread, so it is shown there. */
function whisper(ports: ActionPorts, run: Run, user: string, text: string): Promise<void> {
  return tellOne(ports.posting(run, LOOKUP_PATIENCE_MS), run, user, text, true);
}
