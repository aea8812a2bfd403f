import type { Result } from '#src/domain/result.ts';
import type { Secret } from '#src/domain/secret.ts';

/** Passwords sealed at rest, each under the id of what it belongs to. */
export interface SecretVault {
  /** Fails with `secret-unavailable`: there is none, its key is missing, or it was tampered with. */
  open(id: string): Promise<Result<Secret>>;
  seal(id: string, secret: Secret): Promise<Result<void>>;
  /** A new key, and everything sealed anew with it; a program that runs goes on with either. Returns how many. */
  rotate(): Promise<Result<number>>;
}
