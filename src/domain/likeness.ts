/**
 * How alike two short texts are, ignoring case: twice the characters of the longest common blocks, found recursively, over
 * the characters of both (Ratcliff and Obershelp 1988). 0–1.
 */
export function sequenceRatio(a: string, b: string): number {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (!one.length && !other.length) return 1;
  return (2 * matched(one, other)) / (one.length + other.length);
}

function matched(a: string, b: string): number {
  if (!a || !b) return 0;
  const block = longestCommonBlock(a, b);
  if (!block.length) return 0;
  return (
    block.length +
    matched(a.slice(0, block.inA), b.slice(0, block.inB)) +
    matched(a.slice(block.inA + block.length), b.slice(block.inB + block.length))
  );
}

/** The longest substring that two texts share (the first of several), and where it starts in each. */
export function longestCommonBlock(
  a: string,
  b: string,
): { readonly inA: number; readonly inB: number; readonly length: number } {
  let best = { inA: 0, inB: 0, length: 0 };
  let before = new Uint16Array(b.length + 1);
  for (let at = 1; at <= a.length; at += 1) {
    const row = new Uint16Array(b.length + 1);
    for (let other = 1; other <= b.length; other += 1) {
      if (a.charCodeAt(at - 1) !== b.charCodeAt(other - 1)) continue;
      const length = (before[other - 1] ?? 0) + 1;
      row[other] = length;
      if (length > best.length) best = { inA: at - length, inB: other - length, length };
    }
    before = row;
  }
  return best;
}

/** Share of common letters from which names are alike, and how many are told. */
const ALIKE = 0.5;
const NEAR_TOLD = 3;

/** The names that are spelt most like one, with or without what stands before their last dot. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const bare = (text: string) => text.slice(text.lastIndexOf('.') + 1);
  return known
    .map((one) => ({ one, score: Math.max(sequenceRatio(name, one), sequenceRatio(bare(name), bare(one))) }))
    .filter(({ score }) => score >= ALIKE)
    .sort((a, b) => b.score - a.score)
    .slice(0, NEAR_TOLD)
    .map(({ one }) => one);
}

export const didYouMean = (near: readonly string[]): string =>
  near.length ? ` Did you mean ${near.join(' or ')}?` : '';

/** The share of what either of two sets has that both have (Jaccard), 0–1; 0 of two empty ones. */
export function jaccard<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  let both = 0;
  for (const each of small) if (large.has(each)) both += 1;
  return both / Math.max(1, one.size + other.size - both);
}
