import type { Engine } from '#src/domain/catalog.ts';
import type { NamedValue } from '#src/domain/schema-slice.ts';
import { relativeDates } from '#src/planner/dates.ts';
import type { Example } from '#src/ports/example-bank.ts';
import { familyOf } from '#src/sql/functions.ts';
import { textOn } from '#src/sql/print-names.ts';
import { type ExpressionIr, type IrNode, type Span, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { type Edit, edited } from '../mending/edit.ts';

type Verified = Pick<Example, 'question' | 'sql' | 'engine'>;

/** A literal of a query that its question says, once: another may be said in its place. */
interface Slot {
  readonly said: string;
  /** Where in the question. */
  readonly at: number;
  /** Of a text, the column that it is compared with; a number has none. */
  readonly column?: string;
  readonly spans: readonly Span[];
}

/**
 * A verified query as a template: where a question says the same as the verified one but for values, the query with those values in
 * their places. A text must be stored in the column that it is compared with, a number is a number. Undefined where anything else
 * differs, and for questions with relative dates, whose bounds in the query were those of another day.
 */
export function fillTemplate(verified: Verified, asked: string, named: readonly NamedValue[]): string | undefined {
  const known = plain(verified.question);
  const text = plain(asked);
  if (relativeDates(known, { today: '2000-01-01' }).length) return undefined;
  if (known.toLowerCase() === text.toLowerCase()) return verified.sql;
  const slots = slotsOf(verified.sql, verified.engine, known);
  const match = slots.length ? patternOf(known, slots).exec(text) : undefined;
  if (!match) return undefined;
  const edits = slots.map((slot, at) => editsOf(slot, match[at + 1] ?? '', named, verified));
  return edits.every((one) => one !== undefined) ? edited(verified.sql, edits.flat()) : undefined;
}

/** Without what says nothing: blanks, and marks at the end. */
const plain = (question: string) =>
  question
    .replace(/\s+/g, ' ')
    .replace(/[\s.?!]+$/, '')
    .trim();

/** The literals of a query that its question says once, in the question's order. */
function slotsOf(sql: string, engine: Engine, question: string): readonly Slot[] {
  const byText = Map.groupBy(literalsOf(sql, engine), ({ said, column }) => `${column ?? ''}\n${said}`.toLowerCase());
  const slots = [...byText.values()].flatMap((same): Slot[] => {
    const [first] = same;
    const found = first ? placesOf(first.said, question) : [];
    const [at] = found;
    // A number that stands in several places may mean something else in each.
    if (!first || at === undefined || found.length > 1 || (first.column === undefined && same.length > 1)) return [];
    return [{ ...first, at, spans: same.map(({ span }) => span) }];
  });
  const ordered = slots.sort((a, b) => a.at - b.at);
  const apart = ordered.every(({ at, said }, index) => at + said.length <= (ordered[index + 1]?.at ?? Infinity));
  return apart ? ordered : [];
}

interface Literal {
  readonly said: string;
  readonly column?: string;
  readonly span: Span;
}

/** Numbers, and texts that are compared with a column. */
function literalsOf(sql: string, engine: Engine): readonly Literal[] {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return [];
  const found: Literal[] = [];
  visit(parsed.value, (node) => {
    found.push(...textsIn(node));
    const { kind, text, span, limit, limitSpan } = node as IrNode &
      Partial<{ text: string; limit: number; limitSpan: Span }>;
    if (kind === 'number' && text !== undefined && span) found.push({ said: text, span });
    if (limit !== undefined && limitSpan) found.push({ said: String(limit), span: limitSpan });
  });
  return found;
}

function textsIn(node: IrNode): readonly Literal[] {
  const one = node as ExpressionIr;
  const of = (column: ExpressionIr, values: readonly ExpressionIr[]): Literal[] =>
    column.kind === 'column'
      ? values.flatMap((value) =>
          value.kind === 'text' && value.span ? [{ said: value.value, column: column.name, span: value.span }] : [],
        )
      : [];
  if (one.kind === 'compare' && (one.operator === '=' || one.operator === '<>'))
    return [...of(one.left, [one.right]), ...of(one.right, [one.left])];
  return one.kind === 'in' ? of(one.value, one.options) : [];
}

/** Where a question says something as words of its own. */
function placesOf(said: string, question: string): number[] {
  if (!said.trim()) return [];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}.])${escaped(said)}(?![\\p{L}\\p{N}]|\\.\\p{N})`, 'giu');
  return [...question.matchAll(pattern)].map(({ index }) => index);
}

/** The question with a place for each value. */
function patternOf(question: string, slots: readonly Slot[]): RegExp {
  let from = 0;
  const parts = slots.map(({ at, said, column }) => {
    const before = question.slice(from, at);
    from = at + said.length;
    return `${escaped(before)}${column === undefined ? String.raw`(\d+(?:\.\d+)?)` : '(.{1,60}?)'}`;
  });
  return new RegExp(`^${parts.join('')}${escaped(question.slice(from))}$`, 'iu');
}

/** What puts a said value into its places; undefined where it is none for them. */
function editsOf(
  { said, column, spans }: Slot,
  now: string,
  named: readonly NamedValue[],
  { sql, engine }: Pick<Verified, 'sql' | 'engine'>,
): Edit[] | undefined {
  if (now.toLowerCase() === said.toLowerCase()) return [];
  if (column === undefined)
    return spans.map((span) => ({ ...span, text: sql.slice(span.start, span.end).replace(said, now) }));
  const stored = named.find(
    (one) => one.asked.toLowerCase() === now.toLowerCase() && one.column.name.toLowerCase() === column.toLowerCase(),
  );
  return stored && spans.map((span) => ({ ...span, text: textOn(stored.value, familyOf(engine)) }));
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
