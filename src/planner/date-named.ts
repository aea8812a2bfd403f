import type { Column, Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { ColumnRef } from './lexicon.ts';
import { isShortFor } from './short-forms.ts';

/** What the day of a deed is called, where the word for it is another. */
const LEAVING = [
  'left',
  'leaving',
  'leave',
  'exit',
  'departure',
  'churn',
  'termination',
  'terminated',
  'term',
  'resignation',
];
const DAYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    born: ['birth', 'birthday', 'birthdate', 'dob'],
    bought: ['purchase'],
    left: LEAVING,
    quit: LEAVING,
    withdrew: ['withdrawn', 'withdrawal'],
    began: ['begin', 'begun', 'start'],
    resigned: LEAVING,
    ended: ['finish'],
    finished: ['end', 'ended', 'completed', 'done'],
    done: ['completed', 'finished', 'end', 'ended', 'closed'],
    ...Object.fromEntries(
      ['expire', 'expires', 'expired', 'expiring', 'lapse', 'lapses', 'ends', 'ending'].map((said) => [
        said,
        ['end', 'until', 'expiry', 'expires'],
      ]),
    ),
    receipt: ['received'],
    payment: ['paid'],
    completion: ['completed', 'end', 'finished'],
    arrival: ['arrived'],
    departure: ['departed'],
    closing: ['closed'],
    ...Object.fromEntries(
      ['won', 'lost', 'accepted', 'declined', 'granted'].map((said) => [said, ['decided', 'decision', 'responded']]),
    ),
    decision: ['decided'],
    shipment: ['ship', 'shipped'],
    resolution: ['resolved'],
    closure: ['closed'],
    founded: ['foundation', 'founding', 'established'],
  }),
);

/** What the day of a deed is called besides. */
export const daysOf = (verb: string): readonly string[] => DAYS.get(verb.toLowerCase()) ?? [];

/** A day that is planned is not the one on which it was done. */
const PLANNED = /^(?:plan|planned|due|target|exp|expected|sched|scheduled|est|estimated|promised)$/;

const wordsOf = ({ name, title }: Column) => splitIdentifier(title ?? name);

/** Whether a word of a name is of a verb: `hire` and `hired`, `signup` and "sign", `compl` and "completed". */
function isOf(word: string, verb: string): boolean {
  const own = stem(verb);
  const isBegun = own.length >= 4 && (word.startsWith(own) || isShortFor(word, own));
  return stem(word) === own || isBegun || isShortFor(word, verb);
}

/** Whether a date bears the verb itself: "lost" is told by `decided_on` only as a state besides. */
export const bearsVerb = (verb: string, { column }: ColumnRef): boolean =>
  wordsOf(column).some((word) => isOf(word, verb.toLowerCase()));

/** The date column whose name shares its stem with a verb: "hired" and `hire_date`, "signed" and `signup_date`, "completed" and `compl_dt`. */
export function dateNamed(verb: string, tables: readonly Table[]): ColumnRef | undefined {
  const said = verb.toLowerCase();
  const own = stem(said);
  const isPlanned = (words: readonly string[]) => words.at(-1) === 'by' || words.some((word) => PLANNED.test(word));
  /** The surest first. */
  const ways: readonly ((words: readonly string[]) => boolean)[] = [
    (words) => words.includes(said) && words.at(-1) !== 'by',
    (words) => words.some((word) => stem(word) === own) && words.at(-1) !== 'by',
    (words) => words.some((word) => isOf(word, said)),
    ...(DAYS.get(said) ?? []).map(
      (one) => (words: readonly string[]) => words.some((word) => isOf(word, one)) && !isPlanned(words),
    ),
  ];
  for (const table of tables) {
    const days = table.columns.filter(({ kind }) => kind === 'date' || kind === 'timestamp');
    const [column] = ways.flatMap((isSo) => days.find((one) => isSo(wordsOf(one))) ?? []);
    if (column) return { table, column };
  }
  return undefined;
}
