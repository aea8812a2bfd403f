// Measures how answers come through new generations of the index, so it opens the service as several processes would.
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSchemaIndexes } from '#schemas-index/open-schema-indexes.ts';
import { partsOf } from '#src/compose.ts';
import { type Config, readConfig } from '#src/config/env.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { openQuerent, type Querent } from '#src/service/querent.ts';
import { embeddedVectors, needed, openCountedQdrant } from './parts.ts';

/**
 * Generations of one company: the same databases with other names of tables and columns, as many of each, so that the vectors of one
 * fit the catalogs of the other by their number and only their meaning is another.
 */
const GENERATIONS: readonly Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>[] = [
  {
    sales: { customers: ['name', 'city'], orders: ['customer_id', 'amount', 'ordered_on'] },
    fleet: { vehicles: ['plate', 'colour'], trips: ['vehicle_id', 'distance_km'] },
    people: { employees: ['surname', 'salary'], offices: ['street', 'floor'] },
  },
  {
    sales: { clients: ['label', 'town'], purchases: ['client_id', 'total', 'bought_on'] },
    fleet: { cars: ['registration', 'paint'], journeys: ['car_id', 'length_km'] },
    people: { staff: ['family_name', 'wage'], branches: ['road', 'storey'] },
  },
  {
    sales: { buyers: ['title', 'place'], deals: ['buyer_id', 'price', 'closed_on'] },
    fleet: { trucks: ['number_plate', 'shade'], rides: ['truck_id', 'mileage'] },
    people: { workers: ['last_name', 'pay'], sites: ['address', 'level'] },
  },
];

/** Asked of every generation, whose words it has or not. */
const QUESTIONS: readonly string[] = [
  'How many customers are there in each city?',
  'What is the total amount of orders by customer?',
  'Distance of all trips by vehicle',
  'Which employees have the highest salary?',
  'Purchases of each client by town',
  'How long were the journeys of every car?',
  'Wage of the staff by branch',
  'Price of the deals that each buyer closed',
  'Mileage of the rides by truck',
  'Pay of the workers at every site',
];

export interface SwapOptions {
  readonly swaps: number;
  /** Asked in all, about as many in each swap. */
  readonly questions: number;
  /** Processes that ask beside the one that publishes, every second one of which ends and starts anew over and over. */
  readonly readers: number;
  /** A Qdrant server that the index is shared through. */
  readonly qdrant?: NonNullable<Config['qdrant']>;
}

export interface SwapReport {
  readonly swaps: number;
  readonly questions: number;
  /** Answers that name tables of two generations, or of none. */
  readonly mixed: number;
  /** Answers that rank the tables of one generation otherwise than it does by itself. */
  readonly otherwise: number;
  readonly failed: number;
  /** What the failures and the wrong answers were, each once. */
  readonly said: readonly string[];
  /** Times that a process was started while generations followed each other. */
  readonly started: number;
  /** Processes that answer from the last generation once it is the last. */
  readonly takenUp: number;
  readonly processes: number;
  /** Searches on the server a question. */
  readonly roundTrips: number;
}

const never = new AbortController().signal;
/** Questions after which a process that does not stay is started anew. */
const ASKED_A_LIFE = 20;

/** Publishes one generation after the other while questions run, and looks at each answer. All is kept in an empty folder, `home`. */
export async function swapGenerations(
  home: string,
  { swaps, questions, readers, qdrant }: SwapOptions,
  onProgress: (done: number, total: number) => void,
): Promise<SwapReport> {
  const world = openWorld(home, qdrant);
  const publisher = world.start();
  const stopping = new AbortController();
  const running: Promise<unknown>[] = [];
  const tally = { asked: 0, mixed: 0, otherwise: 0, failed: 0, started: 0, said: new Set<string>() };
  try {
    await registerAll(publisher, home);
    const right = await answersAlone(publisher, home);
    let isOver = false;
    let swapped = 0;
    const judge = (text: string, found: Awaited<ReturnType<typeof ask>>) => {
      tally.asked += 1;
      const fault = faultOf(text, found, right);
      if (!fault) return;
      tally[fault.kind] += 1;
      tally.said.add(fault.says);
    };
    const isDone = () => stopping.signal.aborted || (isOver && tally.asked >= questions);
    const asks = async (process: Querent, from: number, most = Number.POSITIVE_INFINITY) => {
      for (let asked = 0; !isDone() && asked < most; ) {
        if (!isOver && tally.asked > ((swapped + 1) * questions) / swaps) await sleep(1);
        else {
          const text = QUESTIONS[(from + asked) % QUESTIONS.length] ?? '';
          judge(text, await ask(process, text));
          asked += 1;
        }
      }
    };
    const stays = Array.from({ length: readers }, (_, at) => (at % 2 ? undefined : world.start()));
    const asking = stays.map(async (process, at) => {
      if (process) return asks(process, at);
      while (!isDone()) {
        const young = world.start();
        tally.started += 1;
        await asks(young, at, ASKED_A_LIFE);
        await young.close();
      }
    });
    running.push(...asking, asks(publisher, readers));
    for (; swapped < swaps; swapped += 1) {
      await publish(publisher, home, swapped);
      while (tally.asked < (swapped * questions) / swaps) await sleep(1);
      onProgress(swapped + 1, swaps);
    }
    isOver = true;
    await Promise.all(running);
    const processes = [publisher, ...stays.flatMap((one) => one ?? [])];
    const last = (swaps - 1) % GENERATIONS.length;
    let takenUp = 0;
    for (const process of processes) {
      const found = await ask(process, QUESTIONS[0] ?? '');
      if (found.ok && generationsOf(found.value).every((one) => one === last)) takenUp += 1;
    }
    await Promise.all(stays.map((one) => one?.close()));
    const { asked, said, ...counted } = tally;
    return {
      swaps,
      questions: asked,
      ...counted,
      said: [...said].slice(0, MOST_SAID),
      takenUp,
      processes: processes.length,
      roundTrips: world.roundTrips() / asked,
    };
  } finally {
    stopping.abort();
    await Promise.allSettled(running);
    await publisher.close();
  }
}

const MOST_SAID = 10;

/** Opens the service as a process of its own would: nothing is shared with the others but the files and the server. */
function openWorld(home: string, qdrant: SwapOptions['qdrant']) {
  const config = readConfig({ QUERENT_HOME: home });
  const counters: (() => number)[] = [];
  const start = (): Querent => {
    const parts = partsOf(config, () => undefined);
    if (!qdrant) return openQuerent(parts);
    const { collection, roundTrips } = openCountedQdrant(qdrant);
    counters.push(roundTrips);
    const indexes = openSchemaIndexes({
      folder: config.indexFolder,
      retrieval: config.retrieval,
      embedder: parts.embedder,
      uncached: parts.embedder,
      vectors: embeddedVectors,
      collection,
      copy: qdrant.copy,
      retrySharedMs: 0,
      now: parts.clock.now,
      log: parts.log,
    });
    return openQuerent({ ...parts, indexes });
  };
  return { start, roundTrips: () => counters.reduce((sum, count) => sum + count(), 0) };
}

const fileOf = (home: string, id: string) => path.join(home, `${id}.sqlite`);

async function registerAll(querent: Querent, home: string): Promise<void> {
  remake(home, 0);
  for (const id of Object.keys(GENERATIONS[0] ?? {})) {
    const options = { acceptWarnings: ['all'], replace: false };
    needed(await querent.databases.register({ id, url: `sqlite:${fileOf(home, id)}` }, options, OPERATOR, never));
  }
}

/** Gives every database the tables of a generation, in one transaction each. */
function remake(home: string, generation: number): void {
  for (const [id, tables] of Object.entries(GENERATIONS[generation % GENERATIONS.length] ?? {})) {
    const database = new DatabaseSync(fileOf(home, id));
    const old = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const made = Object.entries(tables).map(
      ([table, columns]) => `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${columns.join(', ')});`,
    );
    database.exec(`BEGIN; ${old.map(({ name }) => `DROP TABLE ${name};`).join('')} ${made.join('')} COMMIT`);
    database.close();
  }
}

async function publish(querent: Querent, home: string, generation: number): Promise<void> {
  remake(home, generation);
  const built = needed(await querent.index.build({}, () => undefined, never));
  if (built.failures.length || built.warnings.length)
    throw new Error([...built.failures.map((one) => sayFailure(one)), ...built.warnings].join(' '));
}

const ask = (querent: Querent, text: string) =>
  querent.find({ text, asker: OPERATOR, place: { kind: 'terminal' } }, { limit: 15 }, never);

/** What each generation answers to each question while nothing else happens. */
async function answersAlone(querent: Querent, home: string): Promise<ReadonlyMap<string, SchemaSlice>> {
  const right = new Map<string, SchemaSlice>();
  for (const generation of GENERATIONS.keys()) {
    await publish(querent, home, generation);
    for (const text of QUESTIONS) right.set(keyOf(generation, text), needed(await ask(querent, text)));
  }
  return right;
}

const keyOf = (generation: number, text: string) => `${generation} ${text}`;

/** The generation of each table that an answer names; -1 for one that none has. */
const generationsOf = ({ tables }: SchemaSlice): readonly number[] =>
  tables.map(({ databaseId, table }) =>
    GENERATIONS.findIndex((one) => {
      const columns = one[databaseId]?.[table.name];
      return columns && JSON.stringify(['id', ...columns]) === JSON.stringify(table.columns.map(({ name }) => name));
    }),
  );

interface Fault {
  readonly kind: 'mixed' | 'otherwise' | 'failed';
  readonly says: string;
}

function faultOf(
  text: string,
  found: Awaited<ReturnType<typeof ask>>,
  right: ReadonlyMap<string, SchemaSlice>,
): Fault | undefined {
  if (!found.ok) return { kind: 'failed', says: sayFault(found.failure) };
  const of = [...new Set(generationsOf(found.value))];
  const [generation] = of;
  const names = namesIn(found.value);
  if (of.length !== 1 || generation === undefined || generation < 0)
    return { kind: 'mixed', says: `“${text}” names ${names.join(', ')}` };
  const alone = right.get(keyOf(generation, text));
  if (alone && isSame(found.value, alone)) return undefined;
  return { kind: 'otherwise', says: `“${text}” gives ${names.join(', ')} of generation ${generation}` };
}

const sayFault = (failure: Failure) => `${failure.kind}: ${sayFailure(failure)}`;

const namesIn = ({ tables }: SchemaSlice) => tables.map(({ databaseId, table }) => `${databaseId}.${table.name}`);

/** How far a probability may be off: a server rounds otherwise than the embedded index. */
const NEAR = 0.01;

/** Whether two answers name the same tables and databases in the same order, as sure. */
function isSame(one: SchemaSlice, other: SchemaSlice): boolean {
  const sameTables = JSON.stringify(namesIn(one)) === JSON.stringify(namesIn(other));
  const sure = ({ databases }: SchemaSlice) => databases.map(({ probability }) => probability);
  const ids = ({ databases }: SchemaSlice) => JSON.stringify(databases.map(({ databaseId }) => databaseId));
  const others = sure(other);
  return sameTables && ids(one) === ids(other) && sure(one).every((p, at) => Math.abs(p - (others[at] ?? 0)) < NEAR);
}
