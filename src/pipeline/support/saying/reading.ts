import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type CellForm, ofColumn, type ResultDisplay } from '#src/domain/display.ts';
import { columnWords } from '#src/domain/plain-names.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import type { ExpressionIr, ItemIr, QueryIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { bare, restrictionOf, sayRestriction } from './conditions.ts';
import { formOf } from './forms.ts';
import { type Measure, measureOf } from './measures.ts';
import { columnIn, type ReadSelect, readSelect, type SourceColumn, wordsOf } from './sources.ts';

/** What a column of a result is, as its query says. */
export type Part =
  | { readonly kind: 'measure'; readonly measure: Measure }
  /** A group of dates, by their year, month or the like. */
  | { readonly kind: 'period'; readonly unit: string }
  | { readonly kind: 'column'; readonly of: SourceColumn }
  | { readonly kind: 'unknown' };

/** A column of the result with the item of the query that it comes of. */
export interface ResultPart {
  readonly at: number;
  readonly part: Part;
  readonly expression: ExpressionIr | undefined;
  readonly alias?: string;
  /** In plain words, no capital: "total amount". */
  readonly words: string;
  readonly form: CellForm;
}

/** A statement read far enough to speak of its result. */
export interface ReadResult {
  readonly read: ReadSelect;
  readonly parts: readonly ResultPart[];
}

/** A statement's query with its names resolved; undefined where it cannot be read. */
export function readQuery(sql: string, catalog: DatabaseCatalog): QueryIr | undefined {
  const parsed = parseSql(sql, catalog.engine);
  return parsed.ok ? resolve(parsed.value, catalog.engine, catalog).query : undefined;
}

/** What the columns of a result are; undefined where the query is no SELECT over tables of the catalog. */
export function readResult(query: QueryIr, catalog: DatabaseCatalog, { columns }: ResultTable): ReadResult | undefined {
  const read = readSelect(query, catalog);
  if (!read) return undefined;
  const { items } = read.select;
  const starred = items.some(({ expression }) => expression.kind === 'star');
  if (!starred && items.length !== columns.length) return undefined;
  const parts = columns.map(({ name }, at): ResultPart => {
    const item = starred ? itemNamed(name, read) : items[at];
    if (!item)
      return {
        at,
        part: { kind: 'unknown' },
        expression: undefined,
        words: columnWords({ name }),
        form: { kind: 'plain' },
      };
    const { expression, alias } = item;
    const part = partOf(item, read);
    const form = part.kind === 'measure' ? formOfMeasure(part.measure, expression, read) : formOf(expression, read);
    return {
      at,
      part,
      expression,
      ...(alias === undefined ? {} : { alias }),
      words: wordsOfPart(part, item, name, read),
      form,
    };
  });
  return { read, parts };
}

/** A column that a star gives, by its name. */
function itemNamed(name: string, read: ReadSelect): ItemIr | undefined {
  const named = read.select.items.find(({ alias }) => alias?.toLowerCase() === name.toLowerCase());
  if (named) return named;
  const source = read.sources.find(({ table }) =>
    table.columns.some((one) => one.name.toLowerCase() === name.toLowerCase()),
  );
  return source && { expression: { kind: 'column', table: source.key, name } };
}

function partOf({ expression, alias }: ItemIr, read: ReadSelect): Part {
  const of = bare(expression);
  const unit = periodUnit(of);
  if (unit) return { kind: 'period', unit };
  const column = columnIn(of, read);
  if (column) return { kind: 'column', of: column };
  const measure = measureOf(expression, alias, read);
  return measure ? { kind: 'measure', measure } : { kind: 'unknown' };
}

/** By what dates are grouped; undefined for an expression that does not group them. */
function periodUnit(of: ExpressionIr): string | undefined {
  if (of.kind === 'date-start') return of.unit;
  if (of.kind === 'date-part') return of.part;
  if (of.kind !== 'date-text') return undefined;
  const units: Readonly<Record<string, string>> = {
    YYYY: 'year',
    'YYYY-MM': 'month',
    'YYYY-MM-DD': 'day',
    MM: 'month',
    WEEKDAY: 'weekday',
    Month: 'month',
    Mon: 'month',
  };
  return units[of.format.trim()];
}

const formOfMeasure = (measure: Measure, expression: ExpressionIr, read: ReadSelect): CellForm =>
  'form' in measure ? measure.form : formOf(expression, read);

/** Names that a query gives its results and that say nothing. */
const VAGUE =
  /^(?:count|cnt|n|num|number|total|sum|avg|average|mean|min|max|value|val|result|res|period|[a-z]|col\d*)$/i;

function wordsOfPart(part: Part, { expression, alias }: ItemIr, name: string, read: ReadSelect): string {
  if (alias !== undefined && !VAGUE.test(alias)) return columnWords({ name: alias });
  switch (part.kind) {
    case 'period':
      return part.unit;
    case 'column':
      return wordsOf(
        part.of,
        part.of.source.key === read.finest?.key || read.sources.length === 1 ? part.of.source : undefined,
      );
    case 'measure':
      return (
        wordsOfMeasure(part.measure) ??
        ofColumn({ name, kind: 'number' }).heading.replace(/^./, (one) => one.toLowerCase())
      );
    case 'unknown':
      return queryWords(expression, read) ?? (/[()?]/.test(name) ? 'result' : columnWords({ name }));
  }
}

/** What a query within the query gives, where it gives one figure: "orders in 2026". */
function queryWords(expression: ExpressionIr, { catalog }: ReadSelect): string | undefined {
  const inner = expression.kind === 'query' ? readSelect(expression.query, catalog) : undefined;
  const [item] = inner?.select.items ?? [];
  const measure = inner && item && measureOf(item.expression, item.alias, inner);
  return measure && measureSaid(measure, inner, restrictionSaid(inner));
}

/** "orders", "total amount", "share with status lost"; undefined for what has no words. */
export function wordsOfMeasure(measure: Measure): string | undefined {
  switch (measure.kind) {
    case 'count':
      return `${measure.different ? 'different ' : ''}${measure.things.many}${measure.only ? sayRestriction(measure.only) : ''}`;
    case 'figure':
      return measure.words;
    case 'share':
      return `share${sayRestriction(measure.only)}`;
    case 'other':
      return measure.words;
  }
}

/** What a measure is of, with the rows' restriction: "total amount of orders in 2026", "share with status lost of leads". */
export function measureSaid(measure: Measure, read: ReadSelect, said: string): string | undefined {
  const words = wordsOfMeasure(measure);
  if (words === undefined || !read.finest || measure.kind === 'count')
    return words === undefined ? undefined : `${words}${said}`;
  return `${words} of ${read.finest.things.all}${said}`;
}

/** The rows' restriction, in words that go after what a row is; conditions on some columns may go without saying. */
export function restrictionSaid(
  read: ReadSelect,
  {
    withoutPeriod = false,
    beside = [],
  }: { readonly withoutPeriod?: boolean; readonly beside?: readonly ResultPart[] } = {},
): string {
  const shown = beside.flatMap(({ part }) => (part.kind === 'column' ? [part.of] : []));
  const conditions = read.conditions.filter((one) => {
    const of = one.kind === 'in' && !one.negated ? columnIn(one.value, read) : undefined;
    return !of || !shown.some(({ source, column }) => source === of.source && column === of.column);
  });
  const restriction = restrictionOf(conditions, read, read.finest ?? read.widest);
  const phrases = withoutPeriod ? restriction.phrases.filter(({ lead }) => lead !== 'when') : restriction.phrases;
  return sayRestriction({ ...restriction, phrases });
}

/** How a result is shown whose query was read. */
export function displayOfParts(parts: readonly ResultPart[], byName: ResultDisplay): ResultDisplay {
  return parts.map(({ at, part, words, form }) => {
    const fallback = byName[at]!;
    const unsaid = part.kind === 'unknown' || (part.kind === 'measure' && part.measure.kind === 'other');
    const chosen = unsaid && form.kind === 'plain' ? fallback.form : form;
    const unit = chosen.kind === 'money' ? chosen.currency : chosen.kind === 'number' ? chosen.unit : undefined;
    const currency = unit ? ` (${unit})` : '';
    return { heading: `${words.charAt(0).toUpperCase()}${words.slice(1)}${currency}`, form: chosen };
  });
}

export type Row = readonly Cell[];
