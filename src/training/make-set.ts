import path from 'node:path';
import type { Engine } from '#src/domain/catalog.ts';
import { type SchemaFingerprint, schemaFingerprint } from '#src/domain/schema-fingerprint.ts';
import { EVERY_PIPELINE, type PromptStyle } from '#src/pipeline/settings.ts';
import type { CountTokens } from '#src/ports/chat-model.ts';
import { type Apart, saidIn } from './apart.ts';
import type { TaughtDatabase } from './at-hand.ts';
import { type CardApart, type CardSource, cardText, countOf, type DataCard, databasesOf } from './data-card.ts';
import type { ExportFiles } from './export-files.ts';
import { datasetInfo, type Format, lineOf } from './format.ts';
import type { Lesson, Preference, Task } from './lesson.ts';
import { openTeaching, type Source, type Taught, type Teaching, teach } from './teach.ts';

export interface SetOptions {
  readonly tasks: readonly Task[];
  readonly format: Format;
  readonly style: PromptStyle;
  readonly engine: Engine;
  readonly seed: number;
  /** Further lines of a pair with its schema shown otherwise. */
  readonly augment: number;
  /** Whether rows that may name people stand in the lines. */
  readonly personal: boolean;
  /** Whether steps that no model wrote are among the sources. */
  readonly oracle: boolean;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly every: number;
  readonly limit: number | undefined;
  readonly licenceOf: (name: string) => string | null;
  /** Of the program that makes them. */
  readonly commit: string;
}

/** All that is taught, question by question, and where it comes from. */
export interface Gathered {
  readonly sources: readonly Source[];
  readonly files: readonly CardSource[];
  /** Pairs that are none of the sources, by why. */
  readonly leftOut: readonly string[];
  /** Questions of pools that no pair says the query of. */
  readonly poolsLeftOut: number;
}

/** What is measured with, and where it is from. */
export interface KeptApart {
  readonly apart: Apart;
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
}

/** The databases that the pairs are of, opened one after the other. */
export interface TaughtDatabases {
  /** Undefined where there is none of that name. */
  open(id: string): Promise<(TaughtDatabase & { close(): Promise<unknown> }) | undefined>;
}

export interface SetPorts {
  readonly databases: TaughtDatabases;
  readonly files: ExportFiles;
  readonly countTokens: CountTokens;
}

/** What is told while it is made. */
export interface OnSet {
  readonly onQuestion: (done: number, all: number) => void;
  readonly complain: (sentence: string) => void;
}

/**
 * Makes the lines of all questions and puts their files in place, with the card; what is asked of a database is asked one after the
 * other.
 *
 * @returns undefined where the signal aborted it: nothing is in place then.
 */
export async function makeSet(
  gathered: Gathered,
  kept: KeptApart,
  options: SetOptions,
  ports: SetPorts,
  on: OnSet,
  signal?: AbortSignal,
): Promise<DataCard | undefined> {
  const { tasks, format, style, seed, augment, personal, today } = options;
  const { databases, files, countTokens } = ports;
  const sources = gathered.sources.filter((_, at) => at % options.every === 0).slice(0, options.limit);
  const settings = { pipeline: { ...EVERY_PIPELINE, style }, seed, personal, today, countTokens };
  const teaching = openTeaching({ tasks: new Set(tasks), settings, augment, hints: hintsOf(sources) });
  const came = await teachAll(sources, databases, { teaching, apart: kept.apart, files, format, signal, ...on });
  if (signal?.aborted) return undefined;
  const card = cardOf(options, { gathered, sources, came, kept, files });
  files.finish({
    'card.json': `${JSON.stringify(card, null, 2)}\n`,
    'README.md': cardText(card),
    ...(format === 'llama-factory'
      ? {
          'dataset_info.json': `${JSON.stringify(datasetInfo(tasks.filter((task) => card.tasks[task]?.lines)), null, 2)}\n`,
        }
      : {}),
  });
  return card;
}

const hintsOf = (sources: readonly Source[]): Teaching['hints'] => {
  const told = sources.filter(({ pair }) => pair.evidence.trim());
  const byDatabase = Map.groupBy(told, ({ pair }) => pair.databaseId);
  return new Map([...byDatabase].map(([id, own]) => [id, [...new Set(own.map(({ pair }) => pair.evidence.trim()))]]));
};

interface Came {
  readonly taken: readonly Source[];
  /** Pairs of which there is no line, by why. */
  readonly leftOut: string[];
  readonly schemas: ReadonlyMap<string, SchemaFingerprint>;
  readonly pairsApart: number;
  readonly linesRead: number;
  readonly linesApart: number;
}

interface Making extends OnSet {
  readonly teaching: Teaching;
  readonly apart: Apart;
  readonly files: ExportFiles;
  readonly format: Format;
  readonly signal: AbortSignal | undefined;
}

/** Database by database, so that one is open at a time. */
async function teachAll(sources: readonly Source[], databases: TaughtDatabases, making: Making): Promise<Came> {
  const came = { taken: [] as Source[], leftOut: [] as string[], schemas: new Map<string, SchemaFingerprint>() };
  const counted = { pairsApart: 0, linesRead: 0, linesApart: 0 };
  let done = 0;
  for (const [id, own] of byDatabase(sources)) {
    const place = await databases.open(id);
    if (place) came.schemas.set(id, schemaFingerprint(place.catalog));
    else making.complain(`There is no database ${id}: nothing is taught of its ${own.length} questions.`);
    for (const source of own) {
      if (making.signal?.aborted) break;
      done += 1;
      making.onQuestion(done, sources.length);
      const { question, sql } = source.pair;
      const measured = making.apart.of({ questions: [question], queries: [sql] });
      if (measured) {
        counted.pairsApart += 1;
        came.leftOut.push(`its ${measured} is measured with`);
        continue;
      }
      const { taught, why } = place
        ? await teach(source, place, making.teaching)
        : { taught: [], why: 'there is no such database' };
      if (why === undefined) came.taken.push(source);
      else came.leftOut.push(why);
      for (const one of taught) {
        if (one.made.kind !== 'left out') counted.linesRead += 1;
        if (!keep(one, source, making)) counted.linesApart += 1;
      }
    }
    await place?.close();
  }
  return { ...came, ...counted };
}

const byDatabase = (sources: readonly Source[]) =>
  [...Map.groupBy(sources, ({ pair }) => pair.databaseId)].sort(([a], [b]) => (a < b ? -1 : 1));

/** Writes a line, or counts why there is none. False where it holds what is measured with, and is not written. */
function keep({ task, made }: Taught, { pair }: Source, { apart, files, format }: Making): boolean {
  if (made.kind === 'left out') {
    files.leaveOut(task, made.why);
    return true;
  }
  const measured = textsOf(made).map(saidIn).map(apart.of).find(Boolean);
  if (measured) {
    files.leaveOut(task, `it holds a ${measured} that is measured with`);
    return false;
  }
  const { id, databaseId } = pair;
  files.add(task, lineOf({ task, id, databaseId }, made, format), made.kind === 'answer' ? made.notes : undefined);
  return true;
}

const textsOf = (made: Lesson | Preference): readonly string[] => [
  ...made.messages.map(({ content }) => content),
  ...(made.kind === 'answer' ? [made.answer] : [made.before, made.chosen.text, made.rejected.text]),
];

interface ForCard {
  readonly gathered: Gathered;
  readonly sources: readonly Source[];
  readonly came: Came;
  readonly kept: KeptApart;
  readonly files: ExportFiles;
}

function cardOf(options: SetOptions, { gathered, sources, came, kept, files }: ForCard): DataCard {
  const { format, seed, style, engine, augment, personal, oracle, every, limit, commit } = options;
  const pairs = came.taken.map(({ pair }) => pair);
  const databases = databasesOf(pairs, came.schemas, options.licenceOf);
  const keptApart: CardApart = {
    files: kept.files.map(({ file, sha256 }) => ({ file: path.basename(file), sha256 })),
    questions: kept.apart.questions,
    queries: kept.apart.queries,
    pairsLeftOut: came.pairsApart,
    linesRead: came.linesRead,
    linesLeftOut: came.linesApart,
  };
  const withoutPair = gathered.poolsLeftOut
    ? { 'candidates of a question that is no pair': gathered.poolsLeftOut }
    : {};
  return {
    version: 1,
    at: new Date().toISOString(),
    commit,
    format,
    settings: {
      seed,
      style: style.name,
      pipeline: EVERY_PIPELINE.name,
      engine,
      today: options.today,
      augment,
      personal,
      oracle,
      every,
      limit: limit ?? null,
    },
    sources: gathered.files,
    databases,
    explored: databases.filter(({ explored }) => explored).map(({ id }) => id),
    pairs: {
      read: sources.length + gathered.leftOut.length,
      taken: pairs.length,
      leftOut: { ...countOf([...gathered.leftOut, ...came.leftOut]), ...withoutPair },
    },
    apart: keptApart,
    tasks: files.tasks(),
  };
}
