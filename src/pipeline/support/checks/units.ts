import { type ColumnOf, columnNamed } from '#src/domain/column-meaning.ts';
import { currencyOf, isMoney } from '#src/domain/roles/currency-of.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { type ExpressionIr, partsOf, type QueryIr, type SelectIr } from '#src/sql/query-ir.ts';
import { keepsApart } from '../meaningless.ts';
import { sourcesOf } from '../mending/sources.ts';
import { type Check, type Correction, failed, NOT_APPLICABLE, outerSelect, passed, type Subject } from './check.ts';
import { type AggregateIr, aggregatesOf, columnOf, valueColumns } from './joined.ts';

/** An amount that is added up, and the column that says what it is counted in. */
interface Marked {
  readonly aggregate: AggregateIr;
  readonly amount: ColumnOf;
  readonly marker: ColumnOf;
}

/** Whether sums and means add up one unit, one currency at a time. */
export const checkUnits: Check = (subject) => {
  const select = outerSelect(subject);
  if (!select) return NOT_APPLICABLE;
  const marked = aggregatesOf(select).flatMap((aggregate) => markedBy(aggregate, subject));
  if (!marked.length) return NOT_APPLICABLE;
  const mixed = marked.find(
    ({ aggregate, amount, marker }) => !keepsApart(select, aggregate, amount, marker, subject.catalog),
  );
  if (!mixed) return passed('No sum mixes units or currencies.');
  const { amount, marker } = mixed;
  const held = [...marker.column.values].sort().slice(0, 4).join(', ');
  return failed(
    `${labelOf(amount)} is added up over the several values of ${labelOf(marker)} (${held}).`,
    eachApart(select, mixed, subject),
  );
};

const labelOf = ({ table, column }: ColumnOf) => `${table.name}.${column.name}`;

function markedBy(aggregate: AggregateIr, { catalog }: Subject): Marked[] {
  const { name, argument } = aggregate;
  if (!argument || (name !== 'sum' && name !== 'avg')) return [];
  return valueColumns(argument).flatMap((one): Marked[] => {
    const amount = one.resolved === undefined ? undefined : columnNamed(catalog, one.resolved, one.name);
    // A quantity times its price is money, whatever it is measured in.
    const inUnits = amount && !isMoney(amount, catalog) && !isProduct(argument);
    const marker = amount && (currencyOf(amount, catalog) ?? (inUnits ? unitOf(amount) : undefined));
    return amount && marker ? [{ aggregate, amount, marker }] : [];
  });
}

const isProduct = (one: ExpressionIr): boolean =>
  (one.kind === 'arithmetic' && (one.operator === '*' || one.operator === '/')) || partsOf(one).some(isProduct);

const UNIT = /(?:^| )(?:units?|uom|unit of measure(?:ment)?|measure units?)(?: (?:code|id|name))?$/;
/** What things are measured in: a column named `unit` may as well hold departments. */
const UNITS = new Set(
  `mg g kg t ton tons tonne tonnes lb lbs oz gram grams kilogram kilograms pound pounds ounce ounces ml cl dl l hl litre litres liter
   liters gal gallon gallons mm cm m km metre metres meter meters mile miles mi in inch inches ft foot feet yd yard yards m2 m3 sqm cbm ms
   s sec second seconds min mins minute minutes h hr hrs hour hours day days week weeks month months year years pc pcs piece pieces
   each ea unit units box boxes pack packs pallet pallets carton cartons dozen w kw mw wh kwh mwh gwh j kj mj v a c f celsius fahrenheit
   kelvin pa kpa bar psi percent % stk stück`.split(/\s+/),
);

/** The column beside an amount that says its unit, if several are stored. */
function unitOf({ table, column: amount }: ColumnOf): ColumnOf | undefined {
  const column = table.columns.find(
    (one) => one !== amount && one.kind === 'text' && UNIT.test(splitIdentifier(one.title ?? one.name).join(' ')),
  );
  if (!column || column.values.length < 2) return undefined;
  const known = column.values.filter((value) => UNITS.has(value.trim().toLowerCase().replace(/^°/, '')));
  return 2 * known.length > column.values.length ? { table, column } : undefined;
}

/** The same figures for each unit by itself; undefined where the query does not read the table that says it, or ranks. */
function eachApart(select: SelectIr, { marker }: Marked, { catalog }: Subject): Correction | undefined {
  const sources = sourcesOf(select, catalog).filter(({ table }) => table === marker.table);
  const [source, second] = sources;
  if (!source || second || select.limit !== undefined || select.having || select.distinct) return undefined;
  const column: ExpressionIr = columnOf(source, marker.column.name);
  const query: QueryIr = {
    ...select,
    items: [{ expression: column }, ...select.items],
    groupBy: [...select.groupBy, column],
  };
  return { query, says: `Each ${marker.column.name} has a row of its own: they do not add up.` };
}
