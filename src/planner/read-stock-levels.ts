import type { Column } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { addFilter, rule } from './frame-rule.ts';
import { capture, pattern } from './pattern.ts';
import { COLUMN } from './sentence.ts';

const column = capture('column', COLUMN);
const wordsOf = ({ name, title }: Column) => splitIdentifier(title ?? name);

/** What is kept of something, beside how much of it there should be at least. */
const LEAST = /^(?:reorder|minimum|min|safety|threshold|par)$/;
const HELD = /^(?:stock|hand|qty|quantity|available|units)$/;

/** "items below their reorder level": what there is of each against what there should be. */
export const readBelowLeast = rule(
  pattern`(?: (?:that|which))?(?: (?:are|is|were|fall|fell|have fallen|have dropped|have gone))?(?: (?:now|currently))? ${capture('side', 'at or below|below|under|above|over')} (?:the |its |their )?(?:own )?${column}(?= ·| $| ,| (?:in|at|by|with|and) )`,
  ({ side, column }, reading) => {
    const { frame, resolver } = reading;
    const ref = resolver.column(column, frame.main);
    if (ref?.column.kind !== 'number') return false;
    const held = ref.table.columns.filter(
      (one) =>
        one !== ref.column &&
        one.kind === 'number' &&
        wordsOf(one).some((word) => HELD.test(word)) &&
        !wordsOf(one).some((word) => LEAST.test(word)),
    );
    const [own, ...more] = held;
    if (!wordsOf(ref.column).some((word) => LEAST.test(word)) || !own || more.length) return false;
    frame.told.add(own).add(ref.column);
    frame.assumptions.push(`${own.name} of ${ref.table.name} is compared with its ${ref.column.name}.`);
    const operator = /^(?:below|under)$/.test(side) ? '<' : side === 'at or below' ? '<=' : '>';
    return addFilter(reading, { kind: 'columns', ref: { table: ref.table, column: own }, operator, other: ref });
  },
);
