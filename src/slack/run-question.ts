import type { DatabaseId } from '#src/domain/ids.ts';
import { databaseOf, MAX_ASKED_BACK, MAX_TURNS, type Place, type Turn } from '#src/domain/question.ts';
import { type ReadingChange, sayChange } from '#src/domain/reading.ts';
import { type MovedTo, type NewRun, queryOf, type Run, requestOf } from '#src/domain/run.ts';
import type { Asked } from '#src/service/ask.ts';
import type { Querent, RunStore } from '#src/service/querent.ts';
import { databasesOf, readChoice, readOffered, type Settled, settle } from './choice.ts';
import type { AskingReader } from './people.ts';

export interface RunQuestion {
  readonly asked: Asked;
  /** The question back that it settles by words. */
  readonly settled?: Settled;
}

/** The question of a run with what was said before in its thread. A reply that chooses from its asker's open question back settles it. */
export async function questionOfRun(
  run: Run,
  asker: AskingReader,
  {
    runs,
    databases,
    conversations,
    now,
  }: Pick<Querent, 'runs' | 'databases' | 'conversations'> & {
    readonly now: () => Date;
  },
): Promise<RunQuestion> {
  const before = (await conversationOf(run, runs)).filter((turn) => turn.id !== run.id);
  // What was only polite, or stopped, leaves a question back open.
  const mine = before.findLast(
    ({ user, result }) => user === run.user && !isPolite(result) && result?.kind !== 'stopped',
  );
  const chosenAlready = databaseOf(run.intent) !== undefined || run.settles !== undefined;
  const open = !chosenAlready && (mine?.state === 'clarifying' || mine?.state === 'expired') ? mine : undefined;
  const ids = open ? (await databases.list()).map(({ id }) => id) : [];
  const choice = open && readChoice(run.text, open, ids);
  const next = open && choice && (await settle(open, choice, requestOf(run), { runs, now }));
  // Other words than a choice say more about the question that was asked back.
  const said: readonly Turn[] = open?.result && !choice ? [{ text: open.result.text }] : [];
  const picked = chosenAlready || open || !mine ? undefined : readOffered(run.text, mine);
  const { text, intent } = next ?? picked ?? run;
  const turnedDown = turnedDownFor(next ?? run, before);
  const pinnedId = pinnedIn(before) ?? (await conversations.channelDatabase(run.team, run.channel));
  const offered = offeredBy(before.at(-1));
  const askedBack = await timesAskedBack(next ?? run, runs);
  return {
    asked: {
      text,
      runId: run.id,
      asker: askerOf(asker),
      place: placeOfReader(asker),
      intent,
      thread: {
        earlier: [...(await earlierTurns(before, runs)), ...said],
        turnedDown,
        ...(askedBack ? { askedBack } : {}),
        ...(pinnedId === undefined ? {} : { pinnedId }),
        ...(offered ? { offered } : {}),
      },
    },
    ...(next ? { settled: { run: open, choice } } : {}),
  };
}

/** How often a question was asked back about: each choice led to the next question back. No further than it matters. */
async function timesAskedBack({ settles }: Pick<NewRun, 'settles'>, runs: RunStore): Promise<number> {
  let times = 0;
  for (let id = settles; id !== undefined && times < MAX_ASKED_BACK; id = (await runs.run(id))?.settles) times += 1;
  return times;
}

/** Thanks and greetings; help offers questions, which a reply may pick. */
const isPolite = (result: Run['result']) => result?.kind === 'courtesy' && !result.offered.length;

/**
 * What was turned down for a question. A thread's runs are answered one after another, so all that was said before is known here; a
 * press comes as soon as an answer is seen, and may not know it yet.
 */
function turnedDownFor({ text, intent, turnedDown }: NewRun, before: readonly Run[]): readonly DatabaseId[] {
  if (intent.kind !== 'next') return turnedDown;
  const same = before.filter(({ result }) => result?.text === text);
  return [...new Set([...same.flatMap((turn) => turn.turnedDown), ...turnedDown])];
}

export function askerOf({ reader, timeZone }: AskingReader): Asked['asker'] {
  const { teamId, userId, groups, unknownGroups } = reader;
  return {
    teamId,
    userId,
    ...(groups ? { groups } : {}),
    ...(unknownGroups ? { unknownGroups } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

export const placeOfReader = ({ reader: { channelId } }: AskingReader): Place =>
  channelId === undefined ? { kind: 'direct' } : { kind: 'channel', channelId };

/** Answers, and queries that cost too much and may be narrowed: what a follow-up can be about. */
async function earlierTurns(before: readonly Run[], runs: RunStore): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  for (const run of before) {
    const { id, result } = run;
    // Another question of theirs took its place: it was said and has no answer.
    if (result?.kind === 'stopped' && result.why === 'superseded') turns.push({ text: result.text });
    if (result?.kind !== 'answer' && !(result?.kind === 'failure' && result.costly)) continue;
    const wrong = await runs.isWrong(id);
    const changes = changesOf(run, before);
    const said = [result.text, ...changes.map(sayChange)].map((text): Turn => ({ text }));
    turns.push(...said.slice(0, -1), {
      text: said.at(-1)?.text ?? result.text,
      ...queryOf(result),
      ...(wrong ? { wrong } : {}),
    });
  }
  return turns.slice(-MAX_TURNS);
}

/** What was changed of a question's reading, one change upon another: each is a turn, as if it had been said. */
function changesOf(run: Run, before: readonly Run[]): readonly ReadingChange[] {
  const { intent, cause } = run;
  if (intent.kind !== 'chosen' || !intent.changed) return [];
  const of = cause.kind === 'message' ? undefined : before.find(({ id }) => id === cause.of && id !== run.id);
  return [...(of ? changesOf(of, before) : []), intent.changed];
}

/** The database that somebody chose in the thread, or came to by turning others down. */
function pinnedIn(before: readonly Run[]) {
  const chosen = before.findLast(
    ({ result, intent, turnedDown }) =>
      result?.kind === 'answer' && (databaseOf(intent) !== undefined || turnedDown.length > 0),
  );
  return queryOf(chosen?.result)?.databaseId;
}

const offeredBy = (last: Run | undefined) =>
  last?.result?.kind === 'question-back' && last.result.about === 'database'
    ? databasesOf(last.result.options)
    : undefined;

/**
 * The answered runs that the asker reads as one conversation: those of the thread, and of the direct message that its private
 * answers went to. Oldest first.
 */
async function conversationOf(run: Run, runs: RunStore): Promise<readonly Run[]> {
  const { channel, thread } = (run.direct && (await runs.privateRun(run.team, run.channel, run.thread))) || run;
  const moved = await privatePlaceOf({ ...run, channel, thread }, runs);
  const threads = [{ channel, thread }, ...(moved ? [moved] : [])];
  return runs.turns(run.team, threads);
}

/** Where earlier private answers of a thread went for this asker: the direct message, and the message there that they follow. */
export async function privatePlaceOf(
  { id, team, channel, thread, user }: Pick<Run, 'id' | 'team' | 'channel' | 'thread' | 'user'>,
  runs: RunStore,
): Promise<Required<MovedTo> | undefined> {
  const turns = await runs.turns(team, [{ channel, thread }]);
  const first = turns.find((turn) => turn.id !== id && turn.user === user && turn.result?.movedTo);
  const moved = first?.result?.movedTo;
  if (!first || !moved) return undefined;
  const ts = moved.thread ?? (await runs.posted(first.id, 'answer')) ?? (await runs.posted(first.id, 'clarify'));
  return ts === undefined ? undefined : { channel: moved.channel, thread: ts };
}
