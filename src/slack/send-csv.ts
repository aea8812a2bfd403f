import type { Reader } from '#src/domain/access.ts';
import type { Answered } from '#src/domain/answer.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { queryOf, type Run } from '#src/domain/run.ts';
import type { CallFault } from '#src/slack-api/call-faults.ts';
import { tellOfFault } from './admin-notices.ts';
import { callOnce, Waits } from './calls.ts';
import { conversationKind } from './conversation-kind.ts';
import { csvName, toCsv } from './csv.ts';
import type { DeliverPorts } from './deliver.ts';
import { slackLimits } from './limits.ts';
import { placeOf, postOnce } from './poster.ts';
import { type ActionPorts, type Press, pressPosting, whisper, whisperGone } from './press.ts';
import { sayUploadFault } from './say-upload-fault.ts';
import type { SlackPorts } from './slack-ports.ts';
import { escapeMrkdwn } from './text.ts';
import { context } from './views/message.ts';

/** Uploads the rows of an answer, its query run again with the presser's rights, where the answer is. */
export async function sendCsv(press: Press, ports: ActionPorts): Promise<void> {
  const { run, user, asker, actionTs } = press;
  const { querent, clients, now } = ports;
  const query = queryOf(run.result);
  if (!query) return whisperGone(ports, run, user);
  if (!(await querent.runs.record(`csv:${run.id}:${user}:${actionTs}`, undefined, now()))) return;
  const posting = pressPosting(ports, run);
  const { siblingTeams } = querent.runSettings;
  const audience = await conversationKind(clients.lookups, placeOf(run).channel, posting.patience, siblingTeams);
  if (audience !== 'internal') {
    const kind = audience === 'external' ? 'external-channel' : 'access-unknown';
    return whisper(ports, run, user, escapeMrkdwn(sayFailure({ kind })));
  }
  const rows = await querent.exportRows({ ...query, maxRows: slackLimits.csvRows }, asker.reader, ports.stopping);
  if (!rows.ok) return whisper(ports, run, user, escapeMrkdwn(sayFailure(rows.failure)));
  const fault = await uploadRows(run, query.databaseId, rows.value, ports, posting);
  if (fault) await whisper(ports, run, user, sayUploadFault(fault));
}

/**
 * The rows of an answer as a file below it, by itself, where not all of them could be shown (MSG-3). Once for a run: whether a file
 * arrived cannot be looked up, so what failed is said in its place (FILE-3), and the button is there.
 */
export async function sendCsvUnasked(
  run: Run,
  { databaseId, sql, table }: Answered,
  reader: Reader,
  ports: SlackPorts,
  posting: DeliverPorts,
): Promise<void> {
  const { querent, now, log } = ports;
  if (!(await querent.runs.record(`csv:${run.id}:unasked`, undefined, now()))) return;
  const whole =
    table.truncated === undefined
      ? table
      : await querent.exportRows({ databaseId, sql, maxRows: slackLimits.csvRows }, reader, posting.patience.signal);
  const rows = 'ok' in whole ? (whole.ok ? whole.value : table) : whole;
  const fault = await uploadRows(run, databaseId, rows, ports, posting);
  if (!fault) return;
  log(`run ${run.id}: its rows could not be sent as a file: ${fault.code}`);
  const text = sayUploadFault(fault);
  await postOnce(posting, run, 'csv', { text, blocks: [context([text], `csv-${run.id}`)] });
}

function uploadRows(
  run: Run,
  databaseId: DatabaseId,
  rows: ResultTable,
  { clients, now }: SlackPorts,
  posting: DeliverPorts,
): Promise<CallFault | undefined> {
  const csv = toCsv(rows, slackLimits.csvBytes);
  const file = {
    ...uploadPlace(run),
    filename: csvName(databaseId, run.result?.text ?? '', now().toISOString().slice(0, 10)),
    file: Buffer.from(csv.content, 'utf8'),
    initial_comment: `${csv.rows.toLocaleString('en-US')} rows${csv.cut ? ' (cut: there are more)' : ''}`,
  };
  return upload(() => clients.critical.filesUploadV2(file), posting);
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
    await tellOfFault(tellAdmins, method, fault);
    if (fault.kind !== 'again' || !(await waits.another(fault.waitMs))) return fault;
  }
}

/** A file goes where its answer is. */
function uploadPlace(run: Run) {
  const { channel, thread_ts } = placeOf(run);
  return thread_ts === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts };
}
