import { type AccessRule, granteeText } from '#src/domain/access.ts';

/** `everyone may ask shop (orders, products), without people.salary`. */
export function sayRule({ effect, databaseId, teamId, to, tables, hide = {}, ownRows, shared }: AccessRule): string {
  const who = `${granteeText(to)}${teamId === undefined ? '' : ` of ${teamId}`}`;
  const what = `${databaseId}${tables ? ` (${tables.join(', ')})` : ''}`;
  const columns = Object.entries(hide).flatMap(([table, list]) => list.map((column) => `${table}.${column}`));
  if (effect === 'deny')
    return `${who} may not see ${columns.length ? `${columns.join(', ')} of ${databaseId}` : what}`;
  const without = columns.length ? `, without ${columns.join(', ')}` : '';
  const rows = ownRows ? `, their own rows of ${ownRows.join(', ')}` : '';
  return `${who} may ${shared ? 'be shown answers from' : 'ask'} ${what}${without}${rows}`;
}
