import type { Failure } from '#src/domain/failure.ts';

/** Thrown inside the guard to leave a walk at once; `readStatement` turns it into a failure. */
export class Refused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

export const unreadable = (detail: string) => new Refused({ kind: 'unreadable-sql', detail });
export const notARead = (keyword: string) => new Refused({ kind: 'write-refused', keyword });
export const badFunction = (name: string) => new Refused({ kind: 'function-refused', name });
export const badTable = (table: string) => new Refused({ kind: 'table-refused', table });
export const badColumn = (column: string) => new Refused({ kind: 'column-refused', column });
