import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type ExpressionIr, partsOf } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import { allSourcesOf, selectsOf } from './sources.ts';

/** Words of a question by which two things stand beside each other. */
const SIDE_BY_SIDE = /\b(?:vs\.?|versus|compared (?:to|with)|each|respectively)\b/i;

/**
 * Mends a figure of two kinds of rows together where the question wants it of each (`cxl_reason IN ('WEATHER', 'TECHNICAL')` to "weather vs
 * technical"): the column that tells them apart is shown before it and grouped by. Undefined for any other statement.
 */
export function sideOfEach(
  sql: string,
  engine: Engine,
  catalog: DatabaseCatalog,
  question: string,
): string | undefined {
  if (!SIDE_BY_SIDE.test(question)) return undefined;
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  if (problems.length || query.kind !== 'select' || query.groupBy.length || query.having || query.limit !== undefined)
    return undefined;
  const { items, where } = query;
  const [first] = items;
  const isFigure = items.every(({ expression }) => holdsFigure(expression));
  if (
    !first?.expression.span ||
    !where?.span ||
    !isFigure ||
    selectsOf(query).length > 1 ||
    !allSourcesOf(query, catalog)
  )
    return undefined;
  const [kinds, ...more] = (where.kind === 'and' ? where.parts : [where]).flatMap((part) => kindsIn(part, question));
  if (!kinds?.span || more.length) return undefined;
  const column = sql.slice(kinds.span.start, kinds.span.end);
  const edits: Edit[] = [
    { start: first.expression.span.start, end: first.expression.span.start, text: `${column}, ` },
    { start: where.span.end, end: where.span.end, text: ` GROUP BY ${column}` },
  ];
  return edited(sql, edits);
}

const holdsFigure = (one: ExpressionIr): boolean => one.kind === 'aggregate' || partsOf(one).some(holdsFigure);

/** The column of which two values or more are let through that the question names. */
function kindsIn(part: ExpressionIr, question: string): readonly ExpressionIr[] {
  if (part.kind !== 'in' || part.negated || part.value.kind !== 'column' || part.options.length < 2) return [];
  const asked = question.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
  const named = part.options.every(
    (one) =>
      one.kind === 'text' &&
      asked.includes(
        one.value
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, ' ')
          .trim(),
      ),
  );
  return named ? [part.value] : [];
}
