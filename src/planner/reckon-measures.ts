import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { holdsMoney } from '#src/domain/roles/currency-of.ts';
import { columnsWithRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { dbGraph, refers } from './db-graph.ts';
import type { Frame, Measure } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import { lineAmount } from './line-amounts.ts';
import type { FrameResolver } from './resolve.ts';

/** Tables named by an amount: "ad spend by month" is how much, never how many entries. */
const AMOUNTS =
  /^(?:spend|spending|spendings|cost|costs|budget|budgets|revenue|revenues|turnover|payroll|income|earnings|target|targets|outlay|outlays|takings|proceeds)$/;
/** And those of which either may be asked: both are shown. */
const EITHER =
  /^(?:fee|fees|charge|charges|refund|refunds|expense|expenses|sale|sales|donation|donations|bonus|bonuses|discount|discounts)$/;

/** The one amount of money among a table's numbers that add up: what was spent, beside clicks and views. */
export function onlyMoney(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  const money = columnsWithRole(table, 'additive measure', catalog)
    .map((column) => ({ table, column }))
    .filter((ref) => holdsMoney(ref, catalog) && !isCharge(ref.column, table));
  // beside what was charged for shipping and taken off, the total is what an order is worth
  const totals = money.filter(({ column }) => splitIdentifier(column.title ?? column.name).includes('total'));
  const [only, ...more] = money.length === 1 ? money : totals;
  return onlyAmount(table, catalog) ?? (more.length ? undefined : only);
}

/** What lines come to that belong to the rows of a table, by what they hold or by their number and price: of orders, the lines of theirs. */
export function amountOfLines(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  const many = (dbGraph(catalog).edges.get(table) ?? []).filter((edge) => !refers(edge)).map(({ to }) => to);
  const [only, ...more] = [...new Set(many)].flatMap(
    (one) => heldByLines(one, catalog) ?? lineAmount(one, catalog) ?? [],
  );
  return more.length ? undefined : only;
}

/** The amount that lines hold themselves. */
export const heldByLines = (table: Table, catalog: DatabaseCatalog): ColumnRef | undefined =>
  isOfLines(table) ? moneyAlone(onlyMoney(table, catalog), catalog) : undefined;

const moneyAlone = (ref: ColumnRef | undefined, catalog: DatabaseCatalog) =>
  ref && holdsMoney(ref, catalog) ? ref : undefined;

const isOfLines = (table: Table): boolean => /^(?:lines?|items?|details?|positions?)$/.test(headOf(table));

/** What rows of a table are worth: the amount that they hold, or else what their lines or their own number and price come to. */
export const worthOf = (table: Table, catalog: DatabaseCatalog): ColumnRef | undefined =>
  onlyMoney(table, catalog) ?? lineAmount(table, catalog) ?? amountOfLines(table, catalog);

/** As the one number of its rows that adds up. */
export const amountOfRows = (table: Table, catalog: DatabaseCatalog): ColumnRef | undefined =>
  onlyAmount(table, catalog) ?? lineAmount(table, catalog) ?? amountOfLines(table, catalog);

const headOf = ({ name, title }: Table) => splitIdentifier(title ?? name).at(-1) ?? '';

/** The one number of a table that adds up; what is charged besides is not what its rows are worth. */
export function onlyAmount(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  const amounts = columnsWithRole(table, 'additive measure', catalog);
  const [column] = amounts;
  if (!column || amounts.length > 1 || isCharge(column, table)) return undefined;
  return { table, column };
}

/** "delivery_fee" of orders or their customers' "credit_limit", and no fee of a table of fees. */
export const isCharge = ({ name, title }: Column, table: Table): boolean =>
  splitIdentifier(title ?? name).some(
    (word) => CHARGE.test(word) && !splitIdentifier(table.title ?? table.name).some((own) => stem(own) === stem(word)),
  );
const CHARGE =
  /^(?:fees?|freight|shipping|postage|tax|vat|tip|deposit|surcharge|discount|limit|target|quota|threshold)$/;

/** Whether a table is called by what its rows amount to. */
export const isAmount = (table: Table): boolean => AMOUNTS.test(headOf(table)) || EITHER.test(headOf(table));

const added = (ref: ColumnRef): Measure => ({ kind: 'aggregate', name: 'sum', ref });

/**
 * A measure that is named becomes neither a count nor a dump of rows: "fuel cost this year", "leave days by kind" and "ad spend per
 * channel" are added up, "subscribers by country" are counted where the flag is true.
 */
export function reckonMeasures(frame: Frame, resolver: FrameResolver): void {
  if (frame.having || frame.limit !== undefined || frame.order.some(({ measure }) => measure.kind === 'count')) return;
  const grouped = new Set(frame.groups.map(({ ref }) => ref.column));
  const own = frame.items.filter((item) => item.kind !== 'column' || !grouped.has(item.ref.column));
  const [item, ...more] = own;
  if (frame.withLabels) return;
  if (frame.totalled && item?.kind === 'count' && !more.length) return totalBeside(frame, resolver);
  if (more.length) return reckonSeveral(frame, own, resolver);
  if (item === undefined || item.kind === 'all-columns') reckonRows(frame, resolver);
  else if (item.kind === 'column') reckonColumn(frame, item.ref, resolver);
}

/** "open invoices by currency, count and total": the one amount of what is counted is added up as well. */
function totalBeside(frame: Frame, { catalog }: FrameResolver): void {
  const amount = frame.main && amountOfRows(frame.main, catalog);
  if (amount) frame.items.push(added(amount));
  else frame.refused ??= `I cannot tell what of ${frame.main?.name ?? 'them'} is to be added up.`;
}

/** "impressions and clicks per channel": each is added up. */
function reckonSeveral(frame: Frame, own: readonly Measure[], { catalog }: FrameResolver): void {
  if (!frame.groups.some((group) => group.kind === 'period' || group.asked)) return;
  const adds = (item: Measure) =>
    item.kind === 'count' || (item.kind === 'column' && roleOf(item.ref, catalog) === 'additive measure');
  if (own.every(adds))
    frame.items = frame.items.map((item) => (item.kind === 'column' && own.includes(item) ? added(item.ref) : item));
}

/** What is asked for is a phrase of its own, or told apart by something: not "list the amounts of the orders", nor "open orders, heaviest first". */
const isFigureAsked = ({ phrase, sorted, groups }: Frame) =>
  (phrase && !sorted) || groups.some((group) => group.kind === 'period' || group.asked);

function reckonColumn(frame: Frame, ref: ColumnRef, { catalog }: FrameResolver): void {
  if (!isFigureAsked(frame)) return;
  const flag = flagOf(ref.column, catalog.engine);
  // "loads delivered late", where it is a stop that is late
  if (flag && frame.main && frame.main !== ref.table && frame.phrase) {
    frame.refused ??= `I cannot tell how “${ref.table.name}.${ref.column.name}” is said of ${frame.main.name}.`;
    return;
  }
  if (flag) {
    frame.filters.push({ kind: 'compare', ref, operator: '=', value: flag.yes });
    // "employees hired since March who work remotely" lists them
    if (!frame.groups.length && frame.listsRows) {
      frame.items = frame.items.filter((item) => item.kind !== 'column' || item.ref.column !== ref.column);
      return;
    }
    frame.items = frame.items.map((item) =>
      item.kind === 'column' && item.ref.column === ref.column
        ? { kind: 'count', distinct: false, table: ref.table }
        : item,
    );
    frame.assumptions.push(
      `Counted are rows of ${ref.table.name} where ${ref.column.name} = ${String(flag.yes.value)}.`,
    );
    return;
  }
  if (roleOf(ref, catalog) !== 'additive measure') return;
  frame.items = frame.items.map((item) =>
    item.kind === 'column' && item.ref.column === ref.column ? added(ref) : item,
  );
  frame.assumptions.push(`${ref.table.name}.${ref.column.name} is added up.`);
}

function reckonRows(frame: Frame, { catalog }: FrameResolver): void {
  const { main } = frame;
  if (!main || !isFigureAsked(frame)) return;
  const amount = AMOUNTS.test(headOf(main))
    ? worthOf(main, catalog)
    : (amountOfRows(main, catalog) ?? (EITHER.test(headOf(main)) ? onlyMoney(main, catalog) : undefined));
  if (frame.totalled && amount) {
    frame.items = [...frame.items.filter(({ kind }) => kind === 'column'), added(amount)];
    return;
  }
  if (frame.totalled) frame.refused ??= `I cannot tell what of ${main.name} is to be added up.`;
  if (EITHER.test(headOf(main)) && amount && frame.groups.length) {
    frame.items = [
      ...frame.items.filter(({ kind }) => kind === 'column'),
      { kind: 'count', distinct: false, table: main },
      added(amount),
    ];
    frame.assumptions.push(`${main.name} are counted, and their ${amount.column.name} is added up.`);
    return;
  }
  if (!AMOUNTS.test(headOf(main))) return;
  if (!amount) {
    frame.refused ??= `I cannot tell what of ${main.name} is to be added up.`;
    return;
  }
  frame.items = [...frame.items.filter(({ kind }) => kind === 'column'), added(amount)];
  frame.assumptions.push(`${main.name}.${amount.column.name} is added up.`);
}
