import type { Engine } from '#src/domain/catalog.ts';
import { printSql } from '#src/sql/print-sql.ts';
import { EMPTY_SELECT, type ItemIr, type QueryIr, visit } from '#src/sql/query-ir.ts';
import { lexSql, SqlSyntaxError } from '#src/sql/reader/lex-sql.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';

/** More figures than anybody asks for in one question. */
const MOST = 4;

/**
 * Several statements of one figure each ("this year", then "last year") as one that shows them side by side. Undefined where there is one
 * statement, or one of them is no such figure.
 */
export function sideBySide(sql: string, engine: Engine): string | undefined {
  const statements = statementsOf(sql, engine);
  if (statements.length < 2 || statements.length > MOST) return undefined;
  const figures = statements.map((one) => {
    const parsed = parseSql(one, engine);
    return parsed.ok ? figureOf(parsed.value) : undefined;
  });
  const items = figures.flatMap((one) => one ?? []);
  if (items.length !== statements.length) return undefined;
  const names = new Set(items.map(({ alias }) => alias));
  const named = names.size === items.length && !names.has(undefined);
  return printSql(
    { ...EMPTY_SELECT, items: items.map((item, at) => (named ? item : { ...item, alias: `figure_${at + 1}` })) },
    engine,
  );
}

function statementsOf(sql: string, engine: Engine): readonly string[] {
  try {
    const ends = lexSql(sql, engine)
      .filter(({ upper }) => upper === ';')
      .map(({ start }) => start);
    return [-1, ...ends].map((end, at) => sql.slice(end + 1, ends[at]).trim()).filter((one) => one !== '');
  } catch (error) {
    if (error instanceof SqlSyntaxError) return [];
    throw error;
  }
}

/** A query of one row and one column as a column of another; undefined for any other. */
function figureOf(query: QueryIr): ItemIr | undefined {
  if (query.kind !== 'select' || query.groupBy.length || query.distinct) return undefined;
  const [item, ...more] = query.items;
  if (!item || more.length || !isAggregate(item)) return undefined;
  const { alias } = item;
  return {
    expression: { kind: 'query', query: { ...query, items: [{ expression: item.expression }] } },
    ...(alias === undefined ? {} : { alias }),
  };
}

function isAggregate({ expression }: ItemIr): boolean {
  let found = false;
  visit(expression, ({ kind }) => {
    if (kind === 'aggregate') found = true;
  });
  return found;
}
