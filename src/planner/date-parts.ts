import type { Column, Table } from '#src/domain/catalog.ts';
import { isYear } from '#src/domain/column-meaning.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { daysOf } from './date-named.ts';
import type { ColumnRef } from './lexicon.ts';

/** When it should be done, and when it was. */
const DUE = /^(?:due|promis|expect|plan|schedul|target|deadline|estimat|requir|eta|agreed|latest)/;
const DONE = /^(?:done$|actual|deliver|arriv|clos|complet|finish|paid|pay|settl|resolv|return)/;
/** A job that was received and went out again was done when it went; a parcel that was received was done then. */
const WENT = /^(?:des?patch|dispatch|ship)/;
const CAME = /^receiv/;
/** When it begins to hold, and when it ends to. */
const STARTS = /^(?:start|begin|kick|commence|effective|sign|since|from|open)/;
const ENDS = /^(?:end|expir|finish|until|cancel|terminat|to)/;
/** When something that was there left. */
const LEFT = /^(?:left|leav|exit|term|quit|resign|retir|sold|dispos|scrapp|deregist|clos|end|churn|cancel)/;

const isDay = ({ kind }: Column) => kind === 'date' || kind === 'timestamp';

/** The one date of a table whose name begins so. */
function only(table: Table, words: RegExp): ColumnRef | undefined {
  const [column, ...more] = table.columns.filter(
    (one) => isDay(one) && splitIdentifier(one.title ?? one.name).some((word) => words.test(word)),
  );
  return column && !more.length ? { table, column } : undefined;
}

/** The day on which something of a table is due. */
export const dueOn = (table: Table): ColumnRef | undefined => only(table, DUE);

/** The day on which something of a table is due and that on which it is done, where it has one of each. */
export function dueAndDone(table: Table): { readonly due: ColumnRef; readonly done: ColumnRef } | undefined {
  const due = only(table, DUE);
  const done = only(table, DONE) ?? only(table, WENT) ?? only(table, CAME);
  return due && done && due.column !== done.column ? { due, done } : undefined;
}

/** The first day on which something of a table holds and the last, where it has one of each. */
export function startAndEnd(table: Table): { readonly start: ColumnRef; readonly end: ColumnRef } | undefined {
  const start = only(table, STARTS);
  const end = only(table, ENDS);
  return start && end && start.column !== end.column ? { start, end } : undefined;
}

/** The day on which it was done with, empty while it is open. */
export const closedOn = (table: Table): ColumnRef | undefined =>
  only(table, /^(?:clos|complet|finish|settl|resolv|end|done$)/) ?? only(table, /^paid/);

/** Days that say that something was done away with, and days that may say something else, of a sale or a lease. */
const AWAY = /^(?:discontinu|retir|withdraw|clos|deceas|died|decommission|dispos|scrapp)/;
const MAY_BE_AWAY = /^(?:sold|disband|end|left)/;

/** The day on which something was done away with, empty while it is there. */
export const doneAwayOn = (table: Table): ColumnRef | undefined => only(table, AWAY) ?? hasEnded(table);

/** The least share of rows that are still there where such a day tells that something is not: salons that closed, and no tickets. */
const MOST = 0.5;

/** The day on which something of a table ended that most are still there of: machines that were sold. */
export function hasEnded(table: Table): ColumnRef | undefined {
  const ref = only(table, AWAY) ?? only(table, MAY_BE_AWAY);
  return (ref?.column.nullShare ?? 0) >= MOST ? ref : undefined;
}

/** The year of a table that a verb names: "built" and `built_yr`. */
export function yearNamed(verb: string, tables: readonly Table[]): ColumnRef | undefined {
  for (const table of tables) {
    const column = table.columns.find(
      (one) =>
        isYear(one) &&
        splitIdentifier(one.title ?? one.name).some((word) =>
          [verb, ...daysOf(verb)].some((said) => stem(word) === stem(said)),
        ),
    );
    if (column) return { table, column };
  }
  return undefined;
}

/** The day on which a row of a table left, empty while it is there. */
export const leftOn = (table: Table): ColumnRef | undefined => only(table, LEFT);
