import type { Engine } from '#src/domain/catalog.ts';
import { randomFrom } from '#src/explore/random.ts';
import { plainQuery, plainQuestion } from './apart.ts';

interface Asked {
  readonly question: string;
  readonly sql: string;
}

/**
 * Parts pairs into those that are learned from and those that measure what was learned: at most so many, drawn by the seed. No query
 * and no question is on both sides, by what they say and not by how they are written.
 *
 * @returns both in the order that they were given in.
 */
export function holdBack<T extends Asked>(
  pairs: readonly T[],
  most: number,
  { engine, seed }: { readonly engine: Engine; readonly seed: number },
): { readonly learned: readonly T[]; readonly heldBack: readonly T[] } {
  const random = randomFrom(seed);
  const groups = sharing(pairs, engine).map((group) => ({ group, at: random.next() }));
  const apart = new Set<T>();
  for (const { group } of groups.sort((one, other) => one.at - other.at))
    if (apart.size + group.length <= most) for (const pair of group) apart.add(pair);
  return { learned: pairs.filter((one) => !apart.has(one)), heldBack: pairs.filter((one) => apart.has(one)) };
}

/** Pairs with the same query or the same question, directly or by others between them. */
function sharing<T extends Asked>(pairs: readonly T[], engine: Engine): readonly (readonly T[])[] {
  const next = new Map<string, string>();
  const endOf = (key: string): string => {
    const one = next.get(key);
    return one === undefined ? key : endOf(one);
  };
  const keyed = pairs.map((pair) => {
    const query = `query ${plainQuery(pair.sql, engine)}`;
    const [from, to] = [endOf(query), endOf(`question ${plainQuestion(pair.question)}`)];
    if (from !== to) next.set(from, to);
    return { pair, query };
  });
  const groups = Map.groupBy(keyed, ({ query }) => endOf(query));
  return [...groups.values()].map((group) => group.map(({ pair }) => pair));
}
