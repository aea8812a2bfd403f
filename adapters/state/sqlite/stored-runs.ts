import { z } from 'zod';
import type { Failure } from '#src/domain/failure.ts';
import { PART_KINDS } from '#src/domain/reading.ts';
import { type Choice, type NewRun, type Run, type RunCause, type RunResult, STOP_REASONS } from '#src/domain/run.ts';
import { codeOf, readStored, type StateRow, text, versioned, writeVersioned } from './stored.ts';

const Change = z.strictObject({ part: z.enum(PART_KINDS), from: text, to: text });

const Intent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('any') }),
  z.strictObject({ kind: z.literal('next') }),
  z.strictObject({ kind: z.literal('from'), databaseId: text }),
  z.strictObject({
    kind: z.literal('chosen'),
    databaseId: text,
    sql: text,
    costAccepted: z.boolean(),
    changed: z.exactOptional(Change),
    verified: z.exactOptional(z.literal(true)),
  }),
]);

const Cause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('message') }),
  z.strictObject({
    kind: z.enum(['rerun', 'choice', 'wrong-database', 'anyway', 'offer', 'edit', 'granted', 'review']),
    of: text,
    at: z.exactOptional(text),
  }),
]);

const Request = z
  .strictObject({
    ...versioned,
    id: text,
    team: text,
    channel: text,
    thread: text,
    message: text,
    cause: Cause,
    user: text,
    text,
    intent: Intent,
    turnedDown: z.array(text),
    settles: z.exactOptional(text),
    reruns: z.exactOptional(text),
    direct: z.boolean(),
    external: z.boolean(),
    turnedAway: z.exactOptional(z.number()),
    late: z.exactOptional(z.literal(true)),
    attached: z.exactOptional(z.literal(true)),
  })
  .transform(({ version: _, ...run }) => run);

const common = {
  ...versioned,
  text,
  movedTo: z.exactOptional(z.strictObject({ channel: text, thread: z.exactOptional(text) })),
};

const Option = z.strictObject({
  label: text,
  words: text,
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('database'), id: text }),
    z.strictObject({ kind: z.literal('query'), databaseId: text, sql: text }),
  ]),
});

const Offered = z.array(z.strictObject({ text, databaseId: text }));

const Result = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...common,
      kind: z.literal('answer'),
      databaseId: text,
      sql: text,
      remedies: z.exactOptional(z.array(z.strictObject({ sql: text, change: Change }))),
      unsure: z.exactOptional(z.literal(true)),
    }),
    z.strictObject({ ...common, kind: z.literal('catalog') }),
    z.strictObject({ ...common, kind: z.literal('stopped'), why: z.enum(STOP_REASONS) }),
    z.strictObject({ ...common, kind: z.literal('courtesy'), offered: Offered }),
    z.strictObject({
      ...common,
      kind: z.literal('question-back'),
      about: z.enum(['database', 'outcome']),
      prompt: text,
      options: z.array(Option),
    }),
    z.strictObject({
      ...common,
      kind: z.literal('failure'),
      databaseId: z.exactOptional(text),
      sql: z.exactOptional(text),
      failure: z.exactOptional(codeOf<Failure['kind']>()),
      costly: z.exactOptional(z.literal(true)),
      costs: z.exactOptional(text),
      wantsAccess: z.exactOptional(z.literal(true)),
      offered: z.exactOptional(Offered),
    }),
  ])
  .transform(({ version: _, ...result }) => result);

const State = z.enum(['queued', 'running', 'clarifying', 'done', 'failed', 'stopped', 'expired']);

export const writeRequest = (run: NewRun): string => writeVersioned(run);
export const writeResult = (result: RunResult): string => writeVersioned(result);
export const writeChoice = (choice: Choice): string => JSON.stringify(choice);

export const readRequest = (stored: string, id: string): NewRun => readStored<NewRun>(Request, stored, `the run ${id}`);
export const readResult = (stored: string, id: string): RunResult =>
  readStored<RunResult>(Result, stored, `the run ${id}`);

/** A run as its row holds it. */
export function readRun(row: StateRow): Run {
  const id = String(row.id);
  return {
    ...readRequest(String(row.request), id),
    state: readStored(State, JSON.stringify(row.state), `the run ${id}`),
    attempts: Number(row.attempts),
    ...(row.result === null ? {} : { result: readResult(String(row.result), id) }),
  };
}

/** What makes a run one, with its team and channel: a message makes one run, and so does a press, however often it comes. */
export function causeKey({ message, cause }: Pick<NewRun, 'message' | 'cause'>): string {
  const pressed = (one: Exclude<RunCause, { readonly kind: 'message' }>) =>
    [message, one.kind, one.of, ...(one.at === undefined ? [] : [one.at])].join('#');
  return cause.kind === 'message' ? message : pressed(cause);
}
