import { type AccessRule, granteeText, isInForce } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { didYouMean, nearestNames } from '#src/domain/likeness.ts';
import { isNamed } from '#src/guard/scope.ts';
import { labelOf } from './access-view.ts';

/** What is odd about a set of rules, one sentence each: names that nothing has, and rules of which one undoes another. Those that have ended do nothing. */
export function checkRules(
  all: readonly AccessRule[],
  catalogs: readonly DatabaseCatalog[],
  now: Date,
): readonly string[] {
  const rules = all.filter((rule) => isInForce(rule, now));
  const byId = new Map(catalogs.map((catalog) => [catalog.databaseId, catalog]));
  return [...rules.flatMap((rule) => namesMissing(rule, byId.get(rule.databaseId))), ...contradictions(rules, byId)];
}

const nameOf = (rule: AccessRule) => `The ${rule.effect} of ${rule.databaseId} to ${granteeText(rule.to)}`;

function namesMissing(rule: AccessRule, catalog: DatabaseCatalog | undefined): string[] {
  if (!catalog) return [`${nameOf(rule)} is about a database that is not indexed; it takes effect once it is.`];
  const tableOf = (name: string) => catalog.tables.find((table) => isNamed(table, name, catalog));
  const unprotected = (rule.ownRows ?? []).filter((name) => tableOf(name)?.rowSecurity !== true && tableOf(name));
  return [
    ...unknownNames(rule, catalog).map(({ kind, name, near }) => {
      const says = kind === 'table' ? `names the table ${name}` : `hides ${name}`;
      return `${nameOf(rule)} ${says}, which ${rule.databaseId} does not have.${didYouMean(near)}`;
    }),
    ...unprotected.map(
      (name) =>
        `${nameOf(rule)} wants rows of ${name} by asker, but the engine has no row policy on it: the table is refused. Make a policy (app.asker) or a view.`,
    ),
  ];
}

/** A table or column that a rule names and its database does not have, and what is spelt like it there. */
export interface UnknownName {
  readonly kind: 'table' | 'column';
  readonly name: string;
  readonly near: readonly string[];
}

export function unknownNames(rule: AccessRule, catalog: DatabaseCatalog): UnknownName[] {
  const tableOf = (name: string) => catalog.tables.find((table) => isNamed(table, name, catalog));
  const named = [...(rule.tables ?? []), ...Object.keys(rule.hide ?? {}), ...(rule.ownRows ?? [])];
  const labels = catalog.tables.map(labelOf);
  const tables = [...new Set(named)]
    .filter((name) => !tableOf(name))
    .map((name) => ({ kind: 'table' as const, name, near: nearestNames(name, labels) }));
  const columns = Object.entries(rule.hide ?? {}).flatMap(([name, list]) => {
    const table = tableOf(name);
    const known = (table?.columns ?? []).map((column) => column.name);
    return (table ? list : [])
      .filter((column) => !known.some((one) => one.toLowerCase() === column.toLowerCase()))
      .map((column) => ({
        kind: 'column' as const,
        name: `${name}.${column}`,
        near: nearestNames(column, known).map((one) => `${name}.${one}`),
      }));
  });
  return [...tables, ...columns];
}

/** A grant and a deny, or a grant that hides and one that does not, for the same reader: the stricter wins. */
function contradictions(rules: readonly AccessRule[], byId: ReadonlyMap<string, DatabaseCatalog>): string[] {
  const found: string[] = [];
  for (const [at, one] of rules.entries()) {
    for (const other of rules.slice(at + 1)) {
      const sameReader = granteeText(one.to) === granteeText(other.to) && sameTeam(one, other);
      if (one.databaseId !== other.databaseId || !sameReader) continue;
      const shared = sharedTables(one, other, byId.get(one.databaseId));
      if (!shared.length) continue;
      const effects = new Set([one.effect, other.effect]);
      if (effects.size === 2 && ![one, other].some((rule) => rule.effect === 'deny' && rule.hide)) {
        found.push(
          `${shared.join(', ')} of ${one.databaseId} is both granted and denied to ${granteeText(one.to)}: the deny wins.`,
        );
      } else if (effects.size === 1 && one.effect === 'grant' && hidesOf(one) !== hidesOf(other)) {
        found.push(
          `Two grants of ${one.databaseId} to ${granteeText(one.to)} hide different columns of ${shared.join(', ')}: what either hides is hidden.`,
        );
      }
    }
  }
  return found;
}

const sameTeam = (one: AccessRule, other: AccessRule) =>
  one.teamId === undefined || other.teamId === undefined || one.teamId === other.teamId;
const hidesOf = ({ hide = {} }: AccessRule) => JSON.stringify(Object.entries(hide).sort());

function sharedTables(one: AccessRule, other: AccessRule, catalog: DatabaseCatalog | undefined): string[] {
  if (!catalog) return [];
  const about = (rule: AccessRule, at: number) =>
    !rule.tables || rule.tables.some((name) => isNamed(catalog.tables[at]!, name, catalog));
  return catalog.tables.filter((_, at) => about(one, at) && about(other, at)).map(labelOf);
}
