import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { visit } from '#src/sql/query-ir.ts';
import { type ColumnGraph, columnKey, type GraphJoin } from './column-graph.ts';
import type { Draft } from './draft.ts';
import type { Exploration } from './exploration.ts';
import type { Random } from './random.ts';
import { type SubSchema, sampleSchema, sampleSize } from './sample-schema.ts';
import { structural } from './structural.ts';

/** Draws that try to use what has been used least, before one that does not is taken. */
const TRIES = 5;

/** Of parts of a database so many are a join with what is around it: a walk seldom leaves a table, where people often do. */
const AROUND_JOINS = 0.3;

/**
 * A query with its question over a part of the database: one that begins at what was used least (a join that no pair has yet, else a
 * column), or a join and what is around it. None where no shape fits.
 */
export function drawDraft({ graph, seen, random, skeletons }: Exploration): Draft | undefined {
  const written = (skeleton: string) => skeletons.get(skeleton) ?? 0;
  const unused = random.chance(0.5) ? seen.unusedJoin(random) : undefined;
  const join = unused ?? (random.chance(AROUND_JOINS) ? drawJoin(graph, random) : undefined);
  const walk = random.chance(0.5) ? 'random' : 'weighted';
  const sub = join
    ? aroundJoin(graph, join, random)
    : sampleSchema(graph, { walk, ...sampleSize(random), sampled: seen.times }, random);
  if (!sub) return undefined;
  const wanted = unused
    ? [unused.from.name, unused.to.name, unused.pairs[0]![0].name]
    : [leastUsed(sub, seen.times).column.name];
  let draft: Draft | undefined;
  for (let tried = 0; tried < TRIES; tried += 1) {
    draft = structural(sub, graph, random, written) ?? draft;
    const names = draft && namesIn(draft);
    if (wanted.every((name) => names?.has(name))) return draft;
  }
  return draft;
}

/** The column that a walk began at, or, of what is around a join, the one that was used least. */
function leastUsed({ start, columns }: SubSchema, times: ReadonlyMap<string, number>): ColumnOf {
  const used = (one: ColumnOf) => times.get(columnKey(one)) ?? 0;
  return columns.reduce((least, one) => (used(one) < used(least) ? one : least), start);
}

function namesIn({ query }: Draft): ReadonlySet<string> {
  const names = new Set<string>();
  visit(query, (node) => {
    if (node.name !== undefined) names.add(node.name);
  });
  return names;
}

/** A join, by how often its ends are used together. */
function drawJoin({ joins, together }: ColumnGraph, random: Random): GraphJoin | undefined {
  const weightOf = ({ from, to, pairs }: GraphJoin) =>
    pairs.reduce((sum, [own, other]) => sum + together({ table: from, column: own }, { table: to, column: other }), 1);
  return joins.length ? random.weighted(joins, weightOf) : undefined;
}

const COLUMNS_AROUND = 6;
const MOST_AROUND = 3;

/** Both tables of a join, and often others that their rows lead to, with a few columns of each. */
function aroundJoin(graph: ColumnGraph, join: GraphJoin, random: Random): SubSchema {
  const joins = [join];
  while (joins.length < MOST_AROUND && random.chance(0.5)) {
    const reached = new Set(joins.flatMap(({ from, to }) => [from, to]));
    const further = graph.joins.filter((one) => reached.has(one.from) && !joins.includes(one));
    if (!further.length) break;
    joins.push(random.pick(further));
  }
  const tables = [...new Set(joins.flatMap(({ from, to }) => [from, to]))];
  const drawn = tables.flatMap((table) => {
    const all = graph.columnsOf.get(table) ?? [];
    const keys = all.filter(({ column }) => table.primaryKey.includes(column.name));
    return [...keys, ...random.some(all, COLUMNS_AROUND)];
  });
  const columns = [...new Map(drawn.map((one) => [columnKey(one), one])).values()];
  const start: ColumnOf = { table: join.from, column: join.pairs[0]![0] };
  return { tables, joins, columns, start };
}
