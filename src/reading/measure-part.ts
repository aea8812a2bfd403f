import type { Column } from '#src/domain/catalog.ts';
import { sayWords } from '#src/domain/reading.ts';
import { columnsWithRole, labelsOf, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { AggregateFunction, ExpressionIr, SelectIr } from '#src/sql/query-ir.ts';
import { byCurrency, keepsCurrencies } from './currencies.ts';
import type { Outline, Shown } from './outline.ts';
import { type Edit, nearestFirst, type Part, type ReadFor } from './part.ts';
import { withItem } from './rewriting.ts';
import { expressionWords, withoutDress } from './say-expression.ts';
import { columnAt, columnIr, type Source, type Statement } from './statement.ts';

/** What else can be measured of the same rows. */
export function measureParts({ statement, measures }: Outline, read: ReadFor): readonly Part[] {
  return measures.map((shown): Part => {
    const edits = otherMeasures(shown, statement, read).flatMap(
      (measure) => measured(withItem(statement.query, shown.at, measure), shown.at, measure, statement) ?? [],
    );
    const isShown = (words: string) => measures.some((one) => sayWords(one.words) === words);
    return { kind: 'measure', words: shown.words, edits: edits.filter(({ words }) => !isShown(words)) };
  });
}

/** The change to a measure; by currency, where it would add up several. */
function measured(query: SelectIr, at: number, measure: ExpressionIr, statement: Statement): Edit | undefined {
  const said = expressionWords(measure, statement);
  if (!said) return undefined;
  const words = sayWords(said);
  if (keepsCurrencies(query, statement)) return { words, becomes: words, query };
  const apart = query.items[at] && byCurrency(query, statement);
  return apart && { words: `${words}, by currency`, becomes: words, query: apart };
}

const aggregate = (name: AggregateFunction, argument?: ExpressionIr, distinct = false): ExpressionIr => ({
  kind: 'aggregate',
  name,
  distinct,
  argument,
});

/** Of the same column first, then of others of its table, then how many. */
function otherMeasures({ expression }: Shown, statement: Statement, read: ReadFor): readonly ExpressionIr[] {
  const now = withoutDress(expression);
  const at = now.kind === 'aggregate' && now.argument ? columnAt(withoutDress(now.argument), statement) : undefined;
  const name = now.kind === 'aggregate' && now.name !== 'count' ? now.name : undefined;
  const { grain } = statement;
  if (!grain) return [];
  const own = at?.source === grain ? [at.column] : [];
  const columns = nearestFirst(measuresOf(grain, statement), ({ name }) => name, read.question);
  const others = columns.filter((column) => !own.includes(column)).map((column) => ({ column, name }));
  return [
    ...own.flatMap((column) => waysOf(column, grain, statement).map((way) => measureOf(way, column, grain))),
    ...others.flatMap(({ column, name: same }) => {
      const ways = waysOf(column, grain, statement);
      return measureOf(same && ways.includes(same) ? same : (ways[0] ?? 'avg'), column, grain);
    }),
    aggregate('count'),
    ...references(grain, statement, read).map((column) =>
      aggregate('count', columnIr({ source: grain, column }), true),
    ),
  ];
}

const measureOf = (name: AggregateFunction, column: Column, source: Source) =>
  aggregate(name, columnIr({ source, column }));

function measuresOf({ table }: Source, { catalog }: Statement): readonly Column[] {
  const measures = [
    ...columnsWithRole(table, 'additive measure', catalog),
    ...columnsWithRole(table, 'other measure', catalog),
  ];
  return measures.filter(({ kind }) => kind === 'number');
}

/** How a column is measured: an amount is added up first, a price or a rating never. */
function waysOf(column: Column, { table }: Source, { catalog }: Statement): readonly AggregateFunction[] {
  if (column.kind === 'date' || column.kind === 'timestamp') return ['min', 'max'];
  if (column.kind !== 'number') return [];
  const role = roleOf({ table, column }, catalog);
  if (role === 'additive measure') return ['sum', 'avg', 'max', 'min'];
  return role === 'other measure' ? ['avg', 'max', 'min'] : [];
}

/** What rows refer to: how many different customers ordered. */
function references({ table }: Source, { catalog }: Statement, { question }: ReadFor): readonly Column[] {
  const all = columnsWithRole(table, 'reference', catalog).filter(({ name }) =>
    table.foreignKeys.some(({ columns }) => columns.length === 1 && columns[0] === name),
  );
  return nearestFirst(all, ({ name }) => name, question).slice(0, 2);
}

/** What a list shows can be counted or added up instead, or show more. */
export function columnsPart({ statement, columns }: Outline, read: ReadFor): readonly Edit[] {
  const { grain, query } = statement;
  if (!grain || !columns.length) return [];
  const bare: SelectIr = { ...query, distinct: false, groupBy: [], having: undefined, orderBy: [], limit: undefined };
  const totals = nearestFirst(measuresOf(grain, statement), ({ name }) => name, read.question).slice(0, 3);
  const all = [
    ...(query.groupBy.length ? [] : [aggregate('count')]),
    ...totals.map((column) => measureOf(waysOf(column, grain, statement)[0] ?? 'avg', column, grain)),
  ];
  const figures = all.flatMap(
    (measure) => measured({ ...bare, items: [{ expression: measure }] }, 0, measure, statement) ?? [],
  );
  return [...(query.groupBy.length ? [] : shownToo(statement, columns, read)), ...(query.having ? [] : figures)];
}

/** With a column more: what its rows are called first, then what the question speaks of. */
function shownToo({ catalog, grain, query }: Statement, columns: readonly Shown[], read: ReadFor): readonly Edit[] {
  if (!grain || query.distinct || columns.some(({ expression }) => expression.kind === 'star')) return [];
  const { table } = grain;
  const isShown = ({ name }: Column) =>
    columns.some(
      ({ expression }) => expression.kind === 'column' && expression.table === grain.alias && expression.name === name,
    );
  const labels = labelsOf(table, catalog).filter((column) => !isShown(column));
  const wanted = table.columns.filter((column) => {
    const role = roleOf({ table, column }, catalog);
    return (
      role !== 'key' && role !== 'reference' && role !== 'personal' && !labels.includes(column) && !isShown(column)
    );
  });
  const near = [...labels, ...nearestFirst(wanted, ({ name }) => name, read.question)].slice(0, 4);
  return near.map((column): Edit => {
    const words = `${column.name} too`;
    const items = [...query.items, { expression: columnIr({ source: grain, column }) }];
    return { words, becomes: undefined, query: { ...query, items }, does: `also ${column.name}` };
  });
}
