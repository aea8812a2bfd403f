import type { Calendar } from '#src/domain/calendar.ts';
import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { isReference } from '#src/domain/column-meaning.ts';
import { looksPersonal } from '#src/domain/personal.ts';
import { eventDateOfTable } from '#src/domain/roles/roles-of-columns.ts';
import type { RankedSchema } from '#src/domain/schema-slice.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import { addsUp, isCompared } from '#src/planner/column-roles.ts';
import { findMentions, lexiconOf, type Mention } from '#src/planner/lexicon.ts';
import { type Plan, plan } from '#src/planner/plan.ts';
import { tokenise } from '#src/planner/tokens.ts';
import { withSpokenTables, wordsOfTable } from './literal-tables.ts';

/** Tables that questions are made of, and questions that are planned to find those that can be answered. */
const TABLES = 6;
const PLANNED = 24;
/** A list of groups that can be read. */
const MOST_GROUPS = 30;
/** A longer name makes no question that anybody would read on a button. */
const LONGEST = 75;

type Planned = Extract<Plan, { readonly kind: 'planned' }>;

/** A question that the planner answers over one database, and how much of what was asked it is about. */
export interface NearQuestion {
  readonly text: string;
  readonly planned: Planned;
  /** Words of what was asked that it shares; 0 where it is only a question of this database. */
  readonly shares: number;
}

/** What of a text a catalog has names and values for. */
export interface Recognised {
  /** Tables that it names, those of named columns and values among them. */
  readonly tables: ReadonlySet<Table>;
  /** Its words, by their stems, that name something. */
  readonly words: ReadonlySet<string>;
  /** Whether a table is named itself. */
  readonly namesTable: boolean;
  /** What they name, in words, the first of each. */
  readonly said: readonly string[];
}

export function recognised(text: string, catalog: DatabaseCatalog): Recognised {
  const spoken = withSpokenTables(text, catalog);
  const tokens = tokenise(spoken);
  const content = contentWords(spoken);
  const tables = new Set<Table>();
  const words = new Set<string>();
  const namings = new Map<string, string>();
  let namesTable = false;
  for (const { start, end, ...named } of findMentions(tokens, lexiconOf(catalog))) {
    const said = tokens.slice(start, end).filter((token) => content.has(token.stem));
    if (!said.length) continue;
    const owners = [...named.columns.map(({ target }) => target.table), ...named.values.map(({ table }) => table)];
    for (const table of [...named.tables.map(({ target }) => target), ...owners]) tables.add(table);
    if (!named.tables.length && !owners.length) continue;
    for (const token of said) words.add(token.stem);
    if (named.tables.length) namesTable = true;
    const asked = said.map((token) => token.text).join(' ');
    namings.set(asked, `“${asked}” (${firstNamed(named)})`);
  }
  return { tables, words, namesTable, said: [...namings.values()] };
}

/** The table, column or value that a mention names first. */
function firstNamed({ tables, columns, values }: Pick<Mention, 'tables' | 'columns' | 'values'>): string {
  const [table, column, value] = [tables[0]?.target, columns[0]?.target, values[0]];
  if (table) return `the table ${table.name}`;
  if (column) return `the column ${column.table.name}.${column.column.name}`;
  return value ? `a value of ${value.table.name}.${value.column.name}` : '';
}

/**
 * Questions of one database near to one that was asked, the nearest first: each is planned over what its asker may see before it is
 * given, reads the table and column that it speaks of and nothing else, and none is of a table without rows.
 */
export function nearestQuestions(asked: string, { catalog, ranked }: RankedSchema, calendar: Calendar): NearQuestion[] {
  const words = new Set(contentWords(asked).keys());
  const { tables: named } = recognised(asked, catalog);
  const order = [...new Set([...ranked, ...named, ...central(catalog)])].filter(({ rowEstimate }) => rowEstimate !== 0);
  const weight = (table: Table) => shared(table, words) * 2 + (named.has(table) ? 1 : 0);
  const made = order
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, TABLES)
    .flatMap((table) =>
      questionsOf(table, catalog).map((one) => ({
        ...one,
        shares: weight(table) + (one.column ? 2 * shared(one.column, words) : 0),
      })),
    )
    .sort((a, b) => b.shares - a.shares);
  return made.slice(0, PLANNED).flatMap(({ shares, ...one }) => {
    const planned = one.text.length <= LONGEST ? plan({ question: one.text, catalog, ranked, ...calendar }) : undefined;
    return planned?.kind === 'planned' && isAsMeant(one, planned) ? [{ text: one.text, planned, shares }] : [];
  });
}

const phraseOf = ({ name, title }: Pick<Table, 'name' | 'title'>) => splitIdentifier(title ?? name);

const shared = (named: Pick<Table, 'name' | 'title'>, words: ReadonlySet<string>) =>
  phraseOf(named).filter((word) => words.has(stem(word))).length;

/** Tables that others refer to, those with most references first: what a database is about. */
function central({ tables }: DatabaseCatalog): Table[] {
  const references = new Map<string, number>();
  for (const { targetTable } of tables.flatMap(({ foreignKeys }) => foreignKeys))
    references.set(targetTable, (references.get(targetTable) ?? 0) + 1);
  const of = (table: Table) => references.get(table.name) ?? 0;
  return [...tables].sort((a, b) => of(b) - of(a) || (b.rowEstimate ?? 0) - (a.rowEstimate ?? 0));
}

/** Columns that say what a thing is called. */
const NAMES = /(?:^|_)(?:name|title|label)$|name$/i;

interface Made {
  readonly text: string;
  readonly table: Table;
  readonly column?: Column;
  /** What the query must hold besides the column: so many groups, and this function. */
  readonly groups: 0 | 1;
  readonly computes: string;
}

/** Questions about a table alone: how many by a list of codes, the sum or mean of an amount, how many by month, how many. */
function questionsOf(table: Table, catalog: DatabaseCatalog): Made[] {
  const words = wordsOfTable(table);
  const things = words.at(-1)?.endsWith('s') ? words.join(' ') : `${words.join(' ')} records`;
  const own = table.columns.filter(
    (column) => !isReference({ table, column }, catalog) && !looksPersonal(column, table.name),
  );
  const said = (column: Column) => phraseOf(column).join(' ');
  const groupings = own.filter(
    ({ kind, valuesComplete, values }) =>
      kind === 'text' && valuesComplete && values.length > 1 && values.length <= MOST_GROUPS,
  );
  const amounts = own.filter((column) => addsUp({ table, column }, catalog) || isCompared({ table, column }, catalog));
  // Things that bear a name are counted by when they began; what happens to them, by when it does.
  const happens = table.foreignKeys.length > 0 && !table.columns.some(({ name }) => NAMES.test(name));
  const date = happens ? eventDateOfTable(table, catalog) : undefined;
  const count = { table, computes: 'COUNT(' } as const;
  return [
    ...groupings.map((column) => ({
      ...count,
      column,
      text: `How many ${things} are there by ${said(column)}?`,
      groups: 1 as const,
    })),
    ...amounts.map((column) => {
      const one = isCompared({ table, column }, catalog);
      const what = `${one ? 'average' : 'total'} ${said(column).replace(/^(?:total|average) /, '')}`;
      return {
        table,
        column,
        text: `What is the ${what} of ${things}?`,
        groups: 0 as const,
        computes: one ? 'AVG(' : 'SUM(',
      };
    }),
    ...(date ? [{ ...count, column: date, text: `How many ${things} are there per month?`, groups: 1 as const }] : []),
    { ...count, text: `How many ${things} are there?`, groups: 0 },
  ];
}

/** Whether a plan is of what the question speaks of: this table and column alone, with nothing left out. */
function isAsMeant({ table, column, groups, computes }: Made, { query, sql, tables }: Planned): boolean {
  // A sum over several currencies is grouped by them.
  const grouped = query.groupBy.length === groups || (computes === 'SUM(' && query.groupBy.length === 1);
  return (
    tables.length === 1 &&
    tables[0] === table.name &&
    query.where === undefined &&
    grouped &&
    sql.includes(computes) &&
    (column === undefined || sql.includes(column.name))
  );
}

/** Words before which a clause begins that can be left out. */
const CLAUSE =
  /^(?:in|on|at|for|from|with|without|by|per|that|which|who|whose|where|when|while|because|since|before|after|during|over|under|above|below|between|except|excluding|including|compared|versus|and|or|but|last|this|next|as|than|if)$/i;
/** A question does not end with one of these. */
const OPEN_END =
  /\b(?:a|an|the|of|in|on|at|to|for|from|with|and|or|by|per|is|are|was|were|do|does|did|our|my|your|their|each|every|all|no|not)$/i;
const RANKED = /\b(?:top|bottom|first|most|least|best|worst|rank|ranked|sort|sorted|order|ordered)\b/i;
const MOST_CLAUSES = 8;

/**
 * The question without the clauses that hold words which were not understood, or without one clause: the nearest questions of all, where
 * the planner can answer them.
 */
export function shorterQuestions(asked: string, unknown: readonly string[]): string[] {
  const clauses: string[][] = [[]];
  for (const word of asked.replace(/[?.!\s]+$/, '').split(/\s+/)) {
    if (clauses.at(-1)!.length && (CLAUSE.test(word) || /,$/.test(clauses.at(-1)!.at(-1)!))) clauses.push([]);
    clauses.at(-1)!.push(word);
  }
  if (clauses.length < 2 || clauses.length > MOST_CLAUSES) return [];
  const strange = new Set(unknown.flatMap(splitIdentifier));
  const isStrange = (clause: readonly string[]) => clause.flatMap(splitIdentifier).some((word) => strange.has(word));
  // What is ranked is ranked by something.
  if (RANKED.test(asked) && clauses.some((clause) => isStrange(clause) && /^by$/i.test(clause[0]!))) return [];
  const without = (left: ReadonlySet<number>) => clauses.filter((_, at) => !left.has(at)).flat();
  const strangeAt = new Set(clauses.keys().filter((at) => isStrange(clauses[at]!)));
  if (strangeAt.has(0)) return [];
  const kept = strangeAt.size
    ? [without(strangeAt)]
    : [...clauses.keys()]
        .slice(1)
        .filter((at) => !(RANKED.test(asked) && /^by$/i.test(clauses[at]![0]!)))
        .reverse()
        .map((at) => without(new Set([at])));
  return kept
    .filter((words) => words.length > 1) // a name alone is no question
    .map((words) => words.join(' ').replace(/,$/, ''))
    .filter((text) => text && !OPEN_END.test(text) && text.length < LONGEST)
    .map(
      (text) =>
        `${text.charAt(0).toUpperCase()}${text.slice(1)}${/^(?:how|what|which|who|where|when)\b/i.test(text) ? '?' : ''}`,
    );
}
