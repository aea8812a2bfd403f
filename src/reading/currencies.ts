import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { currencyOf } from '#src/domain/roles/currency-of.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { type ExpressionIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { columnBeyond, tablesAbove, withWay } from './rewriting.ts';
import { columnAt, columnIr, type SourceColumn, type Statement } from './statement.ts';

/** The columns that say the currencies of what a query adds up or averages. */
export function currenciesOf(query: SelectIr, statement: Statement): readonly ColumnOf[] {
  const found = new Set<ColumnOf['column']>();
  const currencies: ColumnOf[] = [];
  visit([query.items, query.orderBy], (node) => {
    if (node.kind !== 'aggregate' || (node.name !== 'sum' && node.name !== 'avg')) return;
    visit(node.argument, (inner) => {
      const at = inner.kind === 'column' ? columnAt(inner as unknown as ExpressionIr, statement) : undefined;
      const currency = at && currencyOf({ table: at.source.table, column: at.column }, statement.catalog);
      if (!currency || found.has(currency.column)) return;
      found.add(currency.column);
      currencies.push(currency);
    });
  });
  return currencies;
}

/** Whether a query adds up one currency at a time: it groups by it, or keeps one. */
export function keepsCurrencies(query: SelectIr, statement: Statement): boolean {
  return currenciesOf(query, statement).every(({ table, column }) => {
    const isIt = (one: ExpressionIr) =>
      one.kind === 'column' && one.name === column.name && (columnAt(one, statement)?.source.table ?? table) === table;
    const holds = (one: ExpressionIr) =>
      (one.kind === 'compare' && one.operator === '=' && (isIt(one.left) || isIt(one.right))) ||
      (one.kind === 'in' && !one.negated && one.options.length === 1 && isIt(one.value));
    return query.groupBy.some(isIt) || conjunctsOf(query.where).some(holds);
  });
}

/** The query with the currencies of what it adds up as further groups; nothing where they cannot be reached. */
export function byCurrency(query: SelectIr, statement: Statement): SelectIr | undefined {
  let made = query;
  for (const { table, column } of currenciesOf(query, statement)) {
    const source = statement.sources.find((one) => one.table === table);
    const way = source ? undefined : tablesAbove(statement).find((one) => one.table === table);
    const at: SourceColumn | undefined = source ? { source, column } : way && columnBeyond(table, column);
    if (!at) return undefined;
    const key = columnIr(at);
    if (way) made = withWay(made, way, statement);
    made = { ...made, items: [{ expression: key }, ...made.items], groupBy: [...made.groupBy, key] };
  }
  return made;
}
