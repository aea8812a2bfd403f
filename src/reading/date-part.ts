import type { ExpressionIr } from '#src/sql/query-ir.ts';

const PARTS: Readonly<Record<string, string>> = {
  YYYY: 'year',
  'YYYY-MM': 'month',
  'YYYY-MM-DD': 'day',
  MM: 'month of the year',
  DD: 'day of the month',
  WEEKDAY: 'weekday',
};
const NAMED_PARTS: ReadonlySet<string> = new Set(['year', 'quarter', 'month', 'week', 'day', 'hour', 'weekday']);
const CUT: Readonly<Record<string, string>> = { '4': 'year', '7': 'month', '10': 'day' };

/** The part of a date that an expression takes, and the date. */
export function partOfDate(one: ExpressionIr): { readonly part: string; readonly date: ExpressionIr } | undefined {
  const found = (part: string | undefined, date: ExpressionIr) =>
    part === undefined ? undefined : { part, date: date.kind === 'at-zone' ? date.argument : date };
  switch (one.kind) {
    case 'date-text':
      return one.adjusted?.length ? undefined : found(PARTS[one.format], one.argument);
    case 'date-part':
      if (one.part === 'month') return found('month of the year', one.argument);
      return NAMED_PARTS.has(one.part) ? found(one.part, one.argument) : undefined;
    case 'date-start':
      return found(one.unit, one.argument);
    case 'date-of':
      return one.form === 'date' && !one.adjusted.length ? found('day', one.argument) : undefined;
    case 'cast': {
      if (one.type.name === 'DATE') return found('day', one.argument);
      const inner = one.type.name === 'INTEGER' ? partOfDate(one.argument) : undefined;
      return inner;
    }
    case 'substring': {
      const isStart = one.start.kind === 'number' && one.start.text === '1' && one.length?.kind === 'number';
      return isStart && one.length?.kind === 'number' ? found(CUT[one.length.text], one.argument) : undefined;
    }
    default:
      return undefined;
  }
}
