import type { Table } from '#src/domain/catalog.ts';
import { type Flag, flagOf } from '#src/domain/column-meaning.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Frame } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';

/** Reads flags as what they say of a row: "active customers", "products that are not discontinued". Never as values to be counted. */
export function readFlags(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const { engine } = resolver.catalog;
  const add = (ref: ColumnRef, flag: Flag, yes: boolean, said: string): boolean => {
    const value = yes ? flag.yes : flag.no;
    frame.filters.push({ kind: 'compare', ref, operator: '=', value });
    frame.assumptions.push(`“${said}” is read as ${ref.table.name}.${ref.column.name} = ${String(value.value)}.`);
    return true;
  };
  const mean = (code: string, negated: boolean, near: Table | undefined) => {
    const ref = flagMeant(sentence, code, near);
    const flag = ref && flagOf(ref.column, engine);
    const said = `${negated ? 'not ' : ''}${sentence.wording(code)}`;
    return ref && flag ? add(ref, flag, !negated, said) : false;
  };
  // "active customers", "not yet approved requests"
  sentence.take(/ (?:(not|non)(?: yet)? )?([CB]\d+)(?= (?:([TB]\d+)|·))/, (match) =>
    mean(match[2]!, match[1] !== undefined, resolver.table(match[3]) ?? frame.main),
  );
  // "customers that are active", "products which have been discontinued", "how many tickets are not escalated"
  sentence.take(
    /(?<= [TB]\d+| ·)(?: (?:that|which|who|and))? (?:is|are|was|were|has been|have been|had been)( not)?(?: (?:currently|still|yet|already|now))? ([CB]\d+)(?= ·| $| and| or| in | on | at | for | by | from | of | D\d)/,
    (match) => mean(match[2]!, match[1] !== undefined, tableBefore(sentence, match.index, resolver) ?? frame.main),
  );
  // "inactive customers", "unapproved requests": the flag is named by its opposite
  sentence.take(/ (?:un|in|non-?)([a-z]{4,})(?= (?:([TB]\d+)|·))/, (match) => {
    const ref = flagNamed(match[1]!, resolver.table(match[2]) ?? frame.main, resolver);
    return ref ? add(ref, flagOf(ref.column, engine)!, false, match[0].trim()) : false;
  });
}

/** What a flag counts when it stands alone: "how many subscribers" of a column `is_subscriber`. */
export function countFlag(frame: Frame, ref: ColumnRef, resolver: FrameResolver): boolean {
  const flag = flagOf(ref.column, resolver.catalog.engine);
  if (!flag) return false;
  frame.main ??= ref.table;
  frame.touched.add(ref.table);
  frame.items.push({ kind: 'count', distinct: false, table: ref.table });
  frame.filters.push({ kind: 'compare', ref, operator: '=', value: flag.yes });
  frame.assumptions.push(`Counted are rows of ${ref.table.name} where ${ref.column.name} = ${String(flag.yes.value)}.`);
  return true;
}

/** Whether a span names a flag. */
export const isFlagNamed = (sentence: Sentence, code: string, { catalog }: FrameResolver): boolean => {
  const ref = flagMeant(sentence, code, undefined);
  return ref !== undefined && flagOf(ref.column, catalog.engine) !== undefined;
};

/** The flag of a table that a span names in full; of no other column's name. */
function flagMeant(sentence: Sentence, code: string, near: Table | undefined): ColumnRef | undefined {
  return sentence
    .mention(code)
    .columns.find(({ target, score }) => score >= NAMED_IN_FULL && (near === undefined || target.table === near))
    ?.target;
}
const NAMED_IN_FULL = 0.9;

const flagNamed = (word: string, table: Table | undefined, { catalog }: FrameResolver): ColumnRef | undefined => {
  const column = table?.columns.find(
    (one) => flagOf(one, catalog.engine) && stem(splitIdentifier(one.title ?? one.name).at(-1) ?? '') === stem(word),
  );
  return table && column && { table, column };
};

const tableBefore = (sentence: Sentence, index: number, resolver: FrameResolver): Table | undefined =>
  resolver.table(/ ([TB]\d+)$/.exec(sentence.text.slice(0, index))?.[1]);
