import { wilson } from './wilson.ts';

/** So many of so many, with the 95 % interval of its share. */
export interface Counted {
  readonly count: number;
  readonly of: number;
  /** 0–1; 0 of none. */
  readonly share: number;
  readonly from: number;
  readonly to: number;
}

export function counted(count: number, of: number): Counted {
  const [from, to] = wilson(count, of);
  return { count, of, share: of ? count / of : 0, from, to };
}
