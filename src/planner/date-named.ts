import type { Table } from '#src/domain/catalog.ts';
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
    leaving: LEAVING,
    withdrew: ['withdrawn', 'withdrawal'],
    began: ['begin', 'begun', 'start'],
    resigned: LEAVING,
    ended: ['finish'],
    finished: ['end', 'ended', 'completed', 'done'],
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
    decision: ['decided'],
    shipment: ['ship', 'shipped'],
    shipping: ['ship', 'shipped'],
    resolution: ['resolved'],
    submission: ['submitted'],
    filing: ['filed'],
    report: ['reported'],
    signing: ['signed'],
    hiring: ['hired'],
    closure: ['closed'],
    founded: ['foundation', 'founding', 'established'],
  }),
);

/** What the day of a deed is called besides. */
export const daysOf = (verb: string): readonly string[] => DAYS.get(verb.toLowerCase()) ?? [];

/** The date column whose name shares its stem with a verb: "hired" and `hire_date`, "signed" and `signup_date`. */
export function dateNamed(verb: string, tables: readonly Table[]): ColumnRef | undefined {
  const said = stem(verb.toLowerCase());
  const meant = new Set([said, ...(DAYS.get(verb.toLowerCase()) ?? []).map(stem)]);
  for (const table of tables) {
    const column = table.columns.find(
      (one) =>
        (one.kind === 'date' || one.kind === 'timestamp') &&
        splitIdentifier(one.title ?? one.name).some(
          (word) => meant.has(stem(word)) || (said.length >= 4 && (word.startsWith(said) || isShortFor(word, said))),
        ),
    );
    if (column) return { table, column };
  }
  return undefined;
}
