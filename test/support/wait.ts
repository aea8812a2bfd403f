import { setTimeout as sleep } from 'node:timers/promises';

type Awaitable<T> = T | Promise<T>;

/** Asks until there is something; fails with a message when there is nothing in time. */
export async function eventually<T>(
  what: string,
  look: () => Awaitable<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(25)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`);
}
