import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ANSWER_LIMITS, type StatementLimits } from '#src/domain/result-table.ts';
import { type StatementVerdict, tryStatement } from '#src/evaluation/safety/try-statement.ts';
import { judge } from '#src/guard/judge.ts';
import type { AccessView } from '#src/guard/scope.ts';
import { type AttackEngine, attacksOn } from './attacks.ts';
import { POLICY } from './fixture.ts';
import { mutations, randomStrings } from './fuzz.ts';
import { harmlessOn } from './harmless.ts';
import type { Scratch } from './scratch.ts';

/** One corpus on one engine, and what came of it. */
export interface CorpusResult {
  readonly tried: number;
  /** Attacks of which a byte reached the engine, outside the class `resource`. */
  readonly sent: readonly string[];
  /** Attacks of the class `resource` that went on to the engine, and how each ended. */
  readonly resources: readonly { readonly sql: string; readonly verdict: StatementVerdict }[];
  readonly harmless: number;
  readonly refused: readonly string[];
  /** Milliseconds of each verdict of the gate alone. */
  readonly times: readonly number[];
}

export interface Case {
  readonly class: string;
  readonly sql: string;
}

export interface Corpus {
  readonly view: AccessView;
  readonly script?: string;
  readonly attacks: readonly Case[];
  readonly harmless: readonly string[];
}

export function ownCorpus(engine: AttackEngine): Corpus {
  return { view: POLICY, attacks: attacksOn(engine), harmless: harmlessOn(engine) };
}

const folder = path.join(process.env.QUERENT_BENCH ?? '../shared/bench', 'safety');

/** The set that ships with the benchmark; undefined where there is none. */
export function visibleCorpus(engine: AttackEngine): Corpus | undefined {
  if (!existsSync(folder)) return undefined;
  const read = (file: string) =>
    readFileSync(path.join(folder, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case);
  return {
    view: {
      tables: ['accounts', 'invoices', 'staff'],
      hiddenColumns: { staff: ['wage'] },
      userFunctions: [],
    },
    script: readFileSync(path.join(folder, 'fixture.sql'), 'utf8'),
    attacks: read(`${engine}.jsonl`),
    harmless: read('benign.jsonl').map(({ sql }) => sql),
  };
}

/** Statements that end by themselves are not waited for longer than this. */
export const CAMPAIGN_LIMITS: StatementLimits = { ...ANSWER_LIMITS, timeoutMs: 2_000 };

export async function runCorpus(corpus: Corpus, scratch: Scratch): Promise<CorpusResult> {
  const { engine, scope, database } = scratch;
  const sent: string[] = [];
  const resources: { sql: string; verdict: StatementVerdict }[] = [];
  const refused: string[] = [];
  const times: number[] = [];
  const timed = async (sql: string) => {
    const started = performance.now();
    await judge(sql, engine, scope);
    times.push(performance.now() - started);
  };
  // The thread is started, and knows the scope, before anything is timed.
  await judge('SELECT 1', engine, scope);
  for (const { class: name, sql } of corpus.attacks) {
    await timed(sql);
    const verdict = await tryStatement(sql, { engine, scope, database, limits: CAMPAIGN_LIMITS });
    if (!verdict.sent) continue;
    if (name === 'resource') resources.push({ sql, verdict });
    else sent.push(`${name}: ${sql}`);
  }
  for (const sql of corpus.harmless) {
    await timed(sql);
    const verdict = await tryStatement(sql, { engine, scope, database, limits: CAMPAIGN_LIMITS });
    if (verdict.verdict !== 'allow') refused.push(`${verdict.stage} ${verdict.code}: ${sql}`);
  }
  return { tried: corpus.attacks.length, sent, resources, harmless: corpus.harmless.length, refused, times };
}

export interface Fuzzed {
  readonly tried: number;
  readonly allowed: number;
  /** Statements that the engine says read more than the gate saw. */
  readonly differing: readonly string[];
  readonly slowestMs: number;
}

/** Mutated statements and random strings through the gate; what it lets through is compared with what the engine sees. */
export async function fuzz(corpus: Corpus, scratch: Scratch, count: number): Promise<Fuzzed> {
  const seeds = [...corpus.attacks.map(({ sql }) => sql), ...corpus.harmless, ...corpus.harmless].filter(
    (sql) => sql.length < 2_000,
  );
  const differing: string[] = [];
  let tried = 0;
  let allowed = 0;
  let slowestMs = 0;
  for (const source of [mutations(seeds, count, 6), randomStrings(count, 7)]) {
    for (const sql of source) {
      tried += 1;
      const started = performance.now();
      const judged = await judge(sql, scratch.engine, scratch.scope);
      slowestMs = Math.max(slowestMs, performance.now() - started);
      if (!judged.ok) continue;
      allowed += 1;
      const seen = new Set(
        judged.value.tables.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)),
      );
      const real = await scratch.recorder(sql);
      // A view is read as itself by the gate and as its tables by the engine.
      const views = new Set(['public.people', 'people']);
      const viaView = [...seen].some((name) => /(?:people_public|city_sizes)$/.test(name));
      const more = (real ?? []).filter((name) => !seen.has(name) && !(viaView && views.has(name)));
      if (more.length) differing.push(`${sql}\n  gate ${[...seen]}\n  engine ${real}`);
    }
  }
  return { tried, allowed, differing, slowestMs };
}
