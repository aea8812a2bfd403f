/** Time and identity are inputs, so that a run can be replayed. */
export interface Clock {
  now(): Date;
}

export type NewId = () => string;

export const systemClock: Clock = { now: () => new Date() };
