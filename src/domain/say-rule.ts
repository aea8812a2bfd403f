import { type AccessRule, type Grantee, granteeText } from './access.ts';
import { sayRuleEnd } from './rule-end.ts';

/** How a surface writes what a rule names: whom it is about, and tables, columns and databases. */
export interface RuleWords {
  readonly whom: (to: Grantee) => string;
  readonly name: (text: string) => string;
}

const AS_IT_IS: RuleWords = { whom: granteeText, name: (text) => text };

/** `everyone may ask shop (orders, products), without people.salary, until 2026-12-06 09:00 UTC`. */
export function sayRule(
  { effect, databaseId, teamId, to, tables, hide = {}, ownRows, shared, until }: AccessRule,
  now: Date,
  { whom, name }: RuleWords = AS_IT_IS,
): string {
  const list = (names: readonly string[]) => names.map(name).join(', ');
  const who = `${whom(to)}${teamId === undefined ? '' : ` of ${name(teamId)}`}`;
  const what = `${name(databaseId)}${tables ? ` (${list(tables)})` : ''}`;
  const columns = Object.entries(hide).flatMap(([table, hidden]) => hidden.map((column) => `${table}.${column}`));
  const end = until === undefined ? '' : `, ${sayRuleEnd(until, now)}`;
  if (effect === 'deny')
    return `${who} may not see ${columns.length ? `${list(columns)} of ${name(databaseId)}` : what}${end}`;
  const without = columns.length ? `, without ${list(columns)}` : '';
  const rows = ownRows ? `, their own rows of ${list(ownRows)}` : '';
  return `${who} may ${shared ? 'be shown answers from' : 'ask'} ${what}${without}${rows}${end}`;
}
