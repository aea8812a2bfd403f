import type { EdlColumn } from '#src/domain/edl.ts';
import { type QueryIr, type Span, visit } from '#src/sql/query-ir.ts';

/** What a step stands for in the statement: its part of the text, the columns and the tables that it uses. */
export interface StepFragment {
  readonly sql: string;
  readonly columns: readonly EdlColumn[];
  readonly tables: readonly string[];
}

interface FragmentParts {
  readonly spans: Span[];
  readonly columns: Map<string, EdlColumn>;
  readonly tables: Set<string>;
}

/** The fragments of all steps, from the step that says each node. */
export function fragments(
  sql: string,
  query: QueryIr,
  saidBy: ReadonlyMap<object, number>,
  limits: ReadonlyMap<object, number>,
): ReadonlyMap<number, StepFragment> {
  const parts = new Map<number, FragmentParts>();
  const partsOf = (step: number) => {
    const known: FragmentParts = parts.get(step) ?? { spans: [], columns: new Map(), tables: new Set() };
    parts.set(step, known);
    return known;
  };
  visit(query, (node) => {
    const limit = limits.get(node);
    if (limit !== undefined && node.limitSpan) partsOf(limit).spans.push(node.limitSpan);
    const step = saidBy.get(node);
    if (step === undefined) return;
    const part = partsOf(step);
    // A SELECT is said by its last step, but its text is that of all its steps.
    if (node.span && node.kind !== 'select' && node.kind !== 'set-operation') part.spans.push(node.span);
    if (node.kind === 'column' && node.resolved !== undefined) {
      part.columns.set(`${node.resolved}.${node.name}`, { table: node.resolved, name: node.name });
    }
    if (node.kind === 'table') {
      part.tables.add(node.schema === undefined ? node.name : `${node.schema}.${node.name}`);
    }
  });
  return new Map(
    [...parts].map(([step, { spans, columns, tables }]) => [
      step,
      { sql: textOf(sql, spans), columns: [...columns.values()], tables: [...tables] },
    ]),
  );
}

/** The text under the spans; what lies between neighbours is kept when it is short. */
function textOf(sql: string, spans: readonly Span[]): string {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    const between = last && sql.slice(last.end, start);
    if (last && (start <= last.end || /^[\s,()]*$/.test(between ?? ''))) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged.map(({ start, end }) => sql.slice(start, end).trim()).join(' … ');
}
