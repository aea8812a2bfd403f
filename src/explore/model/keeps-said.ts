import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import { type IrNode, type QueryIr, visit } from '#src/sql/query-ir.ts';
import { textsOf } from '../literals.ts';

const NUMBER_WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const NUMBERS = /\d+(?:[.,]\d+)*/g;
const QUOTED = /[“"]([^”"]+)[”"]/g;
const MONTHS =
  /\b(?:January|February|March|April|May|June|July|August|September|October|November|December)(?= \d{4}\b)/g;

/** Whether other words for a question still have each number, quoted value and month of it. */
export function keepsSaid(before: string, after: string): boolean {
  const values = [...before.matchAll(QUOTED)].map(([, value = '']) => value);
  const rest = before.replace(QUOTED, ' ');
  const said = after.toLowerCase();
  const numbers = numbersIn(after);
  return (
    [...values, ...(rest.match(MONTHS) ?? [])].every((value) => said.includes(value.toLowerCase())) &&
    (rest.match(NUMBERS) ?? []).every((one) => numbers.has(plain(one)))
  );
}

/** Numbers that a text has, as digits or, up to twelve, as words. */
function numbersIn(text: string): ReadonlySet<number> {
  const words = text
    .toLowerCase()
    .split(/[^a-z]+/)
    .map((word) => NUMBER_WORDS.indexOf(word))
    .filter((at) => at >= 0);
  return new Set([...(text.match(NUMBERS) ?? []).map(plain), ...words]);
}

const plain = (digits: string): number => Number(digits.replaceAll(',', ''));

/** Whether a text says each number that a query compares something with: what it does not say was made up. 0 and 1 are flags as well. */
export function saysNumbers(query: QueryIr, text: string): boolean {
  const said = numbersIn(text);
  let all = true;
  const look = (node: unknown) => {
    const value = numberOf(node);
    if (value !== undefined && value !== 0 && value !== 1 && !said.has(value)) all = false;
  };
  visit(query, (node: IrNode) => {
    if (node.kind === 'compare') [node.left, node.right].forEach(look);
    if (node.kind === 'between') [node.low, node.high].forEach(look);
    if (node.kind === 'in') node.options?.forEach(look);
  });
  return all;
}

const LEAST = 3;

/**
 * What a question says and its query has not: a number, a text in quotes, or a stored value of what was shown, as it is stored. Nothing
 * where it has all. Values that look like any word are no sign.
 */
export function lackingIn(sql: string, question: string, { tables }: Pick<MSchema, 'tables'>): string | undefined {
  const has = sql.toLowerCase();
  const numbers = new Set(
    (sql.match(NUMBERS) ?? []).flatMap((one) => one.split(/[.,]/).map(Number).concat(plain(one))),
  );
  const quoted = [...question.matchAll(QUOTED)].map(([, value = '']) => value);
  const rest = question.replace(QUOTED, ' ');
  const names = new Set(tables.flatMap(({ name, columns }) => [name, ...columns.map((one) => one.name)]).map(lower));
  const isNamed = (value: string) =>
    value.length >= LEAST && /\p{Lu}/u.test(value) && !names.has(lower(value)) && says(rest, value);
  const values = tables.flatMap(({ columns }) => columns.flatMap((column) => textsOf(column).filter(isNamed)));
  const missing = (rest.match(NUMBERS) ?? []).find((one) => !numbers.has(plain(one)) && !numbers.has(plain(one) / 100));
  return missing ?? [...quoted, ...values].find((value) => !has.includes(lower(value).replaceAll("'", "''")));
}

const lower = (text: string): string => text.toLowerCase();

/** Whether a sentence has a value as words of its own, past its first word, which has a capital anyway. */
function says(sentence: string, value: string): boolean {
  const at = sentence.indexOf(value, 1);
  return at > 0 && !/[\p{L}\p{N}]/u.test(`${sentence[at - 1]}${sentence[at + value.length] ?? ''}`);
}

function numberOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('kind' in node) || node.kind !== 'number') return undefined;
  return 'text' in node ? Number(node.text) : undefined;
}

/** A name as only a schema has it: `order_id`, `orderId`, `col2`. */
const NO_WORD = /_|[a-z][A-Z]|[A-Za-z]\d/;

/** Whether a question has a name of the schema that nobody would say. */
export function namesColumn(question: string, { tables }: DatabaseCatalog): boolean {
  const words = new Set((question.match(/[\p{L}\p{N}_]+/gu) ?? []).map((word) => word.toLowerCase()));
  return tables
    .flatMap((table) => [table.name, ...table.columns.map(({ name }) => name)])
    .some((name) => NO_WORD.test(name) && words.has(name.toLowerCase()));
}

const FEWEST_WORDS = 3;
const LONGEST = 300;

/** Whether a text can be a question: of some words, not what a prompt left open, not a page. */
export const isQuestion = (text: string): boolean =>
  text.length <= LONGEST && !/^<[^>]*>$/.test(text) && text.split(/\s+/).length >= FEWEST_WORDS;
