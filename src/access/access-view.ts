import { type AccessRule, granteeText, isInForce, type Reader } from '#src/domain/access.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { type AccessView, isNamed } from '#src/guard/scope.ts';

/**
 * What a reader may see of a database: decided once a run, before anything is retrieved (ACC-1). Nothing, where no rule grants
 * or those that did have ended.
 * Among grants to one reader (everyone, a group, a person, a channel) the stricter wins; grants to several readers that somebody is
 * add up; a deny beats them all. Names are spelt `schema.name` where there are schemas, so that a view means the same tables whatever comes later.
 */
export function accessViewFor(
  catalog: DatabaseCatalog,
  rules: readonly AccessRule[],
  reader: Reader,
  now: Date,
): AccessView | undefined {
  const own = rules.filter(
    (rule) => rule.databaseId === catalog.databaseId && isAbout(rule, reader) && isInForce(rule, now),
  );
  if (!own.some((rule) => rule.effect === 'grant')) return undefined;
  const denied = own.filter((rule) => rule.effect === 'deny');
  const granted = [
    ...Map.groupBy(
      own.filter((rule) => rule.effect === 'grant'),
      ({ to }) => granteeText(to),
    ).values(),
  ];
  const tables: string[] = [];
  const hiddenColumns: Record<string, readonly string[]> = {};
  for (const table of catalog.tables) {
    const isAboutTable = ({ tables }: AccessRule) => !tables || tables.some((name) => isNamed(table, name, catalog));
    if (denied.some((rule) => !rule.hide && isAboutTable(rule))) continue;
    const open = granted.filter((grants) => grants.some(isAboutTable) && keepsOwnRows(table, grants));
    if (!open.length) continue;
    const label = labelOf(table);
    tables.push(label);
    const hides = (rules: readonly AccessRule[], column: string) =>
      rules.some((rule) => isHidden(column, table, rule, catalog));
    const hidden = table.columns
      .map((column) => column.name)
      .filter((name) => hides(denied, name) || open.every((grants) => hides(grants, name)));
    if (hidden.length) hiddenColumns[label] = hidden;
  }
  return tables.length ? { tables, hiddenColumns, userFunctions: [] } : undefined;
}

function isAbout(rule: AccessRule, { teamId, userId, groups = [], unknownGroups = [], channelId }: Reader): boolean {
  if (rule.teamId !== undefined && rule.teamId !== teamId) return false;
  switch (rule.to.kind) {
    case 'everyone':
      return true;
    case 'user':
      return rule.to.id === userId;
    case 'group':
      return groups.includes(rule.to.id) || (rule.effect === 'deny' && unknownGroups.includes(rule.to.id));
    case 'channel':
      return rule.to.id === channelId;
  }
}

/** Rows by asker are the engine's business; a table without such a policy would show everybody's. */
function keepsOwnRows(table: Table, grants: readonly AccessRule[]): boolean {
  const named = (name: string) => name === table.name || name === labelOf(table);
  return table.rowSecurity === true || !grants.some((rule) => rule.ownRows?.some(named));
}

function isHidden(column: string, table: Table, { hide = {} }: AccessRule, catalog: DatabaseCatalog): boolean {
  return Object.entries(hide).some(
    ([name, columns]) =>
      isNamed(table, name, catalog) && columns.some((one) => one.toLowerCase() === column.toLowerCase()),
  );
}

export const labelOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>) =>
  schema === undefined ? name : `${schema}.${name}`;

/** Does a view show the whole database? */
export function isWhole(catalog: DatabaseCatalog, view: AccessView): boolean {
  return view.tables.length === catalog.tables.length && !Object.keys(view.hiddenColumns).length;
}

/** Does `wider` show all that is read? Used for an answer's audience: what was read, and who will read it. */
export function covers(
  wider: AccessView,
  read: readonly { readonly schema?: string; readonly name: string; readonly columns: readonly string[] }[],
): boolean {
  return read.every((table) => {
    const label = labelOf(table);
    const hidden = wider.hiddenColumns[label] ?? [];
    return wider.tables.includes(label) && !table.columns.some((column) => hidden.includes(column));
  });
}
