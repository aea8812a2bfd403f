import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { fail, ok } from '#src/domain/result.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { PRICE } from '../asking.ts';
import { type BenchDatabase, type DatabaseSource, sqliteSource } from '../data/databases.ts';
import type { BenchQuestion } from '../data/questions.ts';
import { storedCatalogs } from '../data/stored-catalogs.ts';
import { openRetriever } from '../parts.ts';
import { comparePicks, fitProbing, type ProbeCase, pickOf, probeCases, scorePicks } from '../probing.ts';
import { rounded } from '../statistics.ts';
import { atEnd, showProgress } from './program.ts';

/** Databases whose processes are kept warm; one a database would be more than a machine has memory for. */
const WARM = 16;

export interface ProbeInput {
  /** A folder of SQLite databases. */
  readonly folder: string;
  readonly schemas: readonly DatabaseCatalog[];
  readonly embedder: Embedder;
  readonly fittedOn: readonly BenchQuestion[];
  readonly questions: readonly BenchQuestion[];
}

/** Asking with and without probing, over the same index: the schemas, and what the folder's databases hold where they hold anything. */
export async function measureProbing({ folder, schemas, embedder, fittedOn, questions }: ProbeInput) {
  const source = sqliteSource(folder);
  atEnd(() => source.close());
  const { catalogs, holding } = await storedCatalogs(source, folder, schemas, (at) =>
    showProgress('read', at, schemas.length),
  );
  const filled = openedAgain(source, holding);
  const retriever = await openRetriever(catalogs, embedder);
  const ports = {
    database: async (id: string) => {
      const database = await filled(id);
      return database ? ok(database) : fail({ kind: 'unknown-database', name: id, known: [] } as const);
    },
    scopeOf: wholeScopes(retriever.catalogOf),
  };
  const casesOf = (asked: readonly BenchQuestion[], label: string) =>
    probeCases(retriever, ports, asked, (done) => showProgress(label, done, asked.length));
  const fitted = await casesOf(fittedOn, 'probed of calibration');
  const measured = await casesOf(questions, 'probed');
  const by = fitProbing(fitted);
  return {
    fit: { ...roundedAll(by.weights), ...roundedAll(by.calibration) },
    fitted: reportOf(fitted, by),
    measured: reportOf(measured, {}),
    costs: costsOf(measured),
  };
}

function reportOf(cases: readonly ProbeCase[], by: NonNullable<Parameters<typeof pickOf>[2]>) {
  const before = cases.map((one) => pickOf(one, PRICE));
  const after = cases.map((one) => pickOf(one, PRICE, by));
  const { top1 } = scorePicks(before, PRICE);
  return {
    n: cases.length,
    always: { precision: rounded(1 - top1), recall: 1, askedWhenRight: 1, cost: rounded(PRICE) },
    never: { recall: 0, askedWhenRight: 0, wrongUnasked: rounded(1 - top1), cost: rounded(1 - top1) },
    without: roundedAll(scorePicks(before, PRICE)),
    with: roundedAll(scorePicks(after, PRICE)),
    paired: comparePicks(before, after),
  };
}

function costsOf(cases: readonly ProbeCase[]) {
  const probed = cases.filter(({ probes }) => probes.length).sort((a, b) => a.ms - b.ms);
  const at = (share: number) => rounded(probed[Math.floor(share * (probed.length - 1))]?.ms ?? 0, 1);
  const queries = probed.reduce((sum, { probes }) => sum + probes.filter((one) => one.found).length, 0);
  return {
    probed: rounded(probed.length / Math.max(1, cases.length)),
    queries: rounded(queries / Math.max(1, probed.length), 2),
    ms: { p50: at(0.5), p95: at(0.95) },
  };
}

const roundedAll = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value as number)])) as {
    readonly [Name in keyof T]: number;
  };

/** The databases that hold rows; a few are kept open at once. */
function openedAgain(source: DatabaseSource, holding: ReadonlySet<string>) {
  const open = new Map<string, BenchDatabase>();
  atEnd(() => Promise.all([...open.values()].map((one) => one.close())));
  return async (id: string): Promise<Database | undefined> => {
    if (!holding.has(id)) return undefined;
    const known = open.get(id) ?? (await source.open(id));
    // The one used longest ago makes room; it opens itself anew if a statement is still to come.
    open.delete(id);
    open.set(id, known);
    const [oldest] = open;
    if (open.size > WARM && oldest) {
      open.delete(oldest[0]);
      await oldest[1].close();
    }
    return known.product;
  };
}
