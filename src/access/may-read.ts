import { LRUCache } from 'lru-cache';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Turn } from '#src/domain/question.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, type Result } from '#src/domain/result.ts';
import { judge } from '#src/guard/judge.ts';
import type { ReaderViews } from './reader-views.ts';

/** A statement judged under what a reader may see: whatever they press, export or are shown goes through here. */
export async function judgedFor(views: ReaderViews, databaseId: DatabaseId, sql: string): Promise<Result<ReadOnlySql>> {
  const scope = views.scopeOf(databaseId);
  return scope ? judge(sql, scope.engine, scope) : fail({ kind: 'no-access', database: databaseId });
}

export type MayRead = (views: ReaderViews, databaseId: DatabaseId, sql: string) => Promise<boolean>;

const VERDICTS_KEPT = 5_000;

/** Whether a reader may see a query; verdicts on queries that are looked at again and again are kept. */
export function openMayRead(): MayRead {
  const verdicts = new LRUCache<string, boolean>({ max: VERDICTS_KEPT });
  return async (views, databaseId, sql) => {
    if (!views.scopeOf(databaseId)) return false;
    // A database that they may read whole has no query that they may not.
    if (!views.isPartial(databaseId)) return true;
    const key = `${views.digest}\n${databaseId}\n${sql}`;
    const known = verdicts.get(key) ?? (await judgedFor(views, databaseId, sql)).ok;
    verdicts.set(key, known);
    return known;
  };
}

/** Earlier turns of a thread may be other people's: what this reader may not see of them is left out. */
export async function turnsFor(views: ReaderViews, turns: readonly Turn[], mayRead: MayRead): Promise<Turn[]> {
  const shown: Turn[] = [];
  for (const turn of turns) {
    const { databaseId, sql } = turn;
    if (databaseId === undefined) shown.push(turn);
    else if (sql ? await mayRead(views, databaseId, sql) : views.readable.includes(databaseId)) shown.push(turn);
  }
  return shown;
}
