import { splitIdentifier, stem } from '#src/domain/words.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, pattern } from './pattern.ts';

/** Whether a noun and a date are of one verb: "deliveries" and `delivered_on`, "hires" and `hire_date`. */
export function isOf(noun: string, word: string): boolean {
  if (word.length < 4 || /^(?:date|time|stamp|timestamp)$/.test(word)) return false;
  const [said, own] = [stem(noun.replace('-', '')), stem(word)];
  if (said === own) return true;
  const [short, long] = said.length < own.length ? [said, own] : [own, said];
  return short.length >= 5 && long.startsWith(short) && long.length - short.length <= 4;
}

/** The words of a name, and those of two run together: "check-ins" of `check_in`. */
function namesOf(name: string): readonly string[] {
  const words = splitIdentifier(name);
  return words.length === 2 ? [...words, words.join('')] : words;
}

/** The one date of the database on which something happened that a noun is the name of. */
function dateOfNoun({ frame, resolver }: Reading, noun: string): ColumnRef | undefined {
  const tables = frame.main ? [frame.main] : resolver.catalog.tables;
  const found = tables.flatMap((table) =>
    table.columns
      .filter(
        (column) =>
          (column.kind === 'date' || column.kind === 'timestamp') &&
          namesOf(column.title ?? column.name).some((word) => isOf(noun, word)),
      )
      .map((column) => ({ table, column })),
  );
  return found.length === 1 ? found[0] : undefined;
}

function countEvents(reading: Reading, noun: string): boolean {
  const { frame, resolver } = reading;
  if (frame.items.length || resolver.named.length) return false;
  const ref = dateOfNoun(reading, noun);
  if (!ref) return false;
  frame.main = ref.table;
  frame.happened = ref;
  frame.items.push({ kind: 'count', distinct: false, table: ref.table });
  frame.told.add(ref.column);
  if (ref.column.nullShare !== 0) frame.filters.push({ kind: 'null', ref, negated: true });
  frame.assumptions.push(`“${noun}” are rows of ${ref.table.name}, by ${ref.column.name}.`);
  return true;
}

const noun = capture('noun', '[a-z]{3,}(?:-[a-z]{2,})?s');

/** "new hires this year", "how many deliveries were late": what happened names no table, but one date. */
export const readEventNouns = inOrder(
  rule(
    pattern` (?:how many|(?:the )?(?:total )?(?:number|count) of)(?: (?:new|the|our|all))* ${noun}(?= )`,
    ({ noun }, reading) => countEvents(reading, noun),
  ),
  rule(
    pattern`^(?: (?:the|our|all|show|give|me|new|total|·|,))* ${noun}(?= (?:D\d|by|per|each|in|for) )`,
    ({ noun }, reading) => countEvents(reading, noun),
  ),
);
