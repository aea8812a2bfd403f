/** What whoever reads a SELECT part by part asks of it first: its conditions one by one, and of which source each joined row is one. */
import type { ConditionIr } from './query-ir.ts';

/** The parts that AND joins; the whole where it joins none. */
export const conjunctsOf = (one: ConditionIr | undefined): readonly ConditionIr[] =>
  !one ? [] : one.kind === 'and' ? one.parts.flatMap(conjunctsOf) : [one];

/**
 * The source from which every other is reached by joins that find one row of it at most: each row of the joined sources is one of its own.
 * @param starts the sources that it may be.
 */
export function grainAmong<Source>(
  sources: readonly Source[],
  findsOne: (from: Source, to: Source) => boolean,
  starts: readonly Source[] = sources,
): Source | undefined {
  return starts.find((start) => {
    const reached = new Set([start]);
    for (const at of reached) for (const one of sources) if (findsOne(at, one)) reached.add(one);
    return reached.size === sources.length;
  });
}
