import { scrub } from './scrub.ts';

/** What was found of one part of a deployment. `off`: it is not there and need not be. */
export interface CheckResult {
  readonly part: string;
  readonly state: 'ok' | 'off' | 'wrong';
  /** One sentence a person can act on. */
  readonly says: string;
}

/** Looks at one part; it has a limit of time of its own. */
export type HealthCheck = (signal: AbortSignal) => Promise<CheckResult | readonly CheckResult[]>;

/** What a look at a part comes to: where it throws, that something is wrong with the part, in a sentence. */
export async function resultOf(
  part: string,
  look: () => ReturnType<HealthCheck>,
): Promise<CheckResult | readonly CheckResult[]> {
  try {
    return await look();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { part, state: 'wrong', says: `it could not be checked: ${scrub(what).replace(/\.$/, '')}.` };
  }
}
