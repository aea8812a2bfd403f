import type { App, BlockAction, ButtonAction, StaticSelectAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';
import type { StepDetail } from '#src/domain/edl.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Result } from '#src/domain/result.ts';
import { EXPORT_LIMITS, type ResultTable, type RunLimits } from '#src/domain/result-table.ts';
import type { NewRun, Run, Store } from '#src/ports/store.ts';
import { audienceOf } from './access.ts';
import { csvName, toCsv } from './csv.ts';
import { slackLimits } from './limits.ts';
import { AS_WRITTEN } from './outgoing.ts';
import type { AskingReader, People } from './people.ts';
import { placeOf, postOnce } from './poster.ts';
import { escapeMrkdwn } from './text.ts';
import type { Message } from './views/message.ts';
import { sqlModal, stepModal } from './views/other-views.ts';
import { markChosen, type Worker } from './worker.ts';

export interface ActionPorts {
  readonly store: Store;
  readonly critical: WebClient;
  readonly cosmetic: WebClient;
  /** Runs the SQL of an answer again, judged anew, under other limits. */
  readonly rows: (databaseId: string, sql: string, limits: RunLimits, reader: Reader) => Promise<Result<ResultTable>>;
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
      const asker = await ports.people.ask(run.team, body.user.id, run.direct ? undefined : run.channel);
      if (asker.kind !== 'reader') {
        const kind = asker.kind === 'stranger' ? 'not-a-member' : 'access-unknown';
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
    again(run, user, `${run.message}#rerun-${actionTs}`, {}, ports);
  });
  on('querent_anyway', async ({ run, user }) => {
    const { databaseId, sql } = run.result ?? {};
    if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can have it run.`);
    if (!databaseId || !sql) return;
    again(run, user, `${run.message}#anyway`, { databaseId, chosenSql: sql, costAccepted: true }, ports);
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
type Change = Partial<Pick<NewRun, 'databaseId' | 'notDatabases' | 'neverAsk' | 'chosenSql' | 'costAccepted'>>;

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

async function sendCsv({ run, user, reader, actionTs }: Click, ports: ActionPorts): Promise<void> {
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
  const rows = await ports.rows(databaseId, sql, { ...EXPORT_LIMITS, maxRows: slackLimits.csvRows }, reader);
  if (!rows.ok) return whisper(ports, run, user, escapeMrkdwn(sayFailure(rows.failure)));
  const csv = toCsv(rows.value, slackLimits.csvBytes);
  try {
    await ports.critical.filesUploadV2({
      ...uploadPlace(run),
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
  const audience = await audienceOf(ports.critical, run.channel);
  const message = audience === 'internal' ? await ports.share(run, click) : undefined;
  if (!message) return whisper(ports, run, user, 'That may not be shared there.');
  const { privateTo: _, ...result } = run.result!;
  await postOnce(ports.critical, ports.store, { ...run, result }, 'shared', message);
}

/** A notice that only the clicker sees. */
async function whisper(ports: ActionPorts, run: Run, user: string, text: string): Promise<void> {
  await ports.cosmetic.chat.postEphemeral({ ...placeOf(run), user, text, ...AS_WRITTEN }).catch(() => undefined);
}
