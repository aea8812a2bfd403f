import type { Calendar } from '#src/domain/calendar.ts';
import { type DatabaseCatalog, findColumn, isInstant, type Table } from '#src/domain/catalog.ts';
import { isYear } from '#src/domain/column-meaning.ts';
import { eventDateOfTable, labelsOf } from '#src/domain/roles/roles-of-columns.ts';
import { isUtc } from '#src/domain/time-zone.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { isNumeric } from './column-roles.ts';
import { dateNamed } from './date-named.ts';
import { dbGraph, type Edge, joinTables, refers } from './db-graph.ts';
import { IGNORABLE } from './ignorable.ts';
import { type ColumnRef, type Mention, saysOwner } from './lexicon.ts';
import { isSaid, ownerNamedFirst } from './owner-named.ts';
import type { Sentence } from './sentence.ts';
import { ABBREVIATIONS } from './short-forms.ts';

/** What is kept of a deed, where the word for it is another. */
const DEEDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    sold: ['sale', 'order'],
    bought: ['purchase', 'order'],
    buy: ['purchase', 'order'],
    paid: ['payment'],
    shipped: ['shipment', 'delivery'],
    delivered: ['delivery', 'shipment'],
    rented: ['rental'],
    booked: ['booking', 'reservation'],
    reserved: ['reservation'],
    lent: ['loan'],
    borrowed: ['loan'],
  }),
);

const TRADED = /^(?:sold|sell|ordered|order|bought)$/;
const MADE = /^(?:prod|production|work|job|manufacturing|purchase|purchasing|procurement|supplier)$/;

const PLACE = /^(?:city|town|country|state|region|county|district)$/i;

/** Decides which table or column a span means, given everything else that the question names. */
export class FrameResolver {
  readonly catalog: DatabaseCatalog;
  readonly #sentence: Sentence;
  readonly #timeZone: string;
  /** Today, in the asker's zone. */
  readonly today: string;
  readonly #named: ReadonlyMap<Table, number>;
  readonly #ranked: ReadonlyMap<Table, number>;

  /** @param ranked tables in the order in which retrieval found them relevant; breaks ties. */
  constructor(
    catalog: DatabaseCatalog,
    sentence: Sentence,
    ranked: readonly Table[],
    { timeZone = 'UTC', today }: Calendar,
  ) {
    this.catalog = catalog;
    this.#timeZone = timeZone;
    this.today = today;
    this.#sentence = sentence;
    this.#ranked = new Map(ranked.map((table, at) => [table, at]));
    const named = new Map<Table, number>();
    for (const mention of sentence.mentions) {
      const best = mention.tables[0];
      if (!best || best.score < 0.4 || best.score < (mention.columns[0]?.score ?? 0)) continue;
      const table = this.#bestTable(mention);
      if (table) named.set(table, Math.max(best.score, named.get(table) ?? 0));
    }
    // "names of customers" names the table beside its column
    for (const { columns } of sentence.mentions) {
      const [best] = columns;
      if (best && saysOwner(best.score) && !named.has(best.target.table)) named.set(best.target.table, 0.5);
    }
    this.#named = named;
  }

  /** Tables that the question names, surest first. */
  get named(): readonly Table[] {
    return [...this.#named].sort((a, b) => b[1] - a[1]).map(([table]) => table);
  }

  /** "names of customers with shipped orders": the table whose column the question opens with. */
  get ownerNamedFirst(): Table | undefined {
    return ownerNamedFirst(this.#sentence);
  }

  /** Whether a column is named with the rows that have it, their name first: "outages caused". */
  isSaidOfRows({ table, column }: ColumnRef): boolean {
    return this.#sentence.mentions.some(({ columns: [best], start }) => {
      const word = this.#sentence.tokens[start]?.stem ?? '';
      const own = splitIdentifier(table.title ?? table.name).map(stem);
      return best?.target.column === column && saysOwner(best.score) && own.includes(word);
    });
  }

  /** Whether all words of a table's name stand in the question, wherever. */
  isInWords(table: Table): boolean {
    return isSaid(table, this.#sentence.tokens);
  }

  /** Whether a table is named by a word of its own. */
  isSaid(table: Table): boolean {
    return this.#sentence.mentions.some((one) =>
      one.tables.some(({ target, score }) => target === table && score >= 0.9),
    );
  }

  table(code: string | undefined): Table | undefined {
    return code === undefined ? undefined : this.#bestTable(this.#sentence.mention(code));
  }

  #bestTable(mention: Mention): Table | undefined {
    const top = mention.tables[0]?.score ?? 0;
    const close = mention.tables.filter(({ score }) => score >= top - 0.05);
    return close.sort((a, b) => this.#rank(a.target) - this.#rank(b.target))[0]?.target;
  }

  #rank(table: Table): number {
    return this.#ranked.get(table) ?? 1_000;
  }

  /** The column that a span means; columns of tables that the question names come first, then those near them. */
  column(code: string | undefined, near?: Table): ColumnRef | undefined {
    if (code === undefined) return undefined;
    const { columns, start, end } = this.#sentence.mention(code);
    const words = this.#sentence.tokens.slice(start, end);
    // "role codes" are those of the roles before those of employees
    const scored = columns.map((one) => ({ ...one, score: one.score + (isSaid(one.target.table, words) ? 0.05 : 0) }));
    return this.#bestColumn(scored, near);
  }

  /** The column of one table that a span means. */
  columnOf(code: string, table: Table): ColumnRef | undefined {
    return this.#bestColumn(this.#sentence.mention(code).columns.filter(({ target }) => target.table === table));
  }

  #bestColumn(columns: Mention['columns'], near?: Table): ColumnRef | undefined {
    const scored = columns.map(({ target, score }) => ({ target, score: score + this.#closeness(target.table, near) }));
    scored.sort((a, b) => b.score - a.score || this.#rank(a.target.table) - this.#rank(b.target.table));
    return scored[0]?.target;
  }

  #closeness(table: Table, near: Table | undefined): number {
    if (table === near) return 0.35;
    if (this.#named.has(table)) return 0.25;
    const from = near && !this.#named.has(near) ? [near, ...this.named] : this.named;
    // what rows belong to says where and of what kind they are, sooner than what else is joined to the same
    const owners = near ? this.refersTo(near) : [];
    if (owners.includes(table)) return 0.12;
    const reachable = from.some((one) => joinTables(dbGraph(this.catalog), [one, table])?.length === 1);
    if (reachable) return 0.1;
    return owners.some((owner) => this.refersTo(owner).includes(table)) ? 0.06 : 0;
  }

  /** Where a stored value most likely lives; undefined when the question gives no hint among several columns. */
  value(code: string, near?: Table): (ColumnRef & { readonly value: string }) | undefined {
    const { values } = this.#sentence.mention(code);
    const scored = values.map((value) => ({
      value,
      // the `city` of things rather than a `home_city` of people, where nothing else tells them apart
      score:
        this.#closeness(value.table, near) +
        this.#mentioned(value) +
        this.#whole(value, code) +
        (PLACE.test(value.column.name) ? 0.01 : 0),
    }));
    scored.sort((a, b) => b.score - a.score || this.#rank(a.value.table) - this.#rank(b.value.table));
    const [first, second] = scored;
    // "flights of Oslo", which are from there or go there: two columns of one table hold it, and nothing tells which is meant
    if (first && second && first.value.table === second.value.table && first.score === second.score) return undefined;
    return first?.value;
  }

  /** "Steve Johnson": a first and a last name side by side are one person's, so of one table. */
  #whole(ref: ColumnRef, code: string): number {
    const own = this.#sentence.mention(code);
    const beside = this.#sentence.mentions.filter((one) => one.end === own.start || one.start === own.end);
    const other = (column: { readonly name: string }) => /last|family|sur|lname/i.test(column.name);
    const paired = beside.some(({ values }) =>
      values.some(
        ({ table, column }) => table === ref.table && other(column) !== other(ref.column) && /name/i.test(column.name),
      ),
    );
    return paired && /name/i.test(ref.column.name) ? 0.6 : 0;
  }

  /** A value counts more in a column that the question also names. */
  #mentioned(ref: ColumnRef): number {
    const named = this.#sentence.mentions.some((mention) =>
      mention.columns.some(({ target, score }) => target.column === ref.column && score >= 0.6),
    );
    return named ? 0.5 : 0;
  }

  /** How often the question names a table. */
  timesNamed(table: Table): number {
    return this.#sentence.mentions.filter(({ tables }) => tables[0]?.target === table && tables[0].score >= 0.5).length;
  }

  /** The column of a table whose name holds one of the hints, in their order. */
  hinted(
    table: Table | undefined,
    hints: readonly string[],
    kinds: readonly string[],
    fits: (ref: ColumnRef) => boolean = () => true,
  ): ColumnRef | undefined {
    const tables = table ? [table] : this.named.length ? this.named : this.catalog.tables;
    for (const hint of hints) {
      for (const candidate of tables) {
        const found = candidate.columns.filter(
          (one) =>
            (kinds.includes(one.kind) ||
              (kinds.includes('number') && isNumeric({ table: candidate, column: one }, this.catalog))) &&
            fits({ table: candidate, column: one }) &&
            splitIdentifier(one.title ?? one.name)
              .flatMap((word) => ABBREVIATIONS.get(word) ?? word)
              .some((word) => word === hint || (hint.length > 3 && word.endsWith(hint))),
        );
        const [column, ...more] = found;
        // of several amounts none is the one
        if (column && !(hint === 'amount' && more.length)) return { table: candidate, column };
      }
    }
    return undefined;
  }

  /** The column that people would call the thing by: its name, title or the like. */
  label(table: Table): ColumnRef | undefined {
    return this.labels(table)[0];
  }

  /** The label: one column, or a first and a last name. */
  labels(table: Table): readonly ColumnRef[] {
    return labelsOf(table, this.catalog).map((column) => ({ table, column }));
  }

  /** The table's key if it has one column. */
  key(table: Table): ColumnRef | undefined {
    const column =
      table.primaryKey.length === 1 ? table.columns.find((one) => one.name === table.primaryKey[0]) : undefined;
    return column && { table, column };
  }

  /** The date that events of this table are told by, where it has one. */
  eventDate(table: Table): ColumnRef | undefined {
    const column = eventDateOfTable(table, this.catalog);
    return column && (column.kind === 'date' || column.kind === 'timestamp') ? { table, column } : undefined;
  }

  /** The zone whose midnights a column of instants is compared with; none where the engine takes dates for UTC's. */
  zoneOf({ column }: ColumnRef): { readonly timeZone?: string } {
    const { engine } = this.catalog;
    const needed = isInstant(column, engine) && (engine === 'sqlite' || !isUtc(this.#timeZone));
    return needed ? { timeZone: this.#timeZone } : {};
  }

  /** The zone by whose days instants are grouped; none where the engine knows no zones: then days are those of UTC. */
  groupZoneOf(ref: ColumnRef): { readonly timeZone?: string } {
    const { engine, namedTimeZones } = this.catalog;
    const able = engine === 'postgres' || (engine !== 'sqlite' && namedTimeZones === true);
    return able ? this.zoneOf(ref) : {};
  }

  /** The date column that a verb names. */
  dateNamed(verb: string, tables: readonly Table[]): ColumnRef | undefined {
    return dateNamed(verb, tables);
  }

  /** Whether one row of a table may have several rows of the other: not when each join leads to a whole key. */
  isMany(from: Table | undefined, to: Table): boolean {
    if (!from || from === to) return false;
    const path = joinTables(dbGraph(this.catalog), [from, to]);
    return path?.some((edge) => !refers(edge)) ?? true;
  }

  /**
   * What is called by a stored value: the rows that hold it, or of a list of kinds (trucks, of vehicle types) those that are of that kind;
   * undefined where rows of several tables are of one.
   */
  rowsCalled({ table, column }: ColumnRef): Table | undefined {
    const isName =
      this.label(table)?.column === column ||
      /^(?:name|title|label|desc|descr|description|details|text)$/.test(splitIdentifier(column.name).at(-1) ?? '');
    const isKind =
      isName && table.foreignKeys.length === 0 && column.valuesComplete && column.values.length === table.rowEstimate;
    if (!isKind) return table;
    const near = new Set((dbGraph(this.catalog).edges.get(table) ?? []).map(({ to }) => to));
    const [only, ...more] = [...near].filter((other) => this.isMany(table, other));
    return more.length ? undefined : (only ?? table);
  }

  /** The tables whose rows a table's rows belong to. */
  refersTo(table: Table): readonly Table[] {
    const near = new Set((dbGraph(this.catalog).edges.get(table) ?? []).map(({ to }) => to));
    return [...near].filter((other) => !this.isMany(table, other));
  }

  /** Whether a join leads from each row to one that no other row of the same table leads to: what it is as well. */
  isSame({ from, to, pairs: [pair, ...more] }: Edge): boolean {
    const column = pair && findColumn(from, pair[0]);
    if (!column || more.length || this.isMany(from, to)) return false;
    const isKey = from.primaryKey.length === 1 && from.primaryKey[0] === column.name;
    return isKey || (column.distinct !== undefined && column.distinct === from.rowEstimate);
  }

  /** The tables whose rows belong to a table's rows. */
  referring(table: Table | undefined): readonly Table[] {
    if (!table) return [];
    const near = new Set((dbGraph(this.catalog).edges.get(table) ?? []).map(({ to }) => to));
    return [...near].filter((other) => other !== table && !this.isMany(other, table));
  }

  /** Tables of which each row of a table has one, and that have one of it: what it is told by as well. */
  besides(table: Table): readonly Table[] {
    const near = new Set((dbGraph(this.catalog).edges.get(table) ?? []).map(({ to }) => to));
    return [...near].filter(
      (other) =>
        !this.isMany(table, other) && /^(?:people|person|persons|users?|members?|contacts?)$/i.test(other.name),
    );
  }

  /** Whether a table stands between two others: joined to the one, and on the way to the other. */
  links(table: Table, from: Table, to: Table): boolean {
    const graph = dbGraph(this.catalog);
    return (
      joinTables(graph, [from, table])?.length === 1 &&
      (joinTables(graph, [from, table, to])?.some((edge) => edge.from === table) ?? false)
    );
  }

  /**
   * The table that a verb is the name of: "enrolled" and `Enrolled_in`, "advise" and `advisor`; of several that bear it the one beside
   * the things asked about.
   */
  linkNamed(verb: string, subject: Table | undefined): Table | undefined {
    // "list the buyers" are no listings
    if (IGNORABLE.has(verb)) return undefined;
    const said = stem(verb).slice(0, 6);
    const named = this.catalog.tables.filter(
      (table) => said.length >= 4 && splitIdentifier(table.name).some((word) => stem(word).startsWith(said)),
    );
    if (named.length < 2 || !subject) return named[0];
    const near = named.filter((table) =>
      (dbGraph(this.catalog).edges.get(subject) ?? []).some(({ to }) => to === table),
    );
    return near.length === 1 ? near[0] : named[0];
  }

  /** The one table beside another that bears the verb's name: "ordered" and `order_items`, "reviewed" and `reviews`. */
  doneBy(verb: string, beside: Table): Table | undefined {
    const said = new Set([verb, ...(DEEDS.get(verb) ?? [])].map(stem));
    const found = (dbGraph(this.catalog).edges.get(beside) ?? [])
      .map(({ to }) => to)
      .filter(({ name, title }) => {
        const words = splitIdentifier(title ?? name);
        // what is produced or bought in is not what was ordered or sold
        return (
          words.some((word) => said.has(stem(word))) && !(TRADED.test(verb) && words.some((word) => MADE.test(word)))
        );
      });
    const [first, ...more] = [...new Set(found)];
    return more.length ? undefined : first;
  }

  /** A stored state of a table that shares its stem with a verb: "ship" and `shipped`. */
  stateNamed(verb: string, table: Table | undefined): (ColumnRef & { readonly value: string }) | undefined {
    if (!table) return undefined;
    const said = stem(verb);
    for (const column of table.columns) {
      if (column.kind !== 'text' || !column.valuesComplete || column.values.length > 30) continue;
      // "tickets opened in May" tells when, not that they are still open: a participle is stored as one
      const value = column.values.find(
        (stored) =>
          /^\p{L}+$/u.test(stored) && stem(stored.toLowerCase()) === said && (!/ed$/.test(verb) || /ed$/i.test(stored)),
      );
      if (value !== undefined) return { table, column, value };
    }
    return undefined;
  }

  /** A stored state of a table that is said of a thing by its participle: "failed" and `fail`. */
  stateLike(participle: string, table: Table): (ColumnRef & { readonly value: string }) | undefined {
    const states = table.columns.flatMap((column) =>
      column.kind === 'text' && column.valuesComplete && column.values.length <= 30
        ? column.values
            .filter((value) => stem(value.toLowerCase()) === stem(participle))
            .map((value) => ({ table, column, value }))
        : [],
    );
    return states.length === 1 ? states[0] : undefined;
  }

  /** A column that holds fiscal years as numbers. */
  fiscalYearColumn(table: Table): ColumnRef | undefined {
    const named = /^(?:(?:fiscal|financial) ?year|fy)$/;
    const column = table.columns.find(
      (one) => one.kind === 'number' && named.test(splitIdentifier(one.title ?? one.name).join(' ')),
    );
    return column && { table, column };
  }

  /** The year by which events of this table are told, where it has no date, as numbers or text. */
  yearColumn(table: Table): ColumnRef | undefined {
    const column = eventDateOfTable(table, this.catalog);
    return column && isYear(column) ? { table, column } : undefined;
  }
}
