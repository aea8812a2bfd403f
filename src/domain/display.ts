import { monthName } from './own-order.ts';
import { capital, columnWords } from './plain-names.ts';
import { type Cell, cellText, columnHeading, type ResultColumn, type ResultTable } from './result-table.ts';

/** How the cells of a column are written for people. What is not here is written as it is. */
export type CellForm =
  | { readonly kind: 'plain' }
  /** Keys, codes and years: digits that are no amount. */
  | { readonly kind: 'identifier' }
  | { readonly kind: 'number'; readonly unit?: string }
  /** Two places; the currency where all cells have one. */
  | { readonly kind: 'money'; readonly currency?: string }
  /** A part of `whole`: 0.25 of 1, 25 of 100. */
  | { readonly kind: 'share'; readonly whole: 1 | 100 }
  /** The first day of a month, a year: what is counted by it. */
  | { readonly kind: 'day'; readonly unit: 'day' | 'month' | 'quarter' | 'year' };

/** How a column of a result is shown to people. */
export interface ColumnDisplay {
  /** In plain words, with a capital: "Total amount (EUR)". */
  readonly heading: string;
  readonly form: CellForm;
}

/** How a result is shown: its columns in their order. */
export type ResultDisplay = readonly ColumnDisplay[];

/** How a result is shown whose statement tells nothing: by the names and kinds of its columns. */
export const displayByName = ({ columns }: Pick<ResultTable, 'columns'>): ResultDisplay => columns.map(ofColumn);

/** What an engine called by the words of the query is no name that people would say. */
const isCode = (name: string): boolean => /[()?'"]|\bcase when\b/i.test(name) || name.length > 60;

const PER_CENT = /(?:^|[ _])(?:percent|percentage|pct)$/i;

/** What a column is called and how it is written, by its name alone. */
export function ofColumn({ name, kind }: ResultColumn): ColumnDisplay {
  const plain = columnHeading(name);
  const heading = isCode(plain) ? 'Result' : capital(plain === name ? columnWords({ name }) : plain);
  if (kind !== 'number') return { heading, form: { kind: 'plain' } };
  if (/(?:^|[ _])(?:id|year)$|[a-z]Id$|^year\b/i.test(name)) return { heading, form: { kind: 'identifier' } };
  return { heading, form: PER_CENT.test(name) ? { kind: 'share', whole: 100 } : { kind: 'number' } };
}

/** A cell as people read it: grouped digits, two places of money, shares in per cent, no T in a time. */
export function displayedCell(cell: Cell, form: CellForm): string {
  if (cell === null || cell instanceof Uint8Array || typeof cell === 'boolean') return cellText(cell);
  const number = numberOf(cell);
  if (form.kind === 'identifier') return String(cell);
  if (typeof cell === 'bigint' && form.kind !== 'share') return WHOLE.format(cell);
  if (number === undefined || form.kind === 'plain' || form.kind === 'day') return withoutT(cell, form);
  switch (form.kind) {
    case 'money':
      return MONEY.format(number);
    case 'share':
      return `${rounded((100 * number) / form.whole, 1)} %`;
    case 'number':
      return rounded(number);
  }
}

/** A cell within a sentence: as in a table, with its currency. */
export function saidCell(cell: Cell, form: CellForm): string {
  const shown = displayedCell(cell, form);
  if (typeof cell === 'string' && (form.kind === 'plain' || form.kind === 'day')) return dayInWords(shown);
  const unit = form.kind === 'money' ? form.currency : form.kind === 'number' ? form.unit : undefined;
  return unit && numberOf(cell) !== undefined ? `${shown} ${unit}` : shown;
}

/** `2026-03-15` is "15 March 2026", with the time that it has. */
function dayInWords(text: string): string {
  const [, year = '', month = '', day = '', time = ''] = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d.*))?$/.exec(text) ?? [];
  const name = monthName(Number(month));
  return name ? `${Number(day)} ${name} ${year}${time && `, ${time}`}` : text;
}

/** The number of a cell, of exact decimals too; undefined for a text that is none. */
export function numberOf(cell: Cell): number | undefined {
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  return typeof cell === 'string' && /^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : undefined;
}

// Kept: making a format takes longer than a thousand uses of it.
const MONEY = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const WHOLE = new Intl.NumberFormat('en-US');
const PLACES = [1, 2].map((places) => new Intl.NumberFormat('en-US', { maximumFractionDigits: places }));
const SMALL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** At most two places; two digits of what is smaller than that. */
const rounded = (value: number, places: 1 | 2 = 2): string =>
  (value !== 0 && Math.abs(value) < 10 ** -places ? SMALL : PLACES[places - 1]!).format(value);

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** `2026-05-01T10:00:00Z` is "2026-05-01 10:00 UTC"; the first of a month, where months are counted, "2026-05". */
function withoutT(cell: Exclude<Cell, null | Uint8Array>, form: CellForm): string {
  const text = typeof cell === 'number' ? rounded(cell) : String(cell);
  const [, day, minute, seconds = '', zone = ''] = TIME.exec(text) ?? [];
  const unit = form.kind === 'day' ? form.unit : undefined;
  const date = day ?? /^\d{4}-\d\d-\d\d$/.exec(text)?.[0];
  if (date && unit === 'month') return date.slice(0, 7);
  if (date && unit === 'quarter') return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
  if (date && unit === 'year') return date.slice(0, 4);
  if (!day) return text;
  if (unit === 'day') return day;
  const utc = /^(?:Z|[+-]00(?::?00)?)$/.test(zone);
  return `${day} ${minute}${seconds === ':00' ? '' : seconds}${utc ? ' UTC' : zone && ` ${zone}`}`;
}
