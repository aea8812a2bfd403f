/** So many of so many, with the 95 % interval of its share (Wilson 1927). */
export interface Counted {
  readonly count: number;
  readonly of: number;
  /** 0–1; 0 of none. */
  readonly share: number;
  readonly from: number;
  readonly to: number;
}

const Z = 1.959964;

export function counted(count: number, of: number): Counted {
  if (!of) return { count, of, share: 0, from: 0, to: 1 };
  const share = count / of;
  const middle = (share + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  const half = (Z / (1 + (Z * Z) / of)) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  return { count, of, share, from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}
