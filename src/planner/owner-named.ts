import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { type Mention, saysOwner } from './lexicon.ts';
import type { Sentence } from './sentence.ts';
import type { Token } from './tokens.ts';

/** Whether all words of a table's name are among some words of the question. */
export const isSaid = ({ name, title }: Table, words: readonly Token[]): boolean =>
  splitIdentifier(title ?? name).every(
    (word) => /^(?:ref|tbl)$/.test(word) || words.some((one) => one.stem === stem(word)),
  );

const OF_ALL = /^(?:of|the|all|our|these|those|each|every|different|distinct)$/;

/** "names of customers with shipped orders": the table whose column the question opens with. */
export function ownerNamedFirst(sentence: Sentence): Table | undefined {
  const [first, second] = sentence.mentions;
  const best = first?.columns[0];
  if (!first || !best) return undefined;
  // "which product category" is a row of the categories, though products have a reference named so
  if ((first.tables[0]?.score ?? 0) > best.score) return undefined;
  // "ids of the courses" are `course_id` of courses, whoever else has a column of that name
  const words = sentence.tokens.slice(first.start, first.end);
  const own = first.columns.find(
    ({ target: { table }, score }) => score >= best.score - 0.02 && words.length > 1 && isSaid(table, words),
  );
  if (own) return own.target.table;
  // "names of the movies", whose column is their title
  // and "names of suspended sellers", of whom a state is said
  const thing = second && isStateAlone(second) ? sentence.mentions[2] : second;
  const next = thing?.tables[0];
  const of = sentence.tokens.slice(first.end, second?.start);
  const bare = words.length === 1 && /^names?$/.test(words[0]?.lower ?? '') && of[0]?.lower === 'of';
  if (bare && next && next.score >= 0.9 && of.every(({ lower }) => OF_ALL.test(lower))) return next.target;
  if (saysOwner(best.score)) return best.target.table;
  const listed = ownerOfList(first, sentence);
  if (listed) return listed;
  // "last names of …": only one table has such
  const alike = new Set(first.columns.filter(({ score }) => score >= 0.9).map(({ target }) => target.table));
  return best.score >= 0.9 && alike.size === 1 && first.tables.length === 0 ? best.target.table : undefined;
}

const isStateAlone = ({ tables, columns, values }: Mention): boolean =>
  values.length > 0 && tables.length === 0 && columns.length === 0;

/** "first names of customers": the table whose words stand behind those of its column. */
export function ownerSaid({ columns: [best], start, end }: Mention, { tokens }: Sentence): Table | undefined {
  if (!best) return undefined;
  const { table } = best.target;
  const words = tokens.slice(start, end);
  const last = words.at(-1)?.stem;
  // of `customer_name` as well; "colour description" of colours may be one of something else
  const behind =
    words.length > 1 && isSaid(table, words) && splitIdentifier(table.name).some((word) => stem(word) === last);
  return saysOwner(best.score) || behind ? table : undefined;
}

/** "names and categories of the vendors": the first of a list that says whose they are, where they have its beginning as well. */
function ownerOfList(first: Mention, sentence: Sentence): Table | undefined {
  let before = first;
  for (const next of sentence.mentions.slice(1)) {
    const between = sentence.tokens.slice(before.end, next.start);
    if (!between.length || !between.every(({ lower }) => /^(?:and|,|the|their)$/.test(lower))) return undefined;
    const owner = ownerSaid(next, sentence);
    if (owner)
      return first.columns.some(({ target, score }) => score >= 0.9 && target.table === owner) ? owner : undefined;
    before = next;
  }
  return undefined;
}
