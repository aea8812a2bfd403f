import type { Engine } from '#src/domain/catalog.ts';
import { callableOn } from '#src/guard/functions.ts';
import { familyOf } from '#src/sql/functions.ts';
import { printSql } from '#src/sql/print-sql.ts';
import {
  type DatePart,
  EMPTY_SELECT,
  type ExpressionIr,
  type IrNode,
  type QueryIr,
  type Span,
  visit,
} from '#src/sql/query-ir.ts';
import { holdsVerbatim, parseSql } from '#src/sql/reader/parse-sql.ts';
import { Unprintable } from '#src/sql/unprintable.ts';
import { type Edit, edited } from './edit.ts';
import { selectsOf } from './sources.ts';

/** Whose functions are looked for, the one that models write most first. */
const ENGINES: readonly Engine[] = ['mysql', 'postgres', 'sqlite'];

/**
 * Mends calls of functions that another engine has (`YEAR(x)` on SQLite, `STRFTIME('%Y', x)` on PostgreSQL): each is said as this engine
 * says the same. Undefined where there is none.
 */
export function inDialect(sql: string, engine: Engine): string | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const edits: Edit[] = [];
  const shown = shownIn(parsed.value);
  visit(parsed.value, (node) => {
    const { span } = node;
    // Parts come after what they are part of, which was said as a whole.
    if (!span || edits.some(({ start, end }) => start <= span.start && span.end <= end)) return;
    const text = isForeign(node, sql, engine)
      ? saidBy(engine, node as IrNode & ExpressionIr, sql, { ...span, shown: shown.has(span.start) })
      : undefined;
    if (text !== undefined) edits.push({ ...span, text });
  });
  return edits.length ? edited(sql, edits) : undefined;
}

/** What a call may be read as. */
const CALLS: ReadonlySet<IrNode['kind']> = new Set([
  'verbatim',
  'function',
  'case',
  'list',
  'arithmetic',
  'current',
  'date-part',
  'date-text',
  'date-start',
  'date-of',
  'date-difference',
  'date-read',
]);

/** A call of a function that the engine lacks, a span of time that is added to a date where it has no such spans, ILIKE where there is none. */
function isForeign({ kind, span, left, right, ignoreCase }: IrNode, sql: string, engine: Engine): boolean {
  if (kind === 'arithmetic') {
    if (![left, right].some(isInterval)) return false;
    if (familyOf(engine) === 'sqlite') return true;
  }
  if (kind === 'like') return engine !== 'postgres' && ignoreCase === true;
  if (!CALLS.has(kind)) return false;
  const [, name] = /^([a-z_]\w*)\s*\(/i.exec(sql.slice(span?.start, span?.end)) ?? [];
  return kind === 'verbatim' || (name !== undefined && !callableOn(engine).has(name.toLowerCase()));
}

const isInterval = (one: unknown): boolean => (one as IrNode | undefined)?.kind === 'interval';

/** Where the values stand that are shown or grouped by. */
function shownIn(query: QueryIr): ReadonlySet<number> {
  const values = selectsOf(query).flatMap(({ items, groupBy }) => [
    ...items.map(({ expression }) => expression),
    ...groupBy,
  ]);
  return new Set(values.flatMap(({ span }) => span?.start ?? []));
}

/** SQLite's own way to say the year or month that rows are told apart by is a text. */
const AS_TEXT: Readonly<Partial<Record<DatePart, string>>> = { year: 'YYYY', month: 'MM' };

const asShown = (one: ExpressionIr): ExpressionIr => {
  const format = one.kind === 'date-part' ? AS_TEXT[one.part] : undefined;
  return one.kind === 'date-part' && format ? { kind: 'date-text', argument: one.argument, format } : one;
};

interface Place extends Span {
  readonly shown: boolean;
}

function saidBy(engine: Engine, node: ExpressionIr, sql: string, { start, end, shown }: Place): string | undefined {
  const readings = [
    ...(node.kind === 'verbatim' ? [] : [node]),
    ...ENGINES.filter((one) => familyOf(one) !== familyOf(engine)).flatMap((one) => readBy(one, sql.slice(start, end))),
  ];
  for (const reading of readings) {
    const text = printed(shown && engine === 'sqlite' ? asShown(reading) : reading, engine);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A value as an engine reads it, if it reads all of it. */
function readBy(engine: Engine, text: string): readonly ExpressionIr[] {
  const parsed = parseSql(`SELECT ${text}`, engine);
  if (!parsed.ok || parsed.value.kind !== 'select' || holdsVerbatim(parsed.value)) return [];
  return parsed.value.items.map(({ expression }) => expression);
}

function printed(expression: ExpressionIr, engine: Engine): string | undefined {
  try {
    return printSql({ ...EMPTY_SELECT, items: [{ expression }] }, engine).replace(/^SELECT /, '');
  } catch (error) {
    if (error instanceof Unprintable) return undefined;
    throw error;
  }
}
