import type { Column } from '#src/domain/catalog.ts';
import type { Token } from './tokens.ts';

/**
 * Stored names of several words by the first of them, where one name alone of the database begins so: "Westfield", of
 * Westfield High. Only of columns whose values are all known.
 */
export function begunValues<Held extends { readonly column: Column }>(
  values: ReadonlyMap<string, readonly Held[]>,
): ReadonlyMap<string, readonly Held[]> {
  const names = [...values].filter(([name]) => /^\p{L}{4,} /u.test(name));
  const begun = Map.groupBy(names, ([name]) => name.slice(0, name.indexOf(' ')));
  return new Map(
    [...begun].flatMap(([first, [only, ...more]]) =>
      only && !more.length && !values.has(first) && only[1].every(({ column }) => column.valuesComplete)
        ? [[first, only[1]] as const]
        : [],
    ),
  );
}

/** Whether a word is written as a name within a sentence is. */
export const isProper = ({ text }: Token, start: number): boolean => start > 0 && /^\p{Lu}\p{Ll}{3,}$/u.test(text);
