import { z } from 'zod';
import type { Failure, ModelFault } from '#src/domain/failure.ts';
import type { CheckOutcome, NumberCheckName } from '#src/domain/number-check.ts';
import type { KeptTrace, MeaninglessKind, ModelCall, StageName, StageRecord, TriedRecord } from '#src/domain/trace.ts';
import { codeOf, readStored, text, versioned, writeVersioned } from './stored.ts';

const texts = z.array(text);
const count = z.number();
const failure = z.exactOptional(codeOf<Failure['kind']>());

const Call = z.strictObject({
  model: text,
  role: text,
  messages: z.array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: text })),
  replies: texts,
  promptTokens: count,
  completionTokens: count,
  ms: count,
  failure,
});

const Tried = z.strictObject({
  generator: text,
  sql: text,
  mended: z.boolean(),
  mendedBy: z.exactOptional(texts),
  readAs: z.exactOptional(z.array(z.strictObject({ written: text, read: text }))),
  leftOut: z.exactOptional(texts),
  endsBefore: z.exactOptional(texts),
  toldApart: z.exactOptional(texts),
  labelled: z.exactOptional(texts),
  rows: z.exactOptional(count),
  failure,
  meaningless: z.exactOptional(z.array(codeOf<MeaninglessKind>())),
});

const Made = z.strictObject({
  generator: text,
  queries: texts,
  note: text,
  cannot: z.exactOptional(text),
  failure,
});

const stage = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  z.strictObject({ stage: z.literal(name), ...fields, atMs: count, ms: count, calls: z.array(Call) });

const Entry = z.discriminatedUnion('stage', [
  stage('rewrite', { asked: text, text, how: z.enum(['as-asked', 'rule', 'model']) }),
  stage('catalog', { text, rows: z.exactOptional(count) }),
  stage('retrieve', {
    text,
    databases: z.array(z.strictObject({ databaseId: text, probability: count })),
    tables: z.array(z.strictObject({ databaseId: text, table: text, score: count })),
    searched: count,
    coverage: count,
    failure,
  }),
  stage('probe', {
    probes: z.array(
      z.strictObject({
        databaseId: text,
        unread: count,
        explained: count,
        found: z.exactOptional(z.enum(['rows', 'nothing'])),
      }),
    ),
    first: text,
    probability: count,
  }),
  stage('rerank', {
    how: z.enum(['reranked', 'not-answering', 'only-one']),
    fault: z.exactOptional(codeOf<ModelFault>()),
    first: text,
    probability: count,
  }),
  stage('tables', {
    how: z.enum(['asked', 'chosen-before', 'freshest', 'only']),
    tables: texts,
    taken: z.exactOptional(text),
  }),
  stage('choose-database', {
    how: z.enum(['chose', 'only-one', 'named-none', 'not-answering']),
    databaseId: z.exactOptional(text),
    confidence: z.exactOptional(count),
    why: z.exactOptional(text),
  }),
  stage('clarify', {
    decision: z.enum([
      'bound',
      'sure-enough',
      'only-one-able',
      'none-able',
      'offered-before',
      'chosen-before',
      'never-asks',
      'doubt',
    ]),
    databaseId: text,
    probability: count,
    askedBelow: count,
    options: z.exactOptional(texts),
  }),
  stage('examples', { masked: text, questions: texts }),
  stage('link', {
    how: z.enum(['whole', 'retrieved', 'selected', 'none-selected']),
    tables: texts,
    tablesOf: count,
    columnsRetrieved: count,
    columnsKept: count,
    tokens: count,
    values: texts,
  }),
  stage('lacking', { words: texts, missing: z.exactOptional(text), yes: z.exactOptional(count) }),
  stage('generate', { wave: count, made: z.array(Made) }),
  stage('refine', { wave: count, tried: z.array(Tried) }),
  stage('weigh', {
    groups: z.array(z.strictObject({ verified: z.exactOptional(count), faults: z.exactOptional(texts) })),
  }),
  stage('select', {
    how: z.enum([
      'nothing-ran',
      'only-result',
      'all-agree',
      'majority',
      'model',
      'model-once',
      'model-wavered',
      'model-chose-none',
    ]),
    groups: z.array(z.strictObject({ generators: texts, samples: count, rows: count })),
    chosen: z.exactOptional(text),
    agreeing: z.exactOptional(count),
    voting: z.exactOptional(count),
  }),
  stage('execute', { sql: z.exactOptional(text), rows: z.exactOptional(count), failure }),
  stage('check', {
    checks: z.array(
      z.strictObject({
        check: codeOf<NumberCheckName>(),
        outcome: codeOf<CheckOutcome>(),
        sql: texts,
        ms: count,
      }),
    ),
    sql: z.exactOptional(text),
  }),
  stage('explain', { steps: count, missing: count }),
  stage('offer', { questions: texts }),
  stage('takeaway', {
    by: z.enum(['program', 'model']),
    refused: z.exactOptional(z.enum(['no-sentence', 'not-in-result'])),
  }),
]);

/** A stage that is not read here would make traces of it unreadable: `never` while there is none. */
type Unread = Exclude<StageName, z.infer<typeof Entry>['stage']>;
const EVERY_STAGE_IS_READ: [Unread] extends [never] ? true : Unread = true;
void EVERY_STAGE_IS_READ;

/** Nor a part of a stage, of a candidate that was tried, or of a call: each would be refused as unknown. */
type UnreadPart = {
  [Name in StageName]: Exclude<
    keyof Extract<StageRecord, { readonly stage: Name }>,
    keyof Extract<z.infer<typeof Entry>, { stage: Name }>
  >;
}[StageName];
type UnreadDetail =
  | Exclude<keyof TriedRecord, keyof z.infer<typeof Tried>>
  | Exclude<keyof ModelCall, keyof z.infer<typeof Call>>;
const EVERY_PART_IS_READ: [UnreadPart | UnreadDetail] extends [never] ? true : UnreadPart | UnreadDetail = true;
void EVERY_PART_IS_READ;

const Trace = z
  .strictObject({
    ...versioned,
    runId: text,
    team: text,
    user: text,
    at: text,
    question: z.exactOptional(text),
    databaseId: z.exactOptional(text),
    outcome: text,
    entries: z.array(Entry),
  })
  .transform(({ version: _, ...trace }) => trace);

export const writeTrace = (trace: KeptTrace): string => writeVersioned(trace);
export const readTrace = (stored: string, runId: string): KeptTrace =>
  readStored<KeptTrace>(Trace, stored, `the trace of the run ${runId}`);
