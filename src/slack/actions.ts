import type { App, BlockAction, ButtonAction, StaticSelectAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { StepDetail } from '#src/domain/edl.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Result } from '#src/domain/result.ts';
import { EXPORT_LIMITS, type ResultTable, type RunLimits } from '#src/domain/result-table.ts';
import type { NewRun, Run, Store } from '#src/ports/store.ts';
import { audienceOf } from './access.ts';
import { csvName, toCsv } from './csv.ts';
import { slackLimits } from './limits.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { escapeMrkdwn } from './text.ts';
import { sqlModal, stepModal } from './views/other-views.ts';
import { markChosen, type Worker } from './worker.ts';

export interface ActionPorts {
  readonly store: Store;
  readonly critical: WebClient;
  readonly cosmetic: WebClient;
  /** Runs the SQL of an answer again, judged anew, under other limits. */
  readonly rows: (databaseId: string, sql: string, limits: RunLimits) => Promise<Result<ResultTable>>;
  /** One step of the explanation of an answer. */
  readonly explainStep: (databaseId: string, sql: string, step: number) => StepDetail | undefined;
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
      if (!run || run.channel !== body.channel?.id) return;
      await work({
        run,
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
    again(run, user, `${run.message}#rerun-${actionTs}`, {}, ports);
  });
  on('querent_wrong_database', (click) => turnDown(click, ports));
  on('querent_sql', async ({ run, triggerId, client }) => {
    if (run.result?.sql) await client.views.open({ trigger_id: triggerId, view: sqlModal(run.result.sql) as never });
  });
  on('querent_step', async ({ run, value, triggerId, client }) => {
    const { databaseId, sql } = run.result ?? {};
    const detail = databaseId && sql && ports.explainStep(databaseId, sql, Number(value.split(':')[1]));
    if (detail) await client.views.open({ trigger_id: triggerId, view: stepModal(detail) as never });
  });
  on('querent_csv', (click) => sendCsv(click, ports));
  on('querent_feedback', async ({ run, value, user }) => {
    ports.store.saveFeedback(run.id, user, value.split(':')[1] ?? '', ports.now());
    await whisper(ports, run, user, 'Thank you. The data team sees your verdict.');
  });
}

interface Click {
  readonly run: Run;
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
  const options = run.result?.options ?? [];
  const picked = value.split(':')[1];
  const option = picked === 'none' ? 'none' : options[Number(picked)];
  if (!option) return;
  if (!ports.store.choose(run.id, option, user)) return whisper(ports, run, user, 'Already chosen.');
  await markChosen({ run, choice: option === 'none' ? 'none of these' : option, messageTs }, user, ports);
  again(run, user, `${run.message}#choice-${picked}`, changeFor(run, option), ports);
}

function changeFor(run: Run, option: string): Change {
  const { kind, databaseId, options = [], outcomeSql = [] } = run.result ?? {};
  if (kind === 'outcomes') {
    const chosenSql = outcomeSql[options.indexOf(option)];
    return { ...(databaseId ? { databaseId } : {}), ...(chosenSql ? { chosenSql } : {}) };
  }
  return option === 'none' ? { notDatabases: [...run.notDatabases, ...options] } : { databaseId: option };
}

/** What another run of a question does differently. */
type Change = Partial<Pick<NewRun, 'databaseId' | 'notDatabases' | 'neverAsk' | 'chosenSql'>>;

/** The database was the wrong one: the question is asked of the next, the thread stays with that, and it is remembered. */
async function turnDown({ run, user }: Click, ports: ActionPorts): Promise<void> {
  const wrong = run.result?.databaseId;
  if (!wrong) return;
  if (!ports.store.saveCorrection(run.id, user, ports.now()))
    return whisper(ports, run, user, `Somebody said so already; the next database was asked.`);
  await whisper(ports, run, user, `Not ${escapeMrkdwn(wrong)}, then. Asking the next database; this is remembered.`);
  const change = { notDatabases: [...run.notDatabases, wrong], neverAsk: true };
  again(run, user, `${run.message}#not-${wrong}`, change, ports);
}

/** Queues the run's question once more; the key makes a repeated click the same run. */
function again(run: Run, user: string, message: string, change: Change, ports: ActionPorts): void {
  const { id: _, state: _state, attempts: _attempts, result, databaseId, ...request } = run;
  const database = change.databaseId ?? (message.includes('#rerun') ? (databaseId ?? result?.databaseId) : undefined);
  const fresh: NewRun = {
    ...request,
    id: ports.newId(),
    user,
    message,
    text: result?.text ?? run.text,
    ...change,
    ...(database ? { databaseId: database } : {}),
  };
  ports.store.record(`action:${message}`, fresh, ports.now());
  ports.worker().wake();
}

async function sendCsv({ run, user, actionTs }: Click, ports: ActionPorts): Promise<void> {
  const { databaseId, sql, text } = run.result ?? {};
  if (!databaseId || !sql) return;
  if (!ports.store.record(`csv:${run.id}:${user}:${actionTs}`, undefined, ports.now())) return;
  const audience = await audienceOf(ports.critical, run.channel);
  if (audience !== 'internal')
    return whisper(
      ports,
      run,
      user,
      escapeMrkdwn(sayFailure({ kind: audience === 'external' ? 'external-channel' : 'access-unknown' })),
    );
  const rows = await ports.rows(databaseId, sql, { ...EXPORT_LIMITS, maxRows: slackLimits.csvRows });
  if (!rows.ok) return whisper(ports, run, user, escapeMrkdwn(sayFailure(rows.failure)));
  const csv = toCsv(rows.value, slackLimits.csvBytes);
  try {
    await ports.critical.filesUploadV2({
      channel_id: run.channel,
      thread_ts: run.thread,
      filename: csvName(databaseId, text ?? '', ports.now().toISOString().slice(0, 10)),
      file: Buffer.from(csv.content, 'utf8'),
      initial_comment: `${csv.rows.toLocaleString('en-US')} rows${csv.cut ? ' (cut: there are more)' : ''}`,
    });
  } catch (error) {
    const code = (error as { data?: { error?: string } }).data?.error;
    await whisper(
      ports,
      run,
      user,
      `The file could not be uploaded${code ? ` (${escapeMrkdwn(code)})` : ''}. The rows are in the answer above.`,
    );
  }
}

/** A notice that only the clicker sees. */
async function whisper(ports: ActionPorts, run: Run, user: string, text: string): Promise<void> {
  await ports.cosmetic.chat
    .postEphemeral({ channel: run.channel, user, thread_ts: run.thread, text, ...AS_WRITTEN })
    .catch(() => undefined);
}
