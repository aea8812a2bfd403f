import type { Column, DatabaseCatalog, Table } from './catalog.ts';
import { maskPersonal, mayShowExamples } from './personal.ts';

/** The part of a database that a prompt shows: tables with the columns that are kept, in the order of the catalog. */
export interface MSchema {
  readonly catalog: DatabaseCatalog;
  readonly tables: readonly Table[];
  /** Stored values that the question names, by `table.column`; they are shown before other examples. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

export interface MSchemaStyle {
  /** `paper`: examples as XiYan's code shows them; `linked`: values that the question names come first. */
  readonly style: 'paper' | 'linked';
  /** Keeps `VARCHAR(20)` whole; cut at the first parenthesis by default. */
  readonly wholeTypes?: boolean;
  /** Examples of a column at most; those that the question names are shown all the same. */
  readonly examples?: number;
  /** Characters of a comment at most; 0 leaves comments out. */
  readonly commentLength?: number;
}

/** As XiYan's code: five are fetched, three shown; longer values leave fewer (sources.md#m-schema). */
const FETCHED = 5;
const SHOWN = 3;
const LONG = 20;
const TOO_LONG = 50;
const RETRIEVED_LENGTH = 100;
const ONE_OF: ReadonlySet<string> = new Set(['DATE', 'TIME', 'DATETIME', 'TIMESTAMP']);
/** One comment does not crowd out the schema. */
const COMMENT_LENGTH = 200;

/** M-Schema, the text of a database that a model reads (XiYan-SQL; sources.md#m-schema). */
export function mSchemaText({ catalog, tables, values }: MSchema, style: MSchemaStyle): string {
  const shown = new Set(tables.map(keyOf));
  const anyKey = catalog.tables.some((table) => table.foreignKeys.length);
  const byName = Map.groupBy(catalog.tables, ({ name }) => name.toLowerCase());
  const lines = tables.flatMap((table) => foreignKeyLines(table, byName, shown));
  return [
    `【DB_ID】 ${asData(catalog.databaseId)}`,
    '【Schema】',
    ...tables.map((table) => tableText(table, values, style)),
    ...(anyKey ? ['【Foreign keys】', ...lines] : []),
  ].join('\n');
}

function tableText(table: Table, values: MSchema['values'], style: MSchemaStyle): string {
  const comment = commentOf(table.comment, style);
  const columns = table.columns.map((column) => columnText(column, table, values.get(valueKey(table, column)), style));
  return `# Table: ${asData(nameOf(table))}${comment && comment !== 'None' ? `, ${comment}` : ''}\n[\n${columns.join(',\n')}\n]`;
}

function columnText(column: Column, table: Table, named: readonly string[] | undefined, style: MSchemaStyle): string {
  const type = column.type.toUpperCase();
  const [bare = ''] = type.split('(');
  const comment = commentOf(column.comment, style);
  const examples = examplesOf(column, table, style.style === 'linked' ? (named ?? []) : [], style.examples ?? SHOWN);
  const parts = [
    `${asData(column.name)}:${asData(style.wholeTypes ? type : bare.trim())}`,
    ...(comment ? [comment] : []),
    ...(table.primaryKey.includes(column.name) ? ['Primary Key'] : []),
    ...(examples.length ? [`Examples: [${examples.join(', ')}]`] : []),
  ];
  return `(${parts.join(', ')})`;
}

/** The examples of a column, cleaned and cut; those that the question names first. */
export function examplesOf(column: Column, table: Table, named: readonly string[], most: number): string[] {
  if (!mayShowExamples(column, table)) return [];
  const asked = named.map((value) => asData(value).slice(0, RETRIEVED_LENGTH));
  const usual = usualExamples(column).slice(0, most);
  const all = [...asked, ...usual.filter((value) => !asked.includes(value))];
  return all.slice(0, Math.max(most, asked.length)).map(maskPersonal);
}

const LONGEST_KIND = 30;

/** Rows a value, on average, from which values are kinds of rows, and not what each row is called. */
const ROWS_A_KIND = 4;

/**
 * All values that were seen in a text column, where they are at most so many, none is long, and they repeat: the kinds that its rows come in.
 * Else none.
 */
export function kindsOf(column: Column, table: Table, most: number): string[] {
  const { values, kind } = column;
  if (kind !== 'text' || values.length < 2 || values.length > most) return [];
  if ((table.rowEstimate ?? Number.POSITIVE_INFINITY) < ROWS_A_KIND * values.length) return [];
  if (!mayShowExamples(column, table) || values.some((value) => value.length > LONGEST_KIND)) return [];
  return values.map(asData).map(maskPersonal);
}

function usualExamples(column: Column): string[] {
  const fetched = column.values.slice(0, FETCHED).filter((value) => value.trim() !== '');
  if (fetched.some((value) => /https?:\/\//.test(value) || /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(value))) return [];
  const dated = column.kind === 'date' || column.kind === 'timestamp';
  const cleaned = (dated ? fetched.slice(0, 1) : fetched).map((value) => plainNumber(column, asData(value)));
  if (ONE_OF.has(column.type.toUpperCase())) return cleaned.slice(0, 1);
  const shown = cleaned.slice(0, SHOWN);
  const longest = Math.max(0, ...shown.map((value) => value.length));
  return longest > TOO_LONG ? [] : longest > LONG ? shown.slice(0, 1) : shown;
}

/** `12.50` in an exact decimal column is shown as 12.5. */
const plainNumber = (column: Column, value: string) =>
  column.kind === 'number' && /^-?\d+\.\d*0$/.test(value) ? String(Number(value)) : value;

function foreignKeyLines(
  table: Table,
  byName: ReadonlyMap<string, readonly Table[]>,
  shown: ReadonlySet<string>,
): string[] {
  return table.foreignKeys.flatMap((key) => {
    const target = byName
      .get(key.targetTable.toLowerCase())
      ?.find((one) => key.targetSchema === undefined || one.schema === undefined || one.schema === key.targetSchema);
    if (!target || !shown.has(keyOf(target))) return [];
    return key.columns.map(
      (column, at) =>
        `${asData(nameOf(table))}.${asData(column)}=${asData(nameOf(target))}.${asData(key.targetColumns[at] ?? '')}`,
    );
  });
}

/** What people wrote about a table or column, as data of one line. */
export function commentOf(
  comment: string | undefined,
  { commentLength = COMMENT_LENGTH }: Pick<MSchemaStyle, 'commentLength'>,
): string {
  return maskPersonal(asData(comment ?? '')).slice(0, commentLength);
}

const nameOf = (table: Table) => (table.schema === undefined ? table.name : `${table.schema}.${table.name}`);
const keyOf = (table: Table) => nameOf(table).toLowerCase();

/** The key of a column in `MSchema.values`. */
export const valueKey = (table: Pick<Table, 'name'>, column: Pick<Column, 'name'>) =>
  `${table.name}.${column.name}`.toLowerCase();

/** Fences and headings that a prompt is built of: no name, comment or value may open or close one. */
const MARKS = /```|<(?=\/?(?:schema|question|hint|thread|result|candidate|steps|data)\b)|^#+\s/gi;

/** Text from a database made harmless in a prompt: one line, no control characters, no mark that structures the prompt. */
export function asData(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .replaceAll('【', '[')
    .replaceAll('】', ']')
    .replace(MARKS, (mark) => (mark === '<' ? '‹' : mark === '```' ? "'''" : ''))
    .trim();
}
