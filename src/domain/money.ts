import type { DatabaseCatalog } from './catalog.ts';
import { type ColumnOf, isReference } from './column-meaning.ts';
import { columnWords } from './plain-names.ts';
import { currencyOf } from './roles/currency-of.ts';

const AMOUNTS =
  /\b(?:amount|amt|price|cost|costs|revenue|turnover|income|profit|fee|fees|salary|wage|pay|balance|payment|budget|spend|spent|paid|gross|net|subtotal|refund|deposit|expense|expenses|usd|eur|gbp|jpy|chf|sek|nok|dkk|cad|aud)\b/;
/** Words with which an amount is counted or likened instead. */
const NO_AMOUNTS =
  /\b(?:count|counts|quantity|qty|number|num|no|units|rate|percent|pct|share|ratio|days|hours|minutes|id|code|date|year|level|score|rating|index)\b/;

/** Currencies by the words that people write for them. */
const CURRENCIES: readonly (readonly [code: string, said: RegExp])[] = [
  ['EUR', /\b(?:eur|euros?)\b|€/i],
  ['USD', /\b(?:usd|us[- ]?dollars?)\b|\bUS\$/i],
  ['GBP', /\b(?:gbp|british pounds?|pounds? sterling)\b|£/i],
  ['JPY', /\b(?:jpy|yen)\b/i],
  ['CHF', /\b(?:chf|swiss francs?)\b/i],
  ['SEK', /\b(?:sek|swedish kron[ao]r?)\b/i],
  ['NOK', /\b(?:nok|norwegian kroner?)\b/i],
  ['DKK', /\b(?:dkk|danish kroner?)\b/i],
  ['CAD', /\b(?:cad|canadian dollars?)\b/i],
  ['AUD', /\b(?:aud|australian dollars?)\b/i],
];

export interface Money {
  /** The code of the one currency that all its amounts are in; absent where that is not known. */
  readonly currency?: string;
  /** The column that says the currency of each row, where several are stored. */
  readonly perRow?: ColumnOf;
}

/** Whether a column holds amounts of money, and in which currency: as its name or comment says, or as a column beside it does. */
export function moneyOf(amount: ColumnOf, catalog: DatabaseCatalog): Money | undefined {
  const { table, column } = amount;
  if (column.kind !== 'number' || isReference(amount, catalog)) return undefined;
  const words = columnWords(column).toLowerCase();
  if (NO_AMOUNTS.test(words)) return undefined;
  const said = namedCurrency(`${words} ${column.comment ?? ''}`);
  if (!AMOUNTS.test(words) && !said && !/^money\b/i.test(column.type)) return undefined;
  if (said) return { currency: said };
  const perRow = currencyOf(amount, catalog);
  if (perRow) return { perRow };
  const beside = table.columns.find(
    ({ name, values, valuesComplete }) =>
      /(?:^|_)currency(?:_code)?$/i.test(name) && valuesComplete && values.length === 1,
  );
  return beside && /^[A-Za-z]{3}$/.test(beside.values[0]!) ? { currency: beside.values[0]!.toUpperCase() } : {};
}

/** The one currency that a text names. */
function namedCurrency(text: string): string | undefined {
  const named = CURRENCIES.filter(([, said]) => said.test(text));
  return named.length === 1 ? named[0]![0] : undefined;
}
