import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { findColumn, findTable } from '#src/domain/catalog.ts';
import type { EdlLine } from '#src/domain/edl.ts';
import { mapParts } from '#src/sql/query-ir.ts';
import type { EdlExpression, EdlItem, EdlSource, EdlText, StepBody, StepNode } from './edl-ast.ts';
import { lexEdl } from './lex-edl.ts';
import { bracket, expressionText, printBody } from './print-edl.ts';

/** As many as an answer shows: our own cap (slack-rules.md#an-answer). */
const MOST_LINES = 12;

/**
 * The short form: each result that others use in one line, called A, B, …, then the answer's own clauses, in everyday
 * words and with the names that people use for tables and columns. The canonical steps stay the authority.
 */
export function shortForm(text: EdlText, catalog?: DatabaseCatalog): EdlLine[] {
  const results = blocksOf(text);
  const letters = resultNames(results);
  const everywhere = aliasesOf(text.steps);
  const lines = results.flatMap((block, at) => {
    const last = at === results.length - 1;
    const names = namesOf(block.steps, everywhere, catalog);
    const phrases = block.steps
      .filter((step) => last || !saysNothing(step.body))
      .map((step) => ({ step, text: phrase(step.body, names) }));
    const said = (part: string) => named(part, letters);
    if (!last) {
      const whole = phrases.map((one) => one.text).join(', ');
      const name = letters.get(block.last.number);
      return [{ text: said(`${name}: ${whole}.`), steps: block.steps.map((step) => step.number) }];
    }
    return clauses(phrases).map((line) => ({ ...line, text: said(`${capital(line.text)}.`) }));
  });
  if (lines.length <= MOST_LINES) return lines;
  const kept = lines.slice(-(MOST_LINES - 1));
  const folded = lines.slice(0, -(MOST_LINES - 1)).flatMap((line) => line.steps);
  return [
    { text: `First ${folded.length} steps prepare ${letters.size} results (see all steps).`, steps: folded },
    ...kept,
  ];
}

/** SELECT 1 of a query that is only asked for its existence. */
const saysNothing = (body: StepBody) =>
  body.kind === 'select' &&
  body.items.length === 1 &&
  body.items.every(({ expression }) => expression.kind === 'number');

/** A, B, …, or the name that the text gives a result itself. */
function resultNames(results: readonly ResultBlock[]): ReadonlyMap<number, string> {
  let letters = 0;
  return new Map(
    results.slice(0, -1).map(({ last: { number, body } }) => {
      const name = 'name' in body && body.kind !== 'compute' ? body.name : undefined;
      if (name !== undefined) return [number, bracket(name)];
      letters += 1;
      return [number, letter(letters - 1)];
    }),
  );
}

interface ResultBlock {
  readonly steps: StepNode[];
  /** The step that its result is named by. */
  last: StepNode;
}

/** The steps of each result, in the order in which the results are done. */
function blocksOf({ steps }: EdlText): ResultBlock[] {
  const open: StepNode[][] = [];
  const done: ResultBlock[] = [];
  const owner = new Map<number, ResultBlock>();
  const close = (own: StepNode[], last: StepNode) => {
    const block = { steps: own, last };
    done.push(block);
    owner.set(last.number, block);
  };
  for (const step of steps) {
    const { body } = step;
    const ended = body.kind === 'sort' || body.kind === 'limit' ? owner.get(body.input) : undefined;
    if (body.kind === 'scan') open.push([step]);
    else if (body.kind === 'subquery' || body.kind === 'set' || body.kind === 'verbatim') close([step], step);
    else if (ended) {
      ended.steps.push(step);
      ended.last = step;
      owner.set(step.number, ended);
    } else {
      open.at(-1)?.push(step);
      if (body.kind === 'select') close(open.pop() ?? [step], step);
    }
  }
  return done;
}

type Phrase = { readonly step: StepNode; readonly text: string };

/** The answer's own lines: sources, filter, computations, groups, order, result. */
function clauses(phrases: readonly Phrase[]): EdlLine[] {
  const lines: { text: string; steps: number[]; clause: string }[] = [];
  for (const { step, text } of phrases) {
    const clause = CLAUSE[step.body.kind];
    const last = lines.at(-1);
    if (last?.clause === clause) {
      last.text += `, ${text}`;
      last.steps.push(step.number);
    } else lines.push({ text, steps: [step.number], clause });
  }
  return lines.map(({ text, steps }) => ({ text, steps }));
}

const CLAUSE: Readonly<Record<StepBody['kind'], string>> = {
  scan: 'from',
  subquery: 'from',
  join: 'from',
  reserve: 'where',
  compute: 'compute',
  group: 'group',
  having: 'group',
  sort: 'order',
  limit: 'order',
  select: 'select',
  set: 'set',
  verbatim: 'verbatim',
};

/** How a block calls things: aliases by their table, columns by the name that people use. */
interface Names {
  table(name: string): string;
  column(name: string, table: string | undefined): { readonly name: string; readonly table?: string };
}

/** The table of each alias of the text; an alias of two tables tells nothing. */
function aliasesOf(steps: readonly StepNode[]): ReadonlyMap<string, string> {
  const tables = new Map<string, string>();
  const twice = new Set<string>();
  for (const { body } of steps) {
    const from = 'source' in body ? body.source : undefined;
    if (from?.kind !== 'table') continue;
    const alias = (from.alias ?? from.name).toLowerCase();
    if (tables.has(alias) && tables.get(alias) !== from.name) twice.add(alias);
    tables.set(alias, from.name);
  }
  for (const alias of twice) tables.delete(alias);
  return tables;
}

function namesOf(
  steps: readonly StepNode[],
  everywhere: ReadonlyMap<string, string>,
  catalog: DatabaseCatalog | undefined,
): Names {
  const tables = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { body } of steps) {
    const source = body.kind === 'scan' || body.kind === 'subquery' || body.kind === 'join' ? body.source : undefined;
    if (source?.kind !== 'table') continue;
    tables.set((source.alias ?? source.name).toLowerCase(), source.name);
    counts.set(source.name, (counts.get(source.name) ?? 0) + 1);
  }
  const titleOf = (name: string) => {
    const table = catalog && findTable(catalog, name);
    // A comment says what a table is about; its name is what everybody knows it by.
    return table?.title ?? name;
  };
  return {
    table: titleOf,
    column(name, qualifier) {
      const real =
        qualifier === undefined
          ? [...tables.values()].find((one) => has(one, name, catalog))
          : (tables.get(qualifier.toLowerCase()) ?? everywhere.get(qualifier.toLowerCase()));
      const table = real === undefined || !catalog ? undefined : findTable(catalog, real);
      const column = table && findColumn(table, name);
      const shown = plainName(column?.title, column?.comment) ?? name;
      if (qualifier === undefined || real === undefined)
        return { name: shown, ...(qualifier === undefined ? {} : { table: qualifier }) };
      // One table of the name: its alias says nothing. Alone in the block: the table goes without saying.
      if ((counts.get(real) ?? 0) > 1) return { name: shown, table: qualifier };
      const own = tables.has(qualifier.toLowerCase());
      return own && tables.size === 1 ? { name: shown } : { name: shown, table: titleOf(real) };
    },
  };
}

function has(table: string, column: string, catalog: DatabaseCatalog | undefined): boolean {
  const known = catalog && findTable(catalog, table);
  return known !== undefined && findColumn(known, column) !== undefined;
}

/** Words that open a remark about a thing ("including tax", "in euro"), not its name. */
const REMARK = /^(as|by|for|from|if|in|incl|including|is|not|null|of|see|set|when|where|whether|with|without)\b/i;

/** A title, or a comment that reads as a name: at most four words, and no remark. */
function plainName(title: string | undefined, comment: string | undefined): string | undefined {
  if (title) return title;
  if (!comment || comment.length > 60) return undefined;
  const [brief = ''] = comment.split(/[.;:(]/).map((part) => part.trim());
  if (!brief || brief.length > 30 || /[[\],]/.test(brief)) return undefined;
  return brief.split(/\s+/).length <= 4 && !REMARK.test(brief) ? brief : undefined;
}

function phrase(body: StepBody, names: Names): string {
  const words = (expression: EdlExpression, place: 'condition' | 'item') =>
    expressionText(renamed(expression, names), place);
  const list = (items: readonly EdlItem[]) =>
    items
      .map(
        ({ expression, alias }) =>
          `${words(expression, 'item')}${alias === undefined || sameName(expression, alias) ? '' : ` as ${bracket(alias)}`}`,
      )
      .join(', ');
  switch (body.kind) {
    case 'scan':
      return body.source ? `from ${source(body.source, names)}` : 'without a table';
    case 'subquery':
      return `from ${source(body.source, names)}, show ${body.distinct ? 'distinct ' : ''}${list(body.items)}`;
    case 'join': {
      const kind = body.type === 'inner' || body.type === 'cross' ? 'with' : JOINED[body.type];
      const on = body.on ? ` where ${words(body.on, 'condition')}` : '';
      const using = body.using.length ? ` by the same ${body.using.map(bracket).join(', ')}` : '';
      return `joined ${kind} ${source(body.source, names)}${using}${on}`;
    }
    case 'reserve':
      return `keep rows where ${words(body.condition, 'condition')}`;
    case 'having':
      return `keep groups where ${words(body.condition, 'condition')}`;
    case 'group':
      return `group by ${body.keys.map((key) => words(key, 'item')).join(', ')}`;
    case 'sort':
      return `sort by ${body.keys.map((key) => `${words(key.expression, 'item')}${key.descending ? ' (highest first)' : ''}${key.nulls ? `, empty ones ${key.nulls}` : ''}`).join(', ')}`;
    case 'limit': {
      const skip = body.offset === undefined ? '' : ` after skipping ${body.offset}`;
      if (body.count === undefined) return `take all rows${skip}`;
      return body.count === 1 ? `take only the first row${skip}` : `take the first ${body.count} rows${skip}`;
    }
    case 'select':
      return `show ${body.distinct ? 'distinct ' : ''}${list(body.items)}`;
    case 'set':
      return SETS[body.operator](`#${body.left}`, `#${body.right}`);
    case 'compute':
      return lower(printBody({ ...body, expression: renamed(body.expression, names) }).slice(0, -1));
    case 'verbatim':
      return `run as written ${printBody(body).slice(0, -1)}`;
  }
}

const JOINED = {
  left: 'with, where there are any,',
  right: 'with all of',
  full: 'both ways with',
} as const;

const SETS = {
  UNION: (left: string, right: string) => `${left} and ${right} together, without repeats`,
  'UNION ALL': (left: string, right: string) => `${left} and ${right} together`,
  INTERSECT: (left: string, right: string) => `what ${left} and ${right} have in common`,
  EXCEPT: (left: string, right: string) => `${left} without what ${right} has`,
} as const;

function source(from: EdlSource, names: Names): string {
  if (from.kind === 'table') return bracket(names.table(from.name));
  return from.kind === 'step' ? `#${from.step}` : from.sql;
}

const sameName = (expression: EdlExpression, alias: string) =>
  expression.kind === 'column' && expression.name === alias;

function renamed(expression: EdlExpression, names: Names): EdlExpression {
  if (expression.kind === 'column') return { kind: 'column', ...names.column(expression.name, expression.table) };
  return mapParts<number, number>(expression, { expression: (part) => renamed(part, names), query: (step) => step });
}

/** `the result of #4` and `#4` become the letter of that result. */
function named(text: string, letters: ReadonlyMap<number, string>): string {
  let written = '';
  let from = 0;
  for (const token of lexEdl(text)) {
    if (token.kind !== 'step') continue;
    const before = text
      .slice(from, token.start)
      .replace(/the results? (?:of|in) $/, '')
      .replace(/row in $/, 'row in ');
    written += before + (letters.get(Number(token.value)) ?? token.text);
    from = token.start + token.text.length;
  }
  return written + text.slice(from);
}

const letter = (at: number) => (at < 26 ? String.fromCharCode(65 + at) : `R${at + 1}`);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
