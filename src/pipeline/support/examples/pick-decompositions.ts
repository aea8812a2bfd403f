import type { Engine } from '#src/domain/catalog.ts';
import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import { treeSimilarity } from '#src/sql/distance.ts';
import { type QueryIr, rewrite, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { type DecompositionStep, decomposeQuery } from './decompose-query.ts';
import { standing } from './pick-examples.ts';
import { keywordOverlap, sqlSkeleton } from './sql-skeleton.ts';

export interface DecomposedExample {
  readonly example: Example;
  readonly steps: readonly DecompositionStep[];
}

const LOOKED_AT = 40;
const NEAR_ENOUGH = 0.45;

/**
 * Adaptive demonstrations (LearNAT's ADR; sources.md#demonstrations): decomposed examples whose query is shaped like a draft of the
 * answer, 0.5 of the likeness of the syntax trees, 0.3 of the masked questions, 0.2 of the clauses; from none for a draft on one table to
 * three for a nested one. Without a draft that can be read, the questions alone decide. Those of the database that is asked go first.
 */
export async function pickDecompositions(
  input: {
    readonly masked: string;
    readonly draft?: string;
    readonly engine: Engine;
    readonly readable: readonly string[];
    /** The database that is asked. */
    readonly databaseId: string;
  },
  bank: ExampleBank,
  signal: AbortSignal,
): Promise<readonly DecomposedExample[]> {
  const shape = input.draft === undefined ? undefined : withoutNames(input.draft, input.engine);
  const wanted = shape ? demonstrationsFor(shape) : 2;
  if (wanted === 0) return [];
  const { masked, readable, databaseId } = input;
  const near = await bank.near({ masked, limit: LOOKED_AT, readable }, signal);
  const explored = (await bank.explored?.({ masked, limit: LOOKED_AT, databaseId }, signal)) ?? [];
  const scored = [...near, ...explored]
    .map(({ example, similarity }) => ({ example, score: score(example, similarity, input.draft, shape) }))
    .filter((one) => one.score >= NEAR_ENOUGH)
    .sort((a, b) => standing(b.example, databaseId) - standing(a.example, databaseId) || b.score - a.score);
  const skeletons = new Set<string>();
  const picked: DecomposedExample[] = [];
  for (const { example } of scored) {
    const skeleton = sqlSkeleton(example.sql);
    if (skeletons.has(skeleton)) continue;
    const steps = decomposeQuery(example.sql, example.engine);
    if (steps.length < 2) continue;
    skeletons.add(skeleton);
    picked.push({ example, steps });
    if (picked.length === wanted) break;
  }
  return picked.reverse();
}

/** A query without names and values, which is what is compared. */
function withoutNames(sql: string, engine: Engine): QueryIr | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  return rewrite(parsed.value, {
    source: (node) => (node.kind === 'table' ? { kind: 'table', name: 't' } : node),
    expression(node) {
      if (node.kind === 'column') return { kind: 'column', name: 'c' };
      return node.kind === 'text' || node.kind === 'number' ? { kind: 'text', value: 'v' } : node;
    },
  });
}

function demonstrationsFor(shape: QueryIr): number {
  let tables = 0;
  let queries = 0;
  visit(shape, (node) => {
    if (node.kind === 'table') tables += 1;
    if (node.kind === 'select') queries += 1;
  });
  if (queries > 1) return 3;
  return tables > 2 ? 2 : tables > 1 ? 1 : 0;
}

function score(example: Example, similarity: number, draft: string | undefined, shape: QueryIr | undefined): number {
  const own = shape && withoutNames(example.sql, example.engine);
  if (!shape || !own || draft === undefined) return similarity;
  return 0.5 * treeSimilarity(shape, own) + 0.3 * similarity + 0.2 * keywordOverlap(example.sql, draft);
}
