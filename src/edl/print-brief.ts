import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { EdlStep } from '#src/domain/edl.ts';

/**
 * Steps in the brief way of writing EDL/1, which models are asked for (N16, N17; edl-grammar.ts): no labels, verbs for sentences, signs for
 * comparisons, results by their number, names as the catalog spells them. What has no brief way stands as it is. compile() makes the same
 * query of both; who relies on it asks that.
 */
export function briefEdl(
  steps: readonly Pick<EdlStep, 'number' | 'text'>[],
  { tables }: Pick<DatabaseCatalog, 'tables'>,
): string {
  const spelt = spellings(tables.flatMap(({ name, columns }) => [name, ...columns.map((one) => one.name)]));
  const lines: string[] = [];
  const numbers = new Map<string, number>();
  for (const { number, text } of steps) {
    const { open, close } = withoutKept(text);
    for (const body of inTwo(open)) {
      const brief = BRIEF.reduce((said, [from, to]) => said.replace(from, to), body);
      const renumbered = brief.replace(/#(\d+)/g, (step, named: string) =>
        step === SAME ? `#${lines.length}` : `#${numbers.get(named) ?? named}`,
      );
      lines.push(`#${lines.length + 1}. ${close(renumbered, spelt)}`);
    }
    numbers.set(String(number), lines.length);
  }
  return lines.join('\n');
}

/** Spellings of names by their letters in lower case; those that are spelt in several ways are not among them. */
function spellings(names: readonly string[]): ReadonlyMap<string, string> {
  const byLetters = Map.groupBy(new Set(names), (name) => name.toLowerCase());
  return new Map(
    [...byLetters].flatMap(([letters, [one, other]]) => (one && other === undefined ? [[letters, one]] : [])),
  );
}

/** Names, texts and quoted SQL: whatever stands in them is no word of the sentence. */
const KEPT = /\{\{+ [\s\S]*? \}\}+|\[(?:[^\]]|\]\])*\]|'(?:[^']|'')*'/g;

function withoutKept(text: string) {
  const kept: string[] = [];
  const open = text.replace(KEPT, (one) => {
    kept.push(one);
    return `\u0001${kept.length - 1}\u0001`;
  });
  const close = (brief: string, spelt: ReadonlyMap<string, string>) =>
    brief.replace(/\u0001(\d+)\u0001/g, (_, at) => spell(kept[Number(at)] ?? '', spelt));
  return { open, close };
}

/** A name in brackets, and that behind its table or alias, as it is spelt. */
const spell = (kept: string, spelt: ReadonlyMap<string, string>): string =>
  kept.startsWith('[') ? kept.replace(/[^[\].]+(?=\]$)/, (name) => spelt.get(name.toLowerCase()) ?? name) : kept;

/** A name in brackets, as it stands while the sentence is written anew. */
const NAME = '\u0001\\d+\u0001';
const SOURCE = `(?:the (${NAME}) table|the result of (#\\d+))(?: aliased as (${NAME}))?(?! of the ${NAME} schema)`;

/** The step before, in the second half of one that was written as two. */
const SAME = '#0';

/** A query of one table that is opened and closed in one step is two steps. */
function inTwo(body: string): readonly string[] {
  const [, from, select] =
    new RegExp(`^(Retrieve all rows from ${SOURCE}) in a subquery and select (.*)\\.$`)
      .exec(body)
      ?.filter((_, at) => at < 2 || at === 5) ?? [];
  return from === undefined || select === undefined ? [body] : [`${from}.`, `Select ${select} in ${SAME}.`];
}

type Part = string | undefined;
const source = (table: Part, step: Part, alias: Part) =>
  `${table ?? step ?? ''}${alias === undefined ? '' : ` as ${alias}`}`;

/** What each way of saying is, written briefly, in this order. */
const BRIEF: readonly (readonly [said: RegExp, written: (...parts: Part[]) => string])[] = [
  [
    new RegExp(`^Retrieve all rows from ${SOURCE}(?: in a subquery)?\\.$`),
    (_, table, step, alias) => `From ${source(table, step, alias)}.`,
  ],
  [
    new RegExp(`^(Join|Left join) ${SOURCE}(?= on |\\.)`),
    (_, verb, table, step, alias) => `${verb} ${source(table, step, alias)}`,
  ],
  [/ on the condition that /, () => ' on '],
  [/^Reserve rows of /, () => 'Keep rows of '],
  [/^Reserve the grouped rows of /, () => 'Keep groups of '],
  [
    new RegExp(`^(Group #\\d+ by|Order #\\d+ by|Select|Select distinct) the (${NAME}) column(?! in format)`),
    (_, verb, name) => `${verb} ${name}`,
  ],
  [/ in (ascending|descending) order\b/g, (_, direction) => ` ${direction}`],
  [/^(Limit #\d+ to) the top (\d+) records?\.$/, (_, verb, count) => `${verb} ${count}.`],
  [
    /^Apply (\w+(?: ALL)?) operation: Include the results in (#\d+) in the results in (#\d+)/,
    (_, operator, left, right) => `Apply ${operator} to ${left} and ${right}`,
  ],
  [
    /^Apply EXCEPT operation: Exclude the results in (#\d+) from the results in (#\d+)/,
    (_, right, left) => `Apply EXCEPT to ${left} and ${right}`,
  ],
  [/\bthe (count of rows|(?:count|sum|average|minimum|maximum) of)\b/g, (_, aggregate) => aggregate ?? ''],
  [/ is greater than or equal to /g, () => ' >= '],
  [/ is less than or equal to /g, () => ' <= '],
  [/ is greater than /g, () => ' > '],
  [/ is less than /g, () => ' < '],
  [/ does not equal /g, () => ' <> '],
  [/ equals /g, () => ' = '],
  [/(?<! in )(?<!From )\bthe result of (#\d+)/g, (_, step) => step ?? ''],
];
