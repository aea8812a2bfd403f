import { flagOf } from '#src/domain/column-meaning.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { type ConditionIr, canonical, type ExpressionIr } from '#src/sql/query-ir.ts';
import { bare } from './conditions.ts';
import { columnIn, type ReadSelect } from './sources.ts';

type Aggregate = Extract<ExpressionIr, { kind: 'aggregate' }>;

/** Without what only rounds or fills: ROUND(x, 2), COALESCE(x, 0), casts. */
export function unwrapped(expression: ExpressionIr): ExpressionIr {
  const of = bare(expression);
  const [first] = of.kind === 'function' && /^(?:round|coalesce|ifnull|abs|floor|ceil)$/i.test(of.name) ? of.args : [];
  return first ? unwrapped(first) : of;
}

/** The condition of rows that alone are counted: COUNT(CASE WHEN c THEN 1 END), SUM(CASE WHEN c THEN 1 ELSE 0 END), a FILTER. */
export function someOf({ name, argument, filter, distinct }: Aggregate): readonly ConditionIr[] | undefined {
  if (distinct) return undefined;
  const one = argument && bare(argument);
  if (filter) return name === 'count' && !argument ? conjunctsOf(filter) : undefined;
  if (one?.kind !== 'case' || one.operand || one.whens.length !== 1 || !(name === 'count' || name === 'sum'))
    return undefined;
  const { condition, result } = one.whens[0]!;
  const zero = one.otherwise === undefined || isNumber(one.otherwise, 0) || one.otherwise.kind === 'null';
  const counts =
    name === 'sum' ? isNumber(result, 1) && zero : one.otherwise === undefined || one.otherwise.kind === 'null';
  return counts && (name === 'count' ? result.kind === 'number' || result.kind === 'column' : true)
    ? conjunctsOf(condition)
    : undefined;
}

const isNumber = (expression: ExpressionIr, value: number): boolean =>
  expression.kind === 'number' && Number(expression.text) === value;

/** 100, where a share is multiplied by it. */
export const wholeOf = (of: ExpressionIr): 1 | 100 => (factor100(of) ? 100 : 1);

function factor100(of: ExpressionIr): boolean {
  const plain = unwrapped(of);
  if (plain.kind === 'aggregate' && plain.name === 'avg' && plain.argument) {
    const argument = bare(plain.argument);
    return argument.kind === 'case' && argument.whens.some(({ result }) => isNumber(result, 100));
  }
  if (plain.kind !== 'arithmetic' || (plain.operator !== '*' && plain.operator !== '/')) return false;
  return [plain.left, ...(plain.operator === '*' ? [plain.right] : [])].some(
    (one) => isNumber(bare(one), 100) || factor100(one),
  );
}

export function shareConditions(of: ExpressionIr, read: ReadSelect): readonly ConditionIr[] | undefined {
  const plain = unwrapped(of);
  if (plain.kind === 'aggregate' && plain.name === 'avg' && plain.argument && !plain.filter) {
    const argument = bare(plain.argument);
    if (argument.kind === 'case') {
      const hundred = argument.whens.length === 1 && isNumber(argument.whens[0]!.result, 100);
      const one = hundred
        ? { ...argument, whens: [{ ...argument.whens[0]!, result: { kind: 'number', text: '1' } as const }] }
        : argument;
      return argument.otherwise ? someOf({ ...plain, name: 'sum', argument: one }) : undefined;
    }
    return isFlag(argument, read) ? [argument] : undefined;
  }
  if (plain.kind !== 'arithmetic') return undefined;
  const { operator, left, right } = plain;
  if (operator === '*') {
    const scaled = [left, right].find((one) => !isFactor(one));
    return [left, right].some(isFactor) && scaled ? shareConditions(scaled, read) : undefined;
  }
  if (operator !== '/') return undefined;
  const [part, whole] = [unscaled(left), unscaled(right)];
  if (whole.kind !== 'aggregate' || whole.name !== 'count' || whole.distinct || whole.filter) return undefined;
  if (whole.argument && whole.argument.kind !== 'number' && !isKey(whole.argument, read)) return undefined;
  if (part.kind !== 'aggregate') return undefined;
  const some = someOf(part);
  return (
    some ??
    (part.name === 'sum' && part.argument && isFlag(bare(part.argument), read) ? [bare(part.argument)] : undefined)
  );
}

/** What a figure is a group's part of, over all groups: 100 * x / SUM(x) OVER (). */
export function portionPart(of: ExpressionIr): Aggregate | undefined {
  const plain = unwrapped(of);
  if (plain.kind !== 'arithmetic') return undefined;
  const { operator, left, right } = plain;
  if (operator === '*') {
    const scaled = [left, right].find((one) => !isFactor(one));
    return [left, right].some(isFactor) && scaled ? portionPart(scaled) : undefined;
  }
  const [part, whole] = [unscaled(left), unscaled(right)];
  if (operator !== '/' || part.kind !== 'aggregate' || whole.kind !== 'window') return undefined;
  const isOverAll = whole.partitionBy.length === 0 && whole.orderBy.length === 0 && /^sum$/i.test(whole.name);
  return isOverAll && canonical(whole.args) === canonical([part]) ? part : undefined;
}

const isFactor = (one: ExpressionIr): boolean => isNumber(bare(one), 1) || isNumber(bare(one), 100);

/** Without a factor of 1.0 or 100, casts, and NULLIF(x, 0). */
function unscaled(expression: ExpressionIr): ExpressionIr {
  const of = unwrapped(expression);
  if (of.kind === 'function' && /^nullif$/i.test(of.name) && of.args[0]) return unscaled(of.args[0]);
  if (of.kind === 'arithmetic' && of.operator === '*') {
    if (isFactor(of.left)) return unscaled(of.right);
    if (isFactor(of.right)) return unscaled(of.left);
  }
  return of;
}

const isKey = (expression: ExpressionIr, read: ReadSelect): boolean => {
  const of = columnIn(expression, read);
  return of !== undefined && of.source === read.finest && of.source.table.primaryKey.includes(of.column.name);
};

function isFlag(expression: ExpressionIr, read: ReadSelect): boolean {
  const of = columnIn(expression, read);
  const flag = of && flagOf(of.column, read.catalog.engine);
  return flag !== undefined && (flag.yes.kind === 'boolean' || flag.yes.value === 1);
}
