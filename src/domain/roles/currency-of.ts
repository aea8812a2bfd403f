import { type Column, type DatabaseCatalog, findTable, type Table } from '../catalog.ts';
import type { ColumnOf } from '../column-meaning.ts';
import { wordsOf } from './name-words.ts';
import { isMeasureRole, roleOf } from './roles-of-columns.ts';

const MONEY =
  /^(?:amount|amt|price|cost|revenue|sales|turnover|income|profit|fee|charge|salary|wage|balance|payment|budget|spend|spent|paid|due|gross|net|tax|total|subtotal|value|worth|refund|discount|deposit|credit|debit|expense|expenses|betrag|preis|kosten|umsatz|erloes|gebuehr|gehalt|lohn|saldo|zahlung|ausgaben|einnahmen|gewinn|steuer|netto|brutto|summe|wert|rabatt|gutschrift)$|(?:betrag|preis|kosten|umsatz|gebuehr)$/;
const COUNTS =
  /^(?:count|quantity|qty|number|num|units|rate|percent|pct|prozent|satz|menge|anzahl|tage|stunden|days|hours|minutes)$/;
const CODES = /^(?:usd|eur|gbp|jpy|chf|sek|nok|dkk|cad|aud|nzd|cny|inr|brl|zar|mxn|pln|czk|huf|base|converted)$/;
const ONE_CURRENCY =
  /\b(?:USD|EUR|GBP|JPY|CHF|SEK|NOK|DKK|CAD|AUD)\b|\b(?:euros?|dollars?|pounds?|yen|francs?|kron[ae]r?)\b/;

/** Whether a column holds amounts of money: of one currency that it names (`amount_eur`), or of whatever its row is in. */
export function holdsMoney({ table, column }: ColumnOf, catalog: DatabaseCatalog): boolean {
  if (column.kind !== 'number' || !isMeasureRole(roleOf({ table, column }, catalog))) return false;
  const words = wordsOf(column);
  return words.some((word) => MONEY.test(word)) && !words.some((word) => COUNTS.test(word));
}

/** Whether a column holds amounts of money in whatever currency its row is in: not those that name one. */
export const isMoney = (ref: ColumnOf, catalog: DatabaseCatalog): boolean =>
  holdsMoney(ref, catalog) &&
  !wordsOf(ref.column).some((word) => CODES.test(word)) &&
  !ONE_CURRENCY.test(ref.column.comment ?? '');

/** Many-to-one keys followed to the table that says the currency of an amount: a line's invoice, its account. */
const MOST_STEPS = 3;

/** The column that says the currency of an amount, of its own table or of one that it belongs to, if several are stored. */
export function currencyOf(amount: ColumnOf, catalog: DatabaseCatalog): ColumnOf | undefined {
  if (!isMoney(amount, catalog)) return undefined;
  let at: readonly Table[] = [amount.table];
  for (let step = 0; step <= MOST_STEPS && at.length; step += 1) {
    for (const table of at) {
      const column = table.columns.find(
        (one) =>
          roleOf({ table, column: one }, catalog) === 'currency' && (step === 0 || wordsOf(one)[0] !== 'preferred'),
      );
      if (column) return isSeveral(column) ? { table, column } : undefined;
    }
    at = at.flatMap((table) =>
      table.foreignKeys.flatMap(({ targetTable, targetSchema }) => findTable(catalog, targetTable, targetSchema) ?? []),
    );
  }
  return undefined;
}

const isSeveral = ({ values, distinct = 0 }: Column): boolean => values.length > 1 || distinct > 1;
