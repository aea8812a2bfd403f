import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { type ConditionIr, EMPTY_SELECT, type ExpressionIr, type SelectIr } from '#src/sql/query-ir.ts';
import type { Edge } from './db-graph.ts';
import type { Having } from './frame.ts';
import { NameWriter } from './write-names.ts';

/** The condition of a bound on each group, by its measure. */
export function heldTo(
  having: Having,
  measure: ExpressionIr,
  main: Table,
  edges: readonly Edge[],
  catalog: DatabaseCatalog,
): ConditionIr {
  const low = boundOf(having, main, edges, catalog);
  const { bound, operator } = having;
  if (bound.kind !== 'number' || bound.high === undefined)
    return { kind: 'compare', operator, left: measure, right: low };
  const high: ExpressionIr = { kind: 'number', text: String(bound.high) };
  return { kind: 'between', negated: false, value: measure, low, high };
}

/** What each group is held against: a number, or the same measure over all rows or over the one group named. */
function boundOf(
  { measure, bound }: Having,
  main: Table,
  edges: readonly Edge[],
  catalog: DatabaseCatalog,
): ExpressionIr {
  if (bound.kind === 'number') return { kind: 'number', text: String(bound.value) };
  const grouped = bound.kind === 'group';
  const own = measure.kind === 'aggregate' && !grouped ? measure.ref.table : main;
  const inner = new NameWriter(own, grouped && edges.length > 0, catalog.engine);
  const query: SelectIr = {
    ...EMPTY_SELECT,
    items: [{ expression: inner.measure(measure) }],
    from: inner.source(own),
    joins: grouped ? edges.map((edge) => inner.join(edge)) : [],
    where: grouped ? inner.filter({ kind: 'compare', ref: bound.ref, operator: '=', value: bound.value }) : undefined,
  };
  return { kind: 'query', query };
}
