import type { EdlColumn } from '#src/domain/edl.ts';
import { type QueryIr, type Span, visit } from '#src/sql/query-ir.ts';

/** What a step stands for in the statement: its part of the text, the columns and the tables that it uses. */
export interface StepFragment {
  readonly sql: string;
  readonly columns: readonly EdlColumn[];
  readonly tables: readonly string[];
}

/** The fragments of all steps, from the step that says each node. */
export function fragments(
  sql: string,
  query: QueryIr,
  saidBy: ReadonlyMap<object, number>,
  limits: ReadonlyMap<object, number>,
): ReadonlyMap<number, StepFragment> {
  const parts = new Map<number, { spans: Span[]; columns: Map<string, EdlColumn>; tables: Set<string> }>();
  const partsOf = (step: number) => {
    const known = parts.get(step) ?? {
      spans: [] as Span[],
      columns: new Map<string, EdlColumn>(),
      tables: new Set<string>(),
    };
    parts.set(step, known);
    return known;
  };
  visit(query, (node) => {
    const limit = limits.get(node);
    const { limitSpan } = node as { limitSpan?: Span };
    if (limit !== undefined && limitSpan) partsOf(limit).spans.push(limitSpan);
    const step = saidBy.get(node);
    if (step === undefined) return;
    const part = partsOf(step);
    const { kind, span } = node as { kind?: string; span?: Span };
    // A SELECT is said by its last step, but its text is that of all its steps.
    if (span && kind !== 'select' && kind !== 'set-operation') part.spans.push(span);
    if (kind === 'column' && typeof node.resolved === 'string') {
      part.columns.set(`${node.resolved}.${node.name}`, { table: node.resolved, name: String(node.name) });
    }
    if (kind === 'table') {
      part.tables.add(node.schema === undefined ? String(node.name) : `${node.schema}.${node.name}`);
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
