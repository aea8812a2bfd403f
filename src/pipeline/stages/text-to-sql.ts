import type { Calendar } from '#src/domain/calendar.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Turn } from '#src/domain/question.ts';
import type { LinkedSchema, NamedValue, RankedSchema } from '#src/domain/schema-slice.ts';
import type { Scope } from '#src/guard/scope.ts';
import { type Plan, plan } from '#src/planner/plan.ts';
import type { CountTokens, ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { ExampleBank } from '#src/ports/example-bank.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import type { GenerateContext } from '../generators/generator.ts';
import type { PipelineSettings } from '../settings.ts';
import { askedTimes } from '../support/asked-times.ts';
import { maskQuestion } from '../support/examples/mask-question.ts';
import { pickExamples } from '../support/examples/pick-examples.ts';
import { fitSchema } from '../support/linking/fit-schema.ts';
import { sayMeaningless } from '../support/meaningless.ts';
import type { Trace } from '../support/trace.ts';
import { generateWave, type WaveResult, wavesFor } from './generate.ts';
import { columnsOfDraft, link } from './link.ts';
import { nothingTried, refine, type TriedCandidate } from './refine.ts';
import { agrees, asksForOrder, groupByResult, type ResultGroup, type Selection, select } from './select.ts';

export interface TextToSqlInput {
  /** The question, standing alone. */
  readonly text: string;
  readonly hint: string;
  readonly revised: boolean;
  /** Turns that the prompts show; empty where the question stands alone by itself. */
  readonly earlier: readonly Turn[];
  readonly calendar: Calendar;
  readonly schema: RankedSchema;
  readonly scope: Scope;
  readonly askerId: string;
  /** Databases that the asker may read: examples come from these. */
  readonly readable: readonly string[];
  /** Told when queries begin to be tried. */
  readonly onTry?: () => void;
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
  /** What generators said the database lacks, those that wrote nothing. */
  readonly missing: readonly string[];
  /** Why generators broke. */
  readonly failures: readonly Failure[];
  /** Relative dates with their bounds, as every prompt had them. */
  readonly dates: readonly string[];
  readonly planned: Plan;
}

/** Link → generate → refine → select over one database. Each is a stage of its own; this is their order. */
export async function textToSql(
  input: TextToSqlInput,
  ports: TextToSqlPorts,
  configured: PipelineSettings,
  trace: Trace,
  signal: AbortSignal,
): Promise<TextToSqlResult> {
  const { catalog, ranked } = input.schema;
  const settings = withinContext(configured, ports.models?.contextTokens?.());
  const { models } = ports;
  const planned = plan({ question: input.text, catalog, ranked, ...input.calendar, revised: input.revised });
  const draft = planned.kind === 'planned' ? planned.sql : undefined;
  const linked = models ? await linkFor(input, draft, models, ports, settings, trace, signal) : unlinked(input.schema);
  input.onLinked?.(linked);
  const { dates, instants } = askedTimes(input.text, input.calendar, linked.precise);
  const asked: AskedQuestion = {
    text: input.text,
    hint: input.hint,
    engine: catalog.engine,
    ...input.calendar,
    dates,
    instants,
    values: shownValues(linked.values),
    earlier: input.earlier,
  };
  const masked = maskQuestion(
    input.text,
    linked.values.map(({ asked: phrase, column }) => ({ asked: phrase, column: column.name })),
  );
  const { bank } = ports;
  const severalTables = planned.kind === 'planned' && planned.tables.length > 1;
  const wanted = models && bank && settings.generators.has('few-shot') && settings.examples > 0;
  const examples = wanted
    ? await trace.time(
        'examples',
        () =>
          pickExamples(
            {
              masked,
              severalTables,
              readable: input.readable,
              limit: settings.examples,
              ...(draft === undefined ? {} : { draft }),
            },
            bank,
            signal,
          ),
        (made) => `${made.length} near “${masked}”`,
      )
    : [];
  const budget = settings.link.budgetTokens;
  // Without a model nobody reads the schema as text, so it is not written.
  const textOf = (schema: typeof linked.precise) =>
    models ? fitSchema(schema, ranked, budget, ports.countTokens).text : '';
  const schemaText = textOf(linked.precise);
  const context: GenerateContext = {
    asked,
    linked,
    schemaText,
    wideText: linked.wide === linked.precise ? schemaText : textOf(linked.wide),
    examples,
    ...(bank ? { bank } : {}),
    masked,
    ...(draft === undefined ? {} : { draft }),
    revised: input.revised,
    askerId: input.askerId,
    readable: input.readable,
    samples: settings.samples,
  };

  const ordered = asksForOrder(input.text);
  const results: WaveResult[] = [];
  const known = nothingTried();
  let tried: readonly TriedCandidate[] = [];
  let groups: readonly ResultGroup[] = [];
  const waves = wavesFor(context, models, settings);
  for (const [at, wave] of waves.entries()) {
    const made = await trace.time(
      at === 0 ? 'generate' : 'generate more',
      () => generateWave(wave, context, signal),
      (all) => all.map(({ generator, note }) => `${generator}: ${note}`).join('; '),
    );
    results.push(...made);
    input.onTry?.();
    const refined = await trace.time(
      at === 0 ? 'refine' : 'refine more',
      () =>
        refine(
          {
            candidates: made.flatMap(({ candidates }) => candidates),
            asked,
            linked,
            schemaText,
            scope: input.scope,
            turns: settings.mendTurns,
            askerId: input.askerId,
          },
          { database: ports.database, ...(models ? { refiner: models.refiner } : {}) },
          known,
          signal,
        ),
      noteOf,
    );
    tried = [...tried, ...refined];
    groups = groupByResult(tried, ordered);
    if (settings.stopEarly && agrees(groups)) break;
    if (isDown(made)) break; // another wave would only wait for the same server
  }
  const selection = await trace.time(
    'select',
    () =>
      select(
        { groups, asked, linked, schemaText, mode: settings.selection, askerId: input.askerId },
        models?.selector,
        signal,
      ),
    (made) => (made ? `${made.reason}; ${made.chosen.generator} is taken` : 'no candidate ran'),
  );
  return {
    tried,
    ...(selection ? { selection } : {}),
    missing: results.flatMap(({ missing }) => (missing === undefined ? [] : [missing])),
    failures: results.flatMap(({ failure }) => failure ?? []),
    dates,
    planned,
  };
}

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
  const asking = made.filter(({ generator }) => generator !== 'planner');
  return asking.length > 0 && asking.every(({ failure }) => failure?.kind === 'model-unavailable');
}

/** Without a model nobody reads a prompt: the planner links for itself. */
function unlinked(schema: RankedSchema): LinkedSchema {
  const whole = { catalog: schema.catalog, tables: schema.catalog.tables, values: new Map() };
  return { ...schema, precise: whole, wide: whole, values: [] };
}

async function linkFor(
  { text, hint, schema, askerId }: TextToSqlInput,
  draft: string | undefined,
  { linker }: ModelRoles,
  { retriever, countTokens }: TextToSqlPorts,
  settings: PipelineSettings,
  trace: Trace,
  signal: AbortSignal,
): Promise<LinkedSchema> {
  const drafted = draft === undefined ? [] : columnsOfDraft(draft, schema.catalog);
  const { linked } = await trace.time(
    'link',
    () =>
      link(
        { text, hint, schema, settings: settings.link, askerId, drafted },
        { retriever, countTokens, linker },
        signal,
      ),
    (made) => made.note,
  );
  return linked;
}

const VALUES_SHOWN = 12;

const shownValues = (values: readonly NamedValue[]) => [
  ...new Set(
    values.slice(0, VALUES_SHOWN).map(({ table, column, value }) => `${table.name}.${column.name} = '${value}'`),
  ),
];

function noteOf(tried: readonly TriedCandidate[]): string {
  return tried
    .map(({ generator, mends, attempt, meaningless = [] }) => {
      const what = attempt.kind === 'ran' ? `${attempt.table.rows.length} rows` : attempt.failure.kind;
      const wrong = meaningless.map((one) => `, ${sayMeaningless(one)}`).join('');
      return `${generator}${mends === undefined ? '' : ' mended'}: ${what}${wrong}`;
    })
    .join('; ');
}
