import { isReference, isYear } from '#src/domain/column-meaning.ts';
import type { CellForm } from '#src/domain/display.ts';
import { moneyOf } from '#src/domain/money.ts';
import { columnWords, unitOf } from '#src/domain/plain-names.ts';
import type { ExpressionIr } from '#src/sql/query-ir.ts';
import { bare } from './conditions.ts';
import { portionPart, shareConditions, wholeOf } from './shares.ts';
import { columnIn, type ReadSelect, readSelect, type SourceColumn } from './sources.ts';

const NUMBER: CellForm = { kind: 'number' };
const PLAIN: CellForm = { kind: 'plain' };
const PER_CENT = /\b(?:percent|percentage|pct)$/;

/** How the values of an expression are written, by the columns that they are made of. */
export function formOf(expression: ExpressionIr, read: ReadSelect): CellForm {
  const of = bare(expression);
  switch (of.kind) {
    case 'column': {
      const found = columnIn(of, read);
      return found ? columnForm(found, read) : PLAIN;
    }
    case 'aggregate': {
      if (of.name === 'count' || !of.argument) return NUMBER;
      if (shareConditions(of, read)) return { kind: 'share', whole: wholeOf(of) };
      const form = formOf(of.argument, read);
      return form.kind === 'identifier' && (of.name === 'sum' || of.name === 'avg') ? NUMBER : form;
    }
    case 'arithmetic':
      return arithmeticForm(of, read);
    case 'negative':
      return formOf(of.argument, read);
    case 'case':
      return (
        [...of.whens.map(({ result }) => result), ...(of.otherwise ? [of.otherwise] : [])]
          .map((one) => formOf(one, read))
          .find(({ kind }) => kind === 'money') ?? PLAIN
      );
    case 'function':
      return of.args[0] && /^(?:round|coalesce|ifnull|abs|floor|ceil|nullif|greatest|least)$/i.test(of.name)
        ? formOf(of.args[0], read)
        : PLAIN;
    case 'window':
      return of.args[0] && /^(?:sum|avg|min|max|lag|lead|first_value|last_value)$/i.test(of.name)
        ? formOf(of.args[0], read)
        : NUMBER;
    case 'query': {
      const inner = readSelect(of.query, read.catalog);
      const [item] = inner?.select.items ?? [];
      return inner && item ? formOf(item.expression, inner) : NUMBER;
    }
    case 'date-part':
      return { kind: 'identifier' };
    case 'date-start':
      return of.unit === 'year' || of.unit === 'quarter' || of.unit === 'month' || of.unit === 'day'
        ? { kind: 'day', unit: of.unit }
        : PLAIN;
    case 'number':
      return NUMBER;
    default:
      return PLAIN;
  }
}

function columnForm(of: SourceColumn, { catalog, conditions, sources }: ReadSelect): CellForm {
  const { column } = of;
  if (column.kind !== 'number') return PLAIN;
  const named = { table: of.source.table, column };
  if (isReference(named, catalog) || isYear(column)) return { kind: 'identifier' };
  const money = moneyOf(named, catalog);
  if (money?.currency) return { kind: 'money', currency: money.currency };
  if (money?.perRow) {
    const currency = conditions.flatMap((one) => {
      if (one.kind !== 'compare' || one.operator !== '=') return [];
      const by = columnIn(one.left, { sources });
      const literal = bare(one.right);
      return by?.column === money.perRow?.column && literal.kind === 'text' ? [literal.value] : [];
    })[0];
    return { kind: 'money', ...(currency === undefined ? {} : { currency }) };
  }
  if (money) return { kind: 'money' };
  const unit = unitOf(column);
  if (unit) return { kind: 'number', unit };
  return PER_CENT.test(columnWords(column)) ? { kind: 'share', whole: 100 } : NUMBER;
}

/** Money and money are money, and so is money by a number; money over money is none. */
function arithmeticForm(of: Extract<ExpressionIr, { kind: 'arithmetic' }>, read: ReadSelect): CellForm {
  if (of.operator === '||') return PLAIN;
  if (shareConditions(of, read) || portionPart(of)) return { kind: 'share', whole: wholeOf(of) };
  const [left, right] = [formOf(of.left, read), formOf(of.right, read)];
  switch (of.operator) {
    case '+':
    case '-':
      return left.kind === 'money' ? left : right.kind === 'money' ? right : NUMBER;
    case '*':
      return left.kind === 'money' ? left : right.kind === 'money' ? right : NUMBER;
    default:
      return left.kind === 'money' && right.kind !== 'money' ? left : NUMBER;
  }
}
