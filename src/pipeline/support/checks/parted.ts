import { conjunctsOf } from '#src/sql/outline.ts';
import type { ConditionIr, SelectIr } from '#src/sql/query-ir.ts';
import { sourcesOf, sourcesRead } from '../mending/sources.ts';
import type { Subject } from './check.ts';

/** Conditions that tie tables to each other, and those that keep some of their rows. */
export function partedBy(select: SelectIr, { catalog }: Pick<Subject, 'catalog'>) {
  const sources = sourcesOf(select, catalog);
  const all = conjunctsOf(select.where);
  const isTie = (one: ConditionIr) =>
    one.kind === 'compare' && one.operator === '=' && sourcesRead(one, sources).size > 1;
  return { ties: all.filter(isTie), filters: all.filter((one) => !isTie(one)) };
}
