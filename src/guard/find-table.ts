import { badTable } from './refused.ts';
import type { Scope, TableScope } from './scope.ts';

/** As the server would: an exact name in its schema, else the first schema of the search path; never a system catalog. */
export function findTable(
  scope: Scope,
  { schema, name }: { readonly schema?: string; readonly name: string },
): TableScope {
  const label = schema === undefined ? name : `${schema}.${name}`;
  const isNamed = (table: TableScope) =>
    table.name === name ||
    (scope.engine !== 'postgres' && !scope.caseSensitive && table.name.toLowerCase() === name.toLowerCase());
  const within = (wanted: string | undefined) =>
    scope.tables.find((table) => isNamed(table) && (table.schema === undefined || table.schema === wanted));
  if (schema !== undefined) {
    const found = scope.engine === 'postgres' || scope.searchPath.includes(schema) ? within(schema) : undefined;
    if (!found) throw badTable(label);
    return found;
  }
  if (scope.engine === 'postgres' && name.startsWith('pg_')) throw badTable(label);
  for (const one of scope.searchPath.length ? scope.searchPath : [undefined]) {
    const found = within(one);
    if (found) return found;
    if (scope.hiddenTables?.some((table) => table.name === name && table.schema === one)) break;
  }
  throw badTable(label);
}
