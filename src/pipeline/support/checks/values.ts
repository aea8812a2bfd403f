import { type Column, findTable, type Table, tableLabel } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import { mayShowExamples } from '#src/domain/personal.ts';
import {
  type ColumnIr,
  EMPTY_SELECT,
  type ExpressionIr,
  type QueryIr,
  rewrite,
  type SourceIr,
  visit,
} from '#src/sql/query-ir.ts';
import { type Correction, type Finding, failed, look, type Subject } from './check.ts';
import { countOf } from './joined.ts';

type TextIr = Extract<ExpressionIr, { readonly kind: 'text' }>;

/** A text that a column of a table is held against. */
interface Compared {
  readonly table: Table;
  readonly column: Column;
  readonly text: string;
}

/** So many texts of one statement are looked for. */
const MOST = 3;
/** Ways of writing one value that may all be meant; what has more is no value that was misspelt. */
const MOST_SPELLINGS = 4;

/**
 * Whether each text that a column must equal is stored there; then what comes next. One that is stored in another case, or with other
 * spaces, is taken as it is stored; one that is not stored at all is a doubt where nothing came out.
 */
export function lookForTexts(
  subject: Subject,
  isEmpty: boolean,
  then: (absent: readonly string[]) => Finding,
): Finding {
  const unseen = comparedTexts(subject).filter(({ column: { values }, text }) => !values.includes(text));
  return lookFor(unseen.slice(0, MOST), [], { subject, isEmpty, then });
}

interface Texts {
  readonly subject: Subject;
  readonly isEmpty: boolean;
  readonly then: (absent: readonly string[]) => Finding;
}

function lookFor([next, ...rest]: readonly Compared[], absent: readonly string[], texts: Texts): Finding {
  if (!next) return texts.then(absent);
  const { subject } = texts;
  // An empty table has no spelling of anything.
  if (next.table.rowEstimate === 0) return lookFor(rest, absent, texts);
  return look(spellingsOf(next), ({ rows }) => {
    if (rows.some((row) => Number(row[1]) === 1)) return lookFor(rest, absent, texts);
    const stored = rows.map(([value]) => String(value));
    if (!stored.length) {
      const says = sayAbsent(next, subject);
      return texts.isEmpty ? failed(says) : lookFor(rest, [...absent, says], texts);
    }
    const spelt = stored.map((one) => `“${one}”`).join(', ');
    const says = `“${next.text}” is stored in ${labelOf(next, subject)} as ${spelt}.`;
    return failed(says, stored.length > MOST_SPELLINGS ? undefined : asStored(next, stored, says, subject));
  });
}

const labelOf = ({ table, column }: Compared, { catalog }: Subject) =>
  `${tableLabel(table, catalog.engine)}.${column.name}`;

const sayAbsent = (one: Compared, subject: Subject): string =>
  `no row of ${tableLabel(one.table, subject.catalog.engine)} has “${one.text}” as ${one.column.name}${elsewhere(one, subject)}.`;

/** Other columns of the same table that are known to hold the text. */
function elsewhere({ table, column, text }: Compared, { catalog }: Subject): string {
  const wanted = text.trim().toLowerCase();
  const holders = table.columns.filter(
    (one) =>
      one !== column &&
      mayShowExamples(one, table) &&
      one.values.some((value) => value.trim().toLowerCase() === wanted),
  );
  const [only, second] = holders;
  return only && !second ? `; it is a value of ${tableLabel(table, catalog.engine)}.${only.name}` : '';
}

const lower = (argument: ExpressionIr): ExpressionIr => ({
  kind: 'function',
  name: 'LOWER',
  args: [{ kind: 'function', name: 'TRIM', args: [argument] }],
});

/** How a value is written where it is stored, but for case and spaces around it, and whether the engine takes each for the same. */
function spellingsOf({ table, column, text }: Compared): QueryIr {
  const value: ColumnIr = { kind: 'column', name: column.name };
  const wanted: TextIr = { kind: 'text', value: text };
  const same: ExpressionIr = {
    kind: 'case',
    whens: [
      {
        condition: { kind: 'compare', operator: '=', left: value, right: wanted },
        result: { kind: 'number', text: '1' },
      },
    ],
    otherwise: { kind: 'number', text: '0' },
  };
  const from: SourceIr = {
    kind: 'table',
    name: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
  };
  return {
    ...EMPTY_SELECT,
    items: [{ expression: value }, { expression: { kind: 'aggregate', name: 'max', distinct: false, argument: same } }],
    from,
    where: { kind: 'compare', operator: '=', left: lower(value), right: lower(wanted) },
    groupBy: [value],
    orderBy: [{ expression: countOf(), descending: true }],
    limit: MOST_SPELLINGS + 1,
  };
}

/** The query with the text as it is stored, wherever the column is held against it. */
function asStored({ column, text }: Compared, stored: readonly string[], says: string, subject: Subject): Correction {
  const { catalog } = subject;
  const isIts = (one: ExpressionIr) =>
    one.kind === 'column' &&
    one.resolved !== undefined &&
    columnNamed(catalog, one.resolved, one.name)?.column === column;
  const isText = (one: ExpressionIr): one is TextIr => one.kind === 'text' && one.value === text;
  const options = stored.map((value): TextIr => ({ kind: 'text', value }));
  const [only] = options;
  const query = rewrite(subject.query, {
    source: (one) => one,
    expression: (one) => {
      if (one.kind === 'in' && isIts(one.value))
        return {
          ...one,
          options: one.options.flatMap((option): readonly ExpressionIr[] => (isText(option) ? options : [option])),
        };
      if (one.kind !== 'compare' || (one.operator !== '=' && one.operator !== '<>')) return one;
      const value =
        isIts(one.left) && isText(one.right) ? one.left : isIts(one.right) && isText(one.left) ? one.right : undefined;
      if (!value || !only) return one;
      return options.length === 1
        ? { kind: 'compare', operator: one.operator, left: value, right: only }
        : { kind: 'in', negated: one.operator === '<>', value, options };
    },
  });
  return { query, says: `Read so: ${says}` };
}

/** Texts that a column of texts must equal, or must not, anywhere in the statement. */
function comparedTexts({ query, catalog }: Subject): readonly Compared[] {
  const found = new Map<string, Compared>();
  const add = (left: unknown, right: unknown) => {
    const [one, text] = [left as ExpressionIr, right as ExpressionIr];
    if (one?.kind !== 'column' || text?.kind !== 'text' || !one.resolved || !text.value.trim()) return;
    const of = columnNamed(catalog, one.resolved, one.name);
    if (of?.column.kind === 'text' && findTable(catalog, of.table.name, of.table.schema))
      found.set(`${of.table.schema}.${of.table.name}.${of.column.name}=${text.value}`, { ...of, text: text.value });
  };
  visit(query, (node) => {
    if (node.kind === 'compare' && (node.operator === '=' || node.operator === '<>')) {
      add(node.left, node.right);
      add(node.right, node.left);
    }
    if (node.kind === 'in') for (const option of (node.options ?? []) as unknown[]) add(node.value, option);
  });
  return [...found.values()];
}
