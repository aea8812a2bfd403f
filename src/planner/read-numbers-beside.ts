import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { isKey, isNumeric } from './column-roles.ts';
import { COUNTING, OPERATORS, scalar } from './comparisons.ts';
import { day, span } from './date-span.ts';
import { addFilter, inOrder, type Reading, rule } from './frame-rule.ts';
import { type ColumnRef, saysOwner } from './lexicon.ts';
import { capture, meaning, optional, pattern } from './pattern.ts';
import { dateFor } from './read-dates.ts';
import { isAmount, onlyMoney } from './reckon-measures.ts';
import { COLUMN, NUMBER, TABLE } from './sentence.ts';

const number = capture('number', NUMBER);
const END = '(?= ·| $| ,| D\\d| (?:in|on|for|by|per|from|of|and|this|last|that|which|who) )';

function compare(reading: Reading, ref: ColumnRef, operator: ComparisonOperator, number: string): true {
  return addFilter(reading, { kind: 'compare', ref, operator, value: scalar(reading.sentence, number, ref) });
}

/** "level 3 letters": a number of a column that the things have which are named behind it. */
const readLevelled = rule(
  pattern` ${capture('column', COLUMN)} ${number} ${capture('table', TABLE)}(?= )`,
  ({ column, number, table: code }, reading, { before }) => {
    const { resolver } = reading;
    // "most viewed 5 articles" are so many
    if (/ (?:most|least|top|best)$/.test(before)) return false;
    const table = resolver.table(code);
    const ref = table && resolver.columnOf(column, table);
    if (!ref || !isNumeric(ref, resolver.catalog) || isKey(ref, resolver.catalog)) return false;
    return compare(reading, ref, '=', number) && { leaving: code };
  },
);

const GIVEN = /^(?:ratings?|scores?|stars|grades?|marks?|points)$/;

/** What somebody gave: the one such number of a table, of which nobody says the name. */
function givenIn(table: Table | undefined, { catalog }: Reading['resolver']): ColumnRef | undefined {
  const columns = (table?.columns ?? []).filter(
    (column) =>
      table &&
      isNumeric({ table, column }, catalog) &&
      splitIdentifier(column.title ?? column.name).some((word) => GIVEN.test(word)),
  );
  const [column, ...more] = columns;
  return table && column && !more.length ? { table, column } : undefined;
}

/** "reviews with a 1", "ratings of at least 4": of what is given in them. */
const readGiven = rule(
  pattern` ${capture('table', TABLE)}(?: (?:with|of|that are|that were|that gave|that got|at))? (?:an? |just |only )*(?:${optional(meaning('operator', COUNTING))} )?(?:an? )?${number}(?: or ${optional(capture('other', `${NUMBER}|better|more|higher|worse|less|lower`))})?${END}`,
  ({ table: code, operator, number, other }, reading, { said }) => {
    const { sentence, resolver } = reading;
    const table = resolver.table(code);
    const ref = givenIn(table, resolver);
    const value = sentence.numberAt(number);
    const led = operator !== undefined || / (?:with|of|are|were|gave|got|at) /.test(said);
    // "top 5 reviews", "review 12": which one, or how many
    if (!ref || !led || value > MOST_GIVEN) return false;
    if (other?.startsWith('N'))
      return (
        addFilter(reading, {
          kind: 'one-of',
          ref,
          values: [number, other].map((one) => scalar(sentence, one, ref)),
        }) && { leaving: code }
      );
    const beyond = other === undefined ? undefined : /^(?:better|more|higher)$/.test(other) ? '>=' : '<=';
    return compare(reading, ref, beyond ?? operator ?? '=', number) && { leaving: code };
  },
);
const MOST_GIVEN = 100;

/** "how many leads scored above 80", "between 80 and 90": counted are those who did, held to how much. */
const readScored = rule(
  pattern`(?:(?<=^| all| the| which| list| show)|${optional(capture('counted', '(?: the)? (?:how many|(?:number|count) of)'))}) ${capture('column', 'C\\d+')} (?:${optional(meaning('operator', OPERATORS))}|between|from) ${number}(?: (?:and|to) ${optional(capture('high', NUMBER))})?${END}`,
  ({ counted, column, operator, number, high }, reading) => {
    const { sentence, frame } = reading;
    const [best] = sentence.mention(column).columns;
    const [first = '', last = ''] = sentence.wording(column).toLowerCase().split(' ');
    if (!best || !saysOwner(best.score) || !/ed$/.test(last) || best.target.column.kind !== 'number') return false;
    const { table } = best.target;
    if (!splitIdentifier(table.title ?? table.name).includes(first) || (frame.main ?? table) !== table) return false;
    const [low, above] = [number, high].map((code) => scalar(sentence, code ?? number, best.target));
    if ((operator === undefined) !== (high !== undefined) || !low || !above) return false;
    frame.main = table;
    frame.touched.add(table);
    if (counted !== undefined) frame.items.push({ kind: 'count', distinct: false, table });
    return operator === undefined
      ? addFilter(reading, { kind: 'between', ref: best.target, low, high: above })
      : compare(reading, best.target, operator, number);
  },
);

/** "invoices that were refunded more than 400": how much was, of what they were. */
const readDoneSoMuch = rule(
  pattern`(?: (?:that|which|who))?(?: (?:was|were|are|is|have been|has been|had))* ${capture('done', TABLE)}(?: (?:by|for|with|at))? ${meaning('operator', COUNTING)} ${number}${END}`,
  ({ done, operator, number }, reading, { before }) => {
    const { sentence, frame, resolver } = reading;
    const table = resolver.table(done);
    const ref = table && onlyMoney(table, resolver.catalog);
    if (!table || !ref || !/(?:ed|paid|spent|sold)$/i.test(sentence.wording(done)) || !/ [TB]\d+$/.test(before))
      return false;
    if (table === frame.main) return false;
    frame.touched.add(table);
    frame.told.add(ref.column);
    frame.assumptions.push(`“${sentence.wording(done)}” is read on ${table.name}.${ref.column.name}.`);
    return compare(reading, ref, operator, number);
  },
);

/** "budgets 2026 by department": a year that stands behind what it is of. */
const readYearBehind = rule(
  pattern` ${capture('table', TABLE)} ${number}(?= (?:by|per|for each|each) | $| ,| ·)`,
  ({ table: code, number }, reading) => {
    const { sentence, resolver } = reading;
    const year = sentence.numberAt(number);
    const table = resolver.table(code);
    if (!table || !Number.isInteger(year) || year < 1990 || year > 2099) return false;
    // "order 2024" is one of them
    if (!/s$/i.test(sentence.wording(code)) && !isAmount(table)) return false;
    const whole = span(day(year, 0, 1), day(year + 1, 0, 1));
    const ref = dateFor(table, whole, resolver);
    if (!ref) return false;
    return addFilter(reading, { kind: 'period', ref, span: whole, ...resolver.zoneOf(ref) }) && { leaving: code };
  },
);

/** Numbers that stand beside a name and are of it: "level 3 letters", "reviews with a 1", "budgets 2026". Read before what is counted. */
export const readNumbersBeside = inOrder(readLevelled, readGiven, readScored, readDoneSoMuch, readYearBehind);
