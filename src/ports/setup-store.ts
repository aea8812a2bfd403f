import type { Setup } from '#src/domain/setup.ts';

/** Databases that are being set up. One transaction a call. */
export interface SetupStore {
  /** In the order that they were begun. */
  setups(): Promise<readonly Setup[]>;
  addSetup(setup: Setup): Promise<void>;
  /** Replaces a setup where it is still what was read: of two that change it at once, one does. */
  changeSetup(before: Setup, after: Setup): Promise<boolean>;
  /** Removes a setup with the password that was sealed for it; it is overwritten. */
  removeSetup(id: string): Promise<void>;
}
