import type { Column, Table } from '../catalog.ts';
import { isYear } from '../column-meaning.ts';
import { splitIdentifier, stem } from '../words.ts';
import { wordsOf } from './name-words.ts';

/** Beginnings of words by which events are told: what the row is came to be then. */
const HAPPENS =
  /^(?:order|place|sold|sale|sell|invoic|bill|issu|paid|pay|occur|happen|event|start|beg[aiu]n|open|hire|join|sign|sent|send|book|post|regist|request|quot|submit|held|hold|publish|releas|launch|attend|absen|visit|work|deliver|ship|return|refund|record|log|measur|observ|appl|enrol|answer|rate|rating|review|crash|found|establish|bestell|auftrag|kauf|verkauf|rechnung|beleg|buchung|gebucht|zahlung|liefer|eingang|eintritt|beginn|einstell|termin|transaction|txn|trip|ride|game|match|show|race|trans)/;
/** The row itself was made: an event where nothing else is. */
const MADE = /^(?:creat|erstellt|angelegt|erfasst|added|insert|entry|receiv)/;
/** An appointment is on the day when it starts, where that is known, not on the day when it was made. */
const BOOKED = /^(?:book|reserv|regist)/;
/** When something ends, is due or was changed tells another thing than that it took place. */
const ENDS =
  /^(?:to|bis|next|last|till|until|left|leav\w*|end|ende|ends|ended|ending)$|^(?:valid|gueltig|expir|ablauf|due|faellig|deadline|clos|close|complet|finish|latest|previous|cancel|storn|delet|geloescht|resolv|termin(?:at|ed)|austritt|return|deliver|arriv|departure|receiv|des?patch|dispatch|estimat|expect|plan|schedul|promis|target)/;
/** Never what a row tells of. */
const NEVER =
  /^(?:birth|born|dob|geb|geburt|geburtsdatum|geburtstag|bdate|birthday|birthdate|birthdat|death|died|updat|modif|chang|geaendert|aender|edit|synced|sync|load|loaded|etl|extract|imported|import|archiv|dw|refreshed)/;
/** The state of something, not an event: when it was last seen. */
const LATEST = /\b(?:last|latest) (?:seen|active|activity|login|logon|contact|visit)\b/;

/** The date that what a row tells of is read on: at most one of a table's. */
export function eventDateOf(table: Table, dates: readonly Column[]): { column: Column; because: string } | undefined {
  const fit = (columns: readonly Column[]) =>
    columns
      .map((column, at) => ({ column, score: score(column, table) - at * EARLIER }))
      .filter(({ score }) => score > UNFIT)
      .sort((a, b) => b.score - a.score);
  const timed = fit(dates.filter(({ kind }) => kind === 'date' || kind === 'timestamp'));
  const scored = timed.length ? timed : fit(dates.filter(isYear));
  const best = scored[0];
  if (!best) return undefined;
  const because =
    scored.length === 1 ? 'the only date that says when' : `of ${scored.length} dates the one that says when`;
  return { column: best.column, because };
}

/** Of two alike the one that stands first. */
const EARLIER = 0.01;
/** A score at which a date is none of an event even where there is no other. */
const UNFIT = -5;

function score(column: Column, table: Table): number {
  const words = wordsOf(column);
  const said = words.filter(
    (word) => !/^(?:date|datum|dat|dt|day|tag|time|timestamp|ts|at|on|am|year|jahr|utc)$/.test(word),
  );
  if (words.some((word) => NEVER.test(word)) || LATEST.test(words.join(' '))) return -10;
  let total = 0;
  if (!said.length) total += 3;
  if (said.some((word) => HAPPENS.test(word))) total += 2;
  if (said.some((word) => isOwn(word, table))) total += 2;
  if (words.some((word) => MADE.test(word))) total += 1;
  if (said.some((word) => BOOKED.test(word) && !isOwn(word, table))) total -= 0.5;
  if (words.some((word) => ENDS.test(word)) && !said.some((word) => isOwn(word, table))) total -= 3;
  if ((column.nullShare ?? 0) > OFTEN_NULL) total -= (column.nullShare ?? 0) > MOSTLY_NULL ? 3 : 1;
  return total;
}

/** An event that took place has a date. */
const OFTEN_NULL = 0.05;
/** What most rows have not met yet is not how they came to be: machines that were sold again. */
const MOSTLY_NULL = 0.5;

/** `shipped_on` of shipments, `order_date` of orders. */
function isOwn(word: string, table: Table): boolean {
  const own = splitIdentifier(table.title ?? table.name).map(stem);
  const said = stem(word);
  return own.some(
    (one) =>
      one === said ||
      (said.length >= 4 && one.startsWith(said)) ||
      (one.length >= 4 && said.startsWith(one)) ||
      isShortFor(word, one),
  );
}

/** `appt` of appointments: its consonants in their order. */
const isShortFor = (short: string, word: string): boolean =>
  /^[a-z][^aeiou]{2,4}$/.test(short) &&
  word.length >= short.length + 3 &&
  new RegExp(`^${[...short].join('.*')}`).test(word);
