import type { TableScope } from './scope.ts';

/** A source as its names are seen: what it shows, and what of it is hidden. */
export interface SourceInSight {
  readonly alias: string;
  readonly schema?: string;
  readonly columns: ReadonlyMap<string, readonly Origin[]>;
  readonly hidden: ReadonlySet<string>;
}

export interface Origin {
  readonly table: TableScope;
  readonly column: string;
}

export interface Sight {
  readonly sources: readonly SourceInSight[];
  readonly outer: Sight | undefined;
}

export interface Ctes {
  readonly byName: ReadonlyMap<string, () => readonly string[]>;
  readonly outer: Ctes | undefined;
}

/** How to have the names of a CTE's columns; the nearest of that name. */
export function findCte(ctes: Ctes | undefined, name: string): (() => readonly string[]) | undefined {
  for (let at = ctes; at; at = at.outer) {
    const found = at.byName.get(name);
    if (found) return found;
  }
  return undefined;
}

/** A source whose columns were computed: nothing of it is hidden. */
export function computed(alias: string, names: readonly string[], fold: (name: string) => string): SourceInSight {
  return { alias, columns: new Map(names.map((name) => [fold(name), []])), hidden: new Set() };
}

/** The names of columns after those that were given to the first of them. */
export const renamed = (names: readonly string[], given: readonly string[] = []): readonly string[] =>
  names.length < given.length ? given : names.map((name, at) => given[at] ?? name);
