import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { compareSpider } from '../compare.ts';
import { isOrdered } from '../comparisons.ts';
import { wholeCatalogOf } from '../execution-accuracy.ts';
import { mutants } from '../mutants.ts';
import { openSqlite } from '../parts.ts';
import type { GoldQuery } from './make-database.ts';

/** A mutant that joins all with all is given up; it counts as told apart from nothing. */
const LIMITS = { ...ANYWAY_LIMITS, timeoutMs: 2_000, maxRows: 100_000 };

export interface ToldApart {
  readonly mutants: number;
  readonly apart: number;
  /** Gold queries that have mutants, and of them those all of whose mutants are told apart. */
  readonly withMutants: number;
  readonly told: number;
}

/** How many of the gold queries' mutants give another result on a database than they. */
export async function tellApart(
  catalog: DatabaseCatalog,
  golds: readonly GoldQuery[],
  file: string,
): Promise<ToldApart> {
  const database = openSqlite({ id: catalog.databaseId, file, doubleQuotedText: true });
  const signal = new AbortController().signal;
  const run = async (sql: string) => {
    const judged = await judge(sql, catalog.engine, wholeCatalogOf(catalog), { doubleQuotedText: true });
    return judged.ok ? database.run(judged.value, LIMITS, signal) : undefined;
  };
  const found = { mutants: 0, apart: 0, withMutants: 0, told: 0 };
  for (const { sql } of golds) {
    const gold = await run(sql);
    if (!gold?.ok) continue;
    let [made, apart] = [0, 0];
    for (const mutant of mutants(sql, catalog)) {
      const ran = await run(mutant.sql);
      if (!ran || (!ran.ok && ran.failure.kind !== 'query-timed-out')) continue;
      made += 1;
      if (ran.ok && !compareSpider(gold.value, ran.value, isOrdered(sql)).equal) apart += 1;
    }
    found.mutants += made;
    found.apart += apart;
    found.withMutants += made ? 1 : 0;
    found.told += made > 0 && made === apart ? 1 : 0;
  }
  await database.close();
  return found;
}
