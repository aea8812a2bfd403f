import path from 'node:path';
import type { Engine } from '#src/domain/catalog.ts';
import { type CardSource, countOf } from '#src/training/data-card.ts';
import type { GoldPair } from '#src/training/lesson.ts';
import type { Gathered } from '#src/training/make-set.ts';
import type { CandidatePool } from '#src/training/pool.ts';
import type { StepChoice, Trajectory } from '#src/training/tasks/steps.ts';
import type { Source } from '#src/training/teach.ts';
import { type ReadSource, readPairs, readPools, readSearch } from '../data/training-sources.ts';

export interface SourceFiles {
  readonly pairs: readonly string[];
  /** Eval runs. */
  readonly candidates: readonly string[];
  /** Folders of learnat:search. */
  readonly learnat: readonly string[];
  readonly oracle: boolean;
  readonly engine: Engine;
  readonly licenceOf: (name: string) => string | null;
}

export function gatherSources({ pairs, candidates, learnat, oracle, engine, licenceOf }: SourceFiles): Gathered {
  const files: CardSource[] = [];
  const take = <T>(holds: CardSource['holds'], read: ReadSource<T>): readonly T[] => {
    const file = path.basename(read.file);
    const { sha256, lines, unread } = read;
    files.push({ file, holds, sha256, lines, unread: countOf(unread), licence: licenceOf(file) });
    return read.records;
  };
  const all = pairs.flatMap((file) => take('pairs', readPairs(file, engine)));
  const once = new Map<string, GoldPair>();
  for (const pair of all) if (!once.has(sameAs(pair))) once.set(sameAs(pair), pair);
  const pools = candidates.flatMap((file) => take('candidates', readPools(file)));
  const searches = learnat.map((folder) => readSearch(folder, oracle));
  const trajectories = searches.flatMap((one) => take('steps', one.trajectories));
  const choices = searches.flatMap((one) => take('steps', one.choices));

  const made = new Map<string, Made>();
  const of = (pair: GoldPair, isPair: boolean): Made => {
    const known = made.get(sameAs(pair));
    if (known) return known;
    const one: Made = { pair, isPair, pools: [], trajectories: [], choices: [] };
    made.set(sameAs(pair), one);
    return one;
  };
  for (const pair of once.values()) of(pair, true);
  for (const { pair, says } of trajectories) of(pair, false).trajectories.push(says);
  for (const { pair, says } of choices) of(pair, false).choices.push(says);
  const byId = Map.groupBy([...made.values()], ({ pair }) => pair.id);
  let poolsLeftOut = 0;
  for (const pool of pools.filter((one) => one.candidates.length)) {
    const asked = byId.get(pool.id)?.find(({ isPair }) => isPair);
    if (asked) asked.pools.push(pool);
    else poolsLeftOut += 1;
  }
  const leftOut = Array.from({ length: all.length - once.size }, () => 'it is there twice');
  return { sources: [...made.values()], files, leftOut, poolsLeftOut };
}

interface Made extends Source {
  readonly pools: CandidatePool[];
  readonly trajectories: Trajectory[];
  readonly choices: StepChoice[];
}

const sameAs = ({ databaseId, question, sql }: GoldPair) => [databaseId, question.trim(), sql.trim()].join('\u0001');
