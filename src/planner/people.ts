import type { Table } from '#src/domain/catalog.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { FrameResolver } from './resolve.ts';

/** Those who come to a company, and those who work for it. */
const CLIENTS =
  /(?:customer|client|user|member|patient|lead|guest|visitor|subscriber|buyer|passenger|student|policy_?holder|tenant|household)s?$/i;
const STAFF =
  /(?:employee|agent|driver|staff|worker|rep|broker|adjuster|doctor|nurse|teacher|technician|mechanic|operator|inspector|manager|consultant|clerk|salesperson|earner|lawyer|attorney|stylist|tutor|coach|guide)s?$/i;
const OTHERS =
  /(?:people|person|player|author|artist|candidate|owner|account_?holder|applicant|trainer|instructor)s?$/i;

/** What clients do, and what is done for them. */
const BY_CLIENTS = stems('open place order buy bought book request complain return rate register sign file');
const BY_STAFF = stems(
  'close resolve solve handle settle review adjust sell sold approve process answer treat teach taught drive drove driven repair fix inspect teach manage win won',
);

function stems(words: string): ReadonlySet<string> {
  return new Set(words.split(' ').map((word) => stem(word)));
}

const nameOf = ({ name, title }: Table) => title ?? name;

/** Whether rows of a table are people, by what it is called. */
export const isCalledPeople = (table: Table): boolean =>
  [CLIENTS, STAFF, OTHERS].some((names) => names.test(nameOf(table)));

/** Whether rows of a table are people. */
export const isOfPeople = (table: Table, resolver: FrameResolver): boolean =>
  isCalledPeople(table) ||
  resolver.labels(table).length > 1 ||
  table.columns.some(
    (column) => roleOf({ table, column }, resolver.catalog) === 'personal' && /name/i.test(column.name),
  ) ||
  isHired(table);

/** Whether rows of a table were hired: the day of it is kept. */
export const isHired = ({ columns }: Table): boolean =>
  columns.some(({ kind, name, title }) => kind === 'date' && /^hired?$/.test(splitIdentifier(title ?? name)[0] ?? ''));

/** Whether rows of a table are those who work for a company, by what it is called. */
export const isOfStaff = (table: Table): boolean => STAFF.test(nameOf(table));

/** The people that rows of a table are of; of several those who do such a thing; undefined where that is in doubt. */
export function peopleOf(table: Table, verb: string | undefined, resolver: FrameResolver): Table | undefined {
  const people = resolver.refersTo(table).filter((other) => other !== table && isOfPeople(other, resolver));
  if (people.length < 2) return people[0];
  const doing = verb === undefined ? undefined : stem(verb);
  const kind =
    doing === undefined ? undefined : BY_STAFF.has(doing) ? STAFF : BY_CLIENTS.has(doing) ? CLIENTS : undefined;
  const [only, ...more] = people.filter((other) => kind?.test(nameOf(other)));
  return more.length ? undefined : only;
}
