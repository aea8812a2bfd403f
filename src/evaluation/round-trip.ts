import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { isMend } from '#src/edl/mend.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { holdsVerbatim } from '#src/sql/reader/parse-sql.ts';
import { bytecode, emptyDatabase } from './bytecode.ts';
import { compareSpider } from './compare.ts';
import { isOrdered } from './comparisons.ts';
import { rowsOf } from './suite/make-suite.ts';
import { seededDatabase } from './suite/seeded-rows.ts';

export interface RoundTrip {
  readonly explained: boolean;
  readonly certified: boolean;
  readonly verbatim: boolean;
  /** The statement that compile(explain(sql)) gives; absent when one of the two fails. */
  readonly recompiled?: string;
  readonly query?: QueryIr;
  /** Why there is no recompiled statement. */
  readonly trouble?: string;
  readonly explainMs: number;
  readonly compileMs: number;
}

/** Explains a statement and compiles its explanation again. */
export function roundTrip(sql: string, catalog: DatabaseCatalog): RoundTrip {
  const started = performance.now();
  const explained = explain(sql, catalog.engine, catalog);
  const explainMs = performance.now() - started;
  if (!explained.ok) {
    const trouble = explained.problems[0]!.message;
    return { explained: false, certified: false, verbatim: false, trouble, explainMs, compileMs: 0 };
  }
  const { text, certificate, query } = explained.value;
  const between = performance.now();
  const compiled = compile(text, { engine: catalog.engine, catalog });
  const compileMs = performance.now() - between;
  const base = {
    explained: true,
    certified: certificate.complete,
    verbatim: holdsVerbatim(query),
    query,
    explainMs,
    compileMs,
  };
  if (!compiled.ok) return { ...base, trouble: compiled.problems[0]!.message };
  const mend = compiled.warnings.find(isMend); // what explain writes is canonical: nothing of it is mended
  if (mend) return { ...base, trouble: mend.message };
  return { ...base, recompiled: compiled.value.sql };
}

export type RoundTripVerdict = 'same-rows' | 'same-bytecode' | 'same-seeded' | 'different' | 'undecided';

const SEEDS = [1, 2, 3];

/**
 * Whether two SQLite statements are the same without data: equal bytecode on the empty schema, else equal rows on three
 * seeded row sets of which one at least gives rows. Undefined when the first does not compile: a gold query that fails.
 */
export function judgeWithoutData(
  sql: string,
  again: string,
  query: QueryIr,
  catalog: DatabaseCatalog,
): Exclude<RoundTripVerdict, 'same-rows'> | undefined {
  const empty = emptyCatalogs.get(catalog) ?? emptyDatabase(catalog, true);
  emptyCatalogs.set(catalog, empty);
  const first = bytecode(empty, sql);
  if (first === undefined) return undefined;
  if (first === bytecode(empty, again)) return 'same-bytecode';
  let rows = false;
  for (const seed of SEEDS) {
    const database = seededDatabase(catalog, query, { seed });
    const [left, right] = [rowsOf(database, sql), rowsOf(database, again)];
    database.close();
    if (!left) return 'undecided';
    if (!right || !compareSpider(left, right, isOrdered(sql)).equal) return 'different';
    rows ||= left.rows.length > 0;
  }
  return rows ? 'same-seeded' : 'undecided';
}

const emptyCatalogs = new WeakMap<DatabaseCatalog, DatabaseSync>();
