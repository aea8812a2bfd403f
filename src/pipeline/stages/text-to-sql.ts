import type { Candidate } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { OnPhase } from '#src/domain/progress.ts';
import type { Turn } from '#src/domain/question.ts';
import type { LinkedSchema, NamedValue, RankedSchema } from '#src/domain/schema-slice.ts';
import { type StageRecord, spentOn, type TriedRecord } from '#src/domain/trace.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { Plan } from '#src/planner/plan.ts';
import type { CountTokens, ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { ExampleBank } from '#src/ports/example-bank.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { trainedStyle } from '../generators/adapter.ts';
import type { GenerateContext } from '../generators/generator.ts';
import { mergeGenerator } from '../generators/merge.ts';
import { plainPrompt } from '../generators/plain.ts';
import type { PipelineSettings } from '../settings.ts';
import { askedTimes } from '../support/asked-times.ts';
import { maskQuestion } from '../support/examples/mask-question.ts';
import { pickExamples } from '../support/examples/pick-examples.ts';
import { adaptersFor, modelFor } from '../support/fine-tuned.ts';
import { fitSchema } from '../support/linking/fit-schema.ts';
import { wordsToldApart } from '../support/told-apart.ts';
import { Trace } from '../support/trace.ts';
import { generateWave, verifiedWaves, type Wave, type WaveResult, wavesFor } from './generate.ts';
import { columnsOfDraft, link } from './link.ts';
import { type AttemptCache, nothingTried, refine, type TriedCandidate } from './refine.ts';
import {
  agrees,
  groupByResult,
  isDecided,
  isVerified,
  type ResultGroup,
  type Selection,
  samplesOf,
  select,
} from './select.ts';
import { type Lacking, tellLacking } from './tell-lacking.ts';
import { weigh } from './weigh.ts';

export interface TextToSqlInput {
  /** The question, standing alone. */
  readonly text: string;
  readonly hint: string;
  /** Turns that the prompts show; empty where the question stands alone by itself. */
  readonly earlier: readonly Turn[];
  readonly calendar: Calendar;
  readonly schema: RankedSchema;
  /** What the built-in planner made of it over this database. */
  readonly planned: Plan;
  readonly scope: Scope;
  readonly askerId: string;
  /** Databases that the asker may read: examples come from these. */
  readonly readable: readonly string[];
  readonly onPhase?: OnPhase;
  /** Told what linking left. */
  readonly onLinked?: (linked: LinkedSchema) => void;
}

export interface TextToSqlPorts {
  readonly retriever: SchemaRetriever;
  readonly database: Database;
  /** Within the question's deadline and booked on the trace already. */
  readonly models?: ModelRoles;
  readonly bank?: ExampleBank;
  readonly countTokens: CountTokens;
}

/** What writing, mending and choosing queries came to. */
export interface TextToSqlResult {
  readonly tried: readonly TriedCandidate[];
  /** Absent when no candidate ran. */
  readonly selection?: Selection;
  /** What the database was found to lack before a query was written, or generators that wrote nothing said so. */
  readonly missing: readonly string[];
  /** Words of the question that nothing of the database stands for. */
  readonly unexplained: readonly string[];
  /** Why generators broke. */
  readonly failures: readonly Failure[];
  /** Relative dates with their bounds, as every prompt had them. */
  readonly dates: readonly string[];
  readonly planned: Plan;
}

/** What one question has at hand from linking to selection. */
interface Run {
  readonly input: TextToSqlInput;
  readonly ports: TextToSqlPorts;
  readonly settings: PipelineSettings;
  readonly trace: Trace;
  readonly signal: AbortSignal;
}

/** Until queries are written none is run. */
interface LinkingRun extends Omit<Run, 'ports'> {
  readonly ports: Omit<TextToSqlPorts, 'database'>;
}

/** Link → generate → refine → select over one database. Each is a stage of its own; this is their order. */
export async function textToSql(
  input: TextToSqlInput,
  ports: TextToSqlPorts,
  configured: PipelineSettings,
  trace: Trace,
  signal: AbortSignal,
): Promise<TextToSqlResult> {
  const run: Run = {
    input,
    ports,
    settings: withinContext(configured, ports.models?.contextTokens?.()),
    trace,
    signal,
  };
  const linked = await linkFor(run);
  input.onLinked?.(linked);
  input.onPhase?.({ phase: 'tables', fact: tablesFact(linked, input.schema) });
  input.onPhase?.({ phase: 'write' });
  const context = await contextFor(run, linked);
  const known = nothingTried();
  const verified = await writeInWaves(run, context, verifiedWaves(context, run.settings), NOTHING_WRITTEN, known);
  const isFound = isVerified(verified.groups);
  const lacking = isFound ? { words: [] } : await lackingFor(run, context);
  const { dates } = context.asked;
  const { planned } = input;
  const { words } = lacking;
  if (lacking.missing !== undefined)
    return { tried: [], missing: [lacking.missing], unexplained: words, failures: [], dates, planned };
  const waves = isFound && run.settings.stopEarly ? [] : wavesFor(context, ports.models, run.settings);
  const written = await writeInWaves(run, context, waves, verified, known);
  const { results, tried, groups: voted } = await merged(run, context, written, known);
  const groups = await weighed(run, context, voted);
  const { asked, schemaText } = context;
  const selection = await trace.stage(
    () =>
      select(
        { groups, asked, linked, schemaText, mode: run.settings.selection, askerId: input.askerId },
        ports.models && modelFor(ports.models, 'selector', linked.catalog),
        signal,
      ),
    (made) => selectionRecord(made, groups),
  );
  return {
    tried,
    ...(selection ? { selection } : {}),
    missing: results.flatMap(({ missing }) => (missing === undefined ? [] : [missing])),
    unexplained: words,
    failures: results.flatMap(({ failure }) => failure ?? []),
    dates,
    planned,
  };
}

/** What every generator would be given of a question after linking, without any being asked: training data has the prompts that are sent. */
export async function contextOf(
  input: TextToSqlInput,
  ports: LinkingRun['ports'],
  settings: PipelineSettings,
  signal: AbortSignal,
): Promise<GenerateContext> {
  const run: LinkingRun = { input, ports, settings, trace: new Trace(() => 0), signal };
  return contextFor(run, await linkFor(run));
}

/** What every generator is given: the question with its dates and values, the schema as text, and examples. */
async function contextFor(
  { input, ports, settings, trace, signal }: LinkingRun,
  linked: LinkedSchema,
): Promise<GenerateContext> {
  const { catalog, ranked } = input.schema;
  const { models } = ports;
  const { planned } = input;
  const bank = settings.explored > 0 ? ports.bank : withoutExplored(ports.bank);
  const draft = draftOf(planned);
  const masked = maskQuestion(
    input.text,
    linked.values.map(({ asked: phrase, column }) => ({ asked: phrase, column: column.name })),
  );
  const severalTables = planned.kind === 'planned' && planned.tables.length > 1;
  const asksForExamples = settings.generators.has('few-shot') || settings.generators.has('plain');
  const wanted = models && bank && asksForExamples && settings.examples + settings.explored > 0;
  const { readable } = input;
  const search = {
    masked,
    severalTables,
    readable,
    databaseId: catalog.databaseId,
    limit: settings.examples,
    explored: settings.explored,
    ...(draft === undefined ? {} : { draft }),
  };
  const examples = wanted
    ? await trace.stage(
        () => pickExamples(search, bank, signal),
        (made) => ({ stage: 'examples', masked, questions: made.map(({ question }) => question) }),
      )
    : [];
  // Without a model nobody reads the schema as text, so it is not written.
  const fitted = (schema: typeof linked.precise) =>
    models
      ? fitSchema(schema, ranked, settings.link.budgetTokens, ports.countTokens)
      : { text: '', shown: linked.precise };
  const { text: schemaText, shown } = fitted(linked.precise);
  return {
    asked: {
      text: input.text,
      hint: input.hint,
      engine: catalog.engine,
      ...input.calendar,
      ...askedTimes(input.text, input.calendar, linked.precise),
      values: shownValues(linked.values),
      earlier: input.earlier,
    },
    linked,
    shown,
    schemaText,
    wideText: linked.wide === linked.precise ? schemaText : fitted(linked.wide).text,
    examples,
    ...(bank ? { bank } : {}),
    masked,
    ...(draft === undefined ? {} : { draft }),
    planned,
    askerId: input.askerId,
    readable,
    samples: settings.samples,
    samplesInAll: settings.samples,
    seed: 0,
  };
}

const withoutExplored = (bank: ExampleBank | undefined): ExampleBank | undefined =>
  bank && { near: (request, signal) => bank.near(request, signal) };

/** What the question asks for that the database lacks; without a model the planner says so by itself. */
async function lackingFor(
  { input, ports: { models }, settings, trace, signal }: Run,
  { shown, examples }: GenerateContext,
): Promise<Lacking> {
  if (!models || settings.lacking === 'untold') return { words: [] };
  const { text, hint, schema, planned, askerId } = input;
  // A word that an earlier answer explains is one of the company's own.
  const taught = [hint, ...examples.filter(({ verified }) => verified).map(({ question }) => question)];
  return trace.stage(
    () =>
      tellLacking(
        { text, catalog: schema.catalog, shown, planned, taught, mode: settings.lacking, askerId },
        models.selector,
        signal,
      ),
    (made) => ({ stage: 'lacking', ...made }),
  );
}

interface Written {
  /** Waves so far. */
  readonly waves: number;
  readonly results: readonly WaveResult[];
  readonly tried: readonly TriedCandidate[];
  readonly groups: readonly ResultGroup[];
}

const NOTHING_WRITTEN: Written = { waves: 0, results: [], tried: [], groups: [] };

/** A result that nothing more is asked for: verified, or one that several ways of writing came to. */
const isSettled = (groups: readonly ResultGroup[], { stopEarly }: PipelineSettings): boolean =>
  stopEarly && (isVerified(groups) || agrees(groups));

/** Generates and tries queries wave after wave, until they agree or the waves are over. */
async function writeInWaves(
  run: Run,
  context: GenerateContext,
  waves: readonly Wave[],
  before: Written,
  known: AttemptCache,
): Promise<Written> {
  const { settings, trace } = run;
  let written = before;
  for (const wave of waves) {
    // Somebody waits: what a slow server has written by then has to do, if any of it runs.
    const isLate = wave.votes && spentOn(trace.entries).modelMs > settings.votesUntilMs;
    if (isLate && written.groups.length) return written;
    const last = await writeWave(wave, written, known, run, context);
    written = last.written;
    if (isSettled(written.groups, settings)) return written;
    if (isDecided(written.groups, wave.left)) return written;
    if (isDown(last.made)) return written; // another wave would only wait for the same server
  }
  return written;
}

/** What a reviser makes of the two best results where they disagree, besides. */
async function merged(run: Run, context: GenerateContext, written: Written, known: AttemptCache): Promise<Written> {
  const { settings } = run;
  const [first, second] = written.groups;
  const { models } = run.ports;
  if (!settings.merge || !models || !first || !second || isSettled(written.groups, settings)) return written;
  const [merger] = adaptersFor(models, 'merger', context.linked.catalog);
  const merging = mergeGenerator(merger?.model ?? models.refiner, trainedStyle(merger) ?? settings.style, [
    first,
    second,
  ]);
  const wave = { generators: [merging], samples: 1, samplesInAll: 1, seed: 1, left: 0 };
  return (await writeWave(wave, written, known, run, context)).written;
}

/** One wave's queries, written, tried and grouped with those before. */
async function writeWave(
  wave: Wave,
  before: Written,
  known: AttemptCache,
  run: Run,
  context: GenerateContext,
): Promise<{ readonly written: Written; readonly made: readonly WaveResult[] }> {
  const { input, settings, trace, signal } = run;
  const at = before.waves + 1;
  const draft = context.draft ?? before.tried.find(({ attempt }) => attempt.kind === 'ran')?.sql;
  const drafted = draft === undefined ? context : { ...context, draft };
  const made = await trace.stage(
    () => generateWave(wave, drafted, signal),
    (all) => ({ stage: 'generate', wave: at, made: all.map(madeRecord) }),
  );
  input.onPhase?.({ phase: 'check' });
  const candidates = made.flatMap((one) => one.candidates);
  const refined = candidates.length
    ? await trace.stage(
        () => tryAll(run, context, candidates, known),
        (all) => ({ stage: 'refine', wave: at, tried: all.map(triedRecord) }),
      )
    : [];
  const tried = [...before.tried, ...refined];
  const { values } = context.linked;
  const ranking = { question: input.text, engine: context.asked.engine, mode: settings.selection, values };
  const results = [...before.results, ...made];
  const groups = groupByResult(tried, ranking);
  tellReadings(groups, input);
  return { written: { waves: at, results, tried, groups }, made };
}

/** That results differ, and in which words of the question their queries do. */
function tellReadings(groups: readonly ResultGroup[], { text, onPhase }: TextToSqlInput): void {
  const [one, other] = groups.map(({ candidates: [first] }) => first?.sql);
  if (one === undefined || other === undefined) return;
  onPhase?.({ phase: 'check', readings: groups.length, about: wordsToldApart(text, one, other) });
}

/** "3 of 2,140 tables" */
const tablesFact = ({ precise }: LinkedSchema, { catalog }: RankedSchema): string =>
  `${precise.tables.length.toLocaleString('en-US')} of ${catalog.tables.length.toLocaleString('en-US')} tables`;

/** The groups ranked anew by what tells them apart besides votes, where they disagree and that is looked at. */
async function weighed(
  { input, ports: { models, database }, settings, trace, signal }: Run,
  context: GenerateContext,
  groups: readonly ResultGroup[],
): Promise<readonly ResultGroup[]> {
  if (groups.length < 2 || settings.evidence.size === 0) return groups;
  return trace.stage(
    () =>
      weigh(
        {
          groups,
          kinds: settings.evidence,
          reads: settings.verifierReads,
          asked: context.asked,
          catalog: context.linked.catalog,
          scope: input.scope,
          written: plainPrompt(context, settings.style),
          mode: settings.selection,
          askerId: input.askerId,
        },
        { database, ...(models ? { verifier: models.selector } : {}) },
        signal,
      ),
    (made) => ({
      stage: 'weigh',
      groups: made.map(({ verified, faults }) => ({
        ...(verified === undefined ? {} : { verified }),
        ...(faults ? { faults } : {}),
      })),
    }),
  );
}

/** Tries candidates and mends those that fail; what was tried before is not tried again. */
const tryAll = (
  { input: { scope, askerId }, ports: { database, models }, settings, signal }: Run,
  { asked, linked, schemaText }: GenerateContext,
  candidates: readonly Candidate[],
  known: AttemptCache,
): Promise<readonly TriedCandidate[]> =>
  refine(
    { candidates, asked, linked, schemaText, scope, rules: settings.mendRules, turns: settings.mendTurns, askerId },
    { database, ...(models ? { refiner: modelFor(models, 'refiner', linked.catalog) } : {}) },
    known,
    signal,
  );

/** Tokens that rules, examples and the reply need besides the schema. */
const BESIDES_SCHEMA = 2_600;
const LEAST_SCHEMA = 600;

/** A server with a short context gets a shorter schema, rather than a prompt that it refuses. */
function withinContext(settings: PipelineSettings, contextTokens: number | undefined): PipelineSettings {
  if (contextTokens === undefined) return settings;
  const room = Math.max(LEAST_SCHEMA, contextTokens - BESIDES_SCHEMA);
  const { link } = settings;
  const fitted = { wholeTokens: Math.min(link.wholeTokens, room), budgetTokens: Math.min(link.budgetTokens, room) };
  return { ...settings, link: { ...link, ...fitted } };
}

/** Every generator that asked a model was let down by its server. */
function isDown(made: readonly WaveResult[]): boolean {
  const asking = made.filter(({ generator }) => generator !== 'planner' && generator !== 'verified');
  return asking.length > 0 && asking.every(({ failure }) => failure?.kind === 'model-unavailable');
}

/** Without a model nobody reads a prompt: the planner links for itself. */
function unlinked(schema: RankedSchema, values: readonly NamedValue[]): LinkedSchema {
  const whole = { catalog: schema.catalog, tables: schema.catalog.tables, values: new Map() };
  return { ...schema, precise: whole, wide: whole, values };
}

const draftOf = (planned: Plan) => (planned.kind === 'planned' ? planned.sql : undefined);

async function linkFor({ input, ports, settings, trace, signal }: LinkingRun): Promise<LinkedSchema> {
  const { text, hint, schema, askerId, planned } = input;
  const { models, retriever, countTokens } = ports;
  if (!models) return unlinked(schema, retriever.valuesNamed(schema.catalog.databaseId, text));
  const draft = draftOf(planned);
  const drafted = draft === undefined ? [] : columnsOfDraft(draft, schema.catalog);
  const { linked } = await trace.stage(
    () =>
      link(
        { text, hint, schema, settings: settings.link, askerId, drafted },
        { retriever, countTokens, linker: modelFor(models, 'linker', schema.catalog) },
        signal,
      ),
    ({ record }) => record,
  );
  return linked;
}

const VALUES_SHOWN = 12;

const shownValues = (values: readonly NamedValue[]) => [
  ...new Set(
    values.slice(0, VALUES_SHOWN).map(({ table, column, value }) => `${table.name}.${column.name} = '${value}'`),
  ),
];

const madeRecord = ({ generator, candidates, note, missing, failure }: WaveResult) => ({
  generator,
  queries: candidates.map(({ sql }) => sql),
  note,
  ...(missing === undefined ? {} : { cannot: missing }),
  ...(failure ? { failure: failure.kind } : {}),
});

const triedRecord = ({
  generator,
  sql,
  mends,
  mendedBy,
  readAs,
  leftOut,
  endsBefore,
  toldApart,
  labelled,
  attempt,
  meaningless = [],
}: TriedCandidate): TriedRecord => ({
  generator,
  sql,
  mended: mends !== undefined,
  ...(mendedBy ? { mendedBy } : {}),
  ...(readAs ? { readAs } : {}),
  ...(leftOut ? { leftOut } : {}),
  ...(endsBefore ? { endsBefore } : {}),
  ...(toldApart ? { toldApart } : {}),
  ...(labelled ? { labelled } : {}),
  ...(attempt.kind === 'ran' ? { rows: attempt.table.rows.length } : { failure: attempt.failure.kind }),
  ...(meaningless.length ? { meaningless: meaningless.map(({ kind }) => kind) } : {}),
});

function selectionRecord(made: Selection | undefined, groups: readonly ResultGroup[]): StageRecord {
  return {
    stage: 'select',
    how: made?.how ?? 'nothing-ran',
    groups: groups.map((group) => ({
      generators: group.generators,
      samples: samplesOf(group),
      rows: group.candidates[0]?.attempt.table.rows.length ?? 0,
    })),
    ...(made ? { chosen: made.chosen.generator, agreeing: made.agreeing, voting: made.voting } : {}),
  };
}
