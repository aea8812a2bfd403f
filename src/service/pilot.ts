import { type DatabaseCatalog, type Table, tableLabel } from '#src/domain/catalog.ts';
import type { Decision } from '#src/domain/confidence.ts';
import type { Outcome } from '#src/domain/outcomes.ts';
import { mayShowExamples } from '#src/domain/personal.ts';
import { type Counted, counted } from '#src/domain/pilot.ts';
import { listed } from '#src/domain/plain-names.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { explore } from '#src/explore/explore.ts';
import { type AskOver, askKnown, type OwnQuestion, type Tried } from './ask-known.ts';
import type { ServiceParts } from './parts.ts';

export interface PilotOptions {
  /** Questions that are written for it. */
  readonly written: number;
  readonly seed: number;
  /** The owner's, with their queries where they know them. */
  readonly own: readonly OwnQuestion[];
}

/** How questions of one kind went. */
export interface PilotCounts {
  readonly questions: number;
  /** Posted without asking anybody back and without a warning, of all; and right, of those of which the right result is known. */
  readonly posted: Counted;
  readonly postedRight: Counted;
  /** Posted with something to check. */
  readonly checked: Counted;
  readonly checkedRight: Counted;
  readonly asked: Counted;
  readonly declined: Counted;
  readonly secondsEach: number;
  readonly tokensEach: number;
}

export interface PilotReport {
  readonly database: string;
  /** Questions that were written by program, held back from everything else. */
  readonly written: PilotCounts;
  /** The owner's own; absent where there are none. */
  readonly own?: PilotCounts;
  /** Answers that were posted and are not right, each with what was asked and what should have run. */
  readonly wrong: readonly { readonly question: string; readonly sql: string; readonly gave: string }[];
  /** What came of each question: what a later report is compared with. */
  readonly questions: readonly Outcome[];
  /** Columns that say little by themselves, with what they hold, for whoever describes them. */
  readonly toDescribe: readonly { readonly column: string; readonly draft: string }[];
  /** Tables that have nearly the same columns. */
  readonly alike: readonly (readonly [string, string])[];
  /** What its role may do beyond reading; empty where nothing was found, absent where nobody looked. */
  readonly role?: readonly string[];
}

interface Over extends AskOver {
  readonly store: Pick<ServiceParts['store'], 'exploredPairs' | 'roleReport'>;
}

/** A seed that exploring for keeps is not given. */
const HELD_BACK = 1_000_003;

/** Asks questions of a database as people would, all that is registered and configured as it is, and counts what comes of them. */
export async function pilot(
  { written, seed, own }: PilotOptions,
  over: Over,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Result<PilotReport>> {
  const { database, catalog, store } = over;
  const known = new Set((await store.exploredPairs(catalog.databaseId)).map(({ question }) => question.toLowerCase()));
  const explored = await explore(database, catalog, { pairs: written * 2, seed: seed + HELD_BACK }, signal);
  const fresh = explored.pairs.filter(({ question }) => !known.has(question.toLowerCase())).slice(0, written);
  const all = [...fresh.map((pair): OwnQuestion => pair), ...own];
  const tried: Tried[] = [];
  for (const [at, one] of all.entries()) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    onProgress('asking questions', at + 1, all.length);
    tried.push(await askKnown(one, over, signal));
  }
  const report = await store.roleReport(catalog.databaseId);
  return ok({
    database: catalog.databaseId,
    written: countsOf(tried.slice(0, fresh.length)),
    ...(own.length ? { own: countsOf(tried.slice(fresh.length)) } : {}),
    wrong: tried.flatMap(({ question, sql, gave, right }) =>
      right === false && sql !== undefined && gave !== undefined ? [{ question, sql, gave }] : [],
    ),
    questions: tried.map(({ question, decision, right }) => ({
      question,
      decision,
      ...(right === undefined ? {} : { right }),
    })),
    toDescribe: toDescribe(catalog),
    alike: alikeTables(catalog),
    ...(report ? { role: report.findings.map(({ what }) => what) } : {}),
  });
}

function countsOf(tried: readonly Tried[]): PilotCounts {
  const of = (decision: Decision) => tried.filter((one) => one.decision === decision);
  const share = (decision: Decision) => counted(of(decision).length, tried.length);
  const right = (decision: Decision) => {
    const judged = of(decision).filter((one) => one.right !== undefined);
    return counted(judged.filter((one) => one.right).length, judged.length);
  };
  const mean = (each: (one: Tried) => number) =>
    tried.reduce((sum, one) => sum + each(one), 0) / Math.max(1, tried.length);
  return {
    questions: tried.length,
    posted: share('post'),
    postedRight: right('post'),
    checked: share('check'),
    checkedRight: right('check'),
    asked: share('ask'),
    declined: share('decline'),
    secondsEach: mean(({ seconds }) => seconds),
    tokensEach: mean(({ tokens }) => tokens),
  };
}

const MOST_TO_DESCRIBE = 8;
const VALUES_SHOWN = 4;

/** Columns without a comment whose names are no words: cut short, numbered or a code. */
function toDescribe(catalog: DatabaseCatalog): PilotReport['toDescribe'] {
  return catalog.tables
    .flatMap((table) =>
      table.columns
        .filter(({ comment, title, name }) => !comment && !title && saysLittle(name))
        .map((column) => {
          const shown = mayShowExamples(column, table) ? column.values.slice(0, VALUES_SHOWN) : [];
          const holds = shown.length ? `holds ${listed(shown.map((one) => `“${one}”`))}` : `a ${column.kind}`;
          return { column: `${tableLabel(table, catalog.engine)}.${column.name}`, draft: holds };
        }),
    )
    .slice(0, MOST_TO_DESCRIBE);
}

const saysLittle = (name: string): boolean =>
  splitIdentifier(name).some(
    (word) => word.length > 1 && !/[aeiouy]/i.test(word) && !/^\d+$/.test(word) && !KNOWN.has(word),
  ) ||
  (/^[a-z]{1,2}\d*$/i.test(name) && name.toLowerCase() !== 'id');

/** Short for what everybody knows. */
const KNOWN = new Set([
  'pct',
  'qty',
  'url',
  'html',
  'http',
  'pdf',
  'kg',
  'km',
  'cm',
  'mm',
  'hr',
  'hrs',
  'nr',
  'st',
  'vs',
  'ts',
  'tv',
  'dvd',
  'cd',
]);

const LEAST_COLUMNS = 4;
const ALIKE = 0.8;
const MOST_ALIKE = 5;

/** Pairs of tables of which most columns have the same names: whoever asks may mean either. */
function alikeTables({ tables, engine }: DatabaseCatalog): PilotReport['alike'] {
  const names = new Map(tables.map((table) => [table, new Set(table.columns.map(({ name }) => name.toLowerCase()))]));
  const share = (one: Table, other: Table) => {
    const [a, b] = [names.get(one)!, names.get(other)!];
    const both = [...a].filter((name) => b.has(name)).length;
    return both / (a.size + b.size - both);
  };
  return tables
    .flatMap((one, at) =>
      one.columns.length < LEAST_COLUMNS
        ? []
        : tables
            .slice(at + 1)
            .filter((other) => share(one, other) >= ALIKE)
            .map((other) => [tableLabel(one, engine), tableLabel(other, engine)] as const),
    )
    .slice(0, MOST_ALIKE);
}
