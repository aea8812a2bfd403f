import type { Engine } from '#src/domain/catalog.ts';
import type { ExpressionIr, ItemIr } from '#src/sql/query-ir.ts';
import type { Frame, Measure } from './frame.ts';

type Reckoned = Extract<Measure, { readonly kind: 'column' | 'aggregate' }>;

const isReckoned = (measure: Measure): measure is Reckoned => measure.kind === 'column' || measure.kind === 'aggregate';

/** A figure in the unit that the question asks for: "average duration in minutes" of a column of seconds. */
export function shownIn(item: ItemIr, measure: Measure, { inUnit }: Pick<Frame, 'inUnit'>): ItemIr {
  const size = isReckoned(measure) ? inUnit.get(measure.ref.column) : undefined;
  if (size === undefined) return item;
  const operator = size < 1 ? '*' : '/';
  const text = String(Number((size < 1 ? 1 / size : size).toPrecision(12)));
  const by: ExpressionIr = { kind: 'number', text: text.includes('.') ? text : `${text}.0` };
  return { ...item, expression: { kind: 'arithmetic', operator, left: item.expression, right: by } };
}

/** Why a unit that is asked for is that of nothing that is shown, one sentence. */
export function whyInNoUnit({ inUnit, items }: Pick<Frame, 'inUnit' | 'items'>): string | undefined {
  const shown = new Set(items.flatMap((item) => (isReckoned(item) ? [item.ref.column] : [])));
  const idle = [...inUnit.keys()].find((column) => !shown.has(column));
  return idle && `I could not see where ${idle.name} is to be shown in that unit.`;
}

/** Figures that come out with places behind the point. */
const FRACTIONS: ReadonlySet<Measure['kind']> = new Set([
  'aggregate',
  'share',
  'portion',
  'quotient',
  'odds',
  'ratio',
  'duration',
  'growth',
]);

/** A figure rounded to as many places as the question asks for; PostgreSQL rounds to places what is exact. */
export function rounded(item: ItemIr, measure: Measure, { digits }: Pick<Frame, 'digits'>, engine: Engine): ItemIr {
  if (digits === undefined || !FRACTIONS.has(measure.kind)) return item;
  const exact: ExpressionIr =
    engine === 'postgres' ? { kind: 'cast', argument: item.expression, type: { name: 'DECIMAL' } } : item.expression;
  const places: ExpressionIr = { kind: 'number', text: String(digits) };
  return { ...item, expression: { kind: 'function', name: 'ROUND', args: [exact, places] } };
}
