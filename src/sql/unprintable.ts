import type { EdlErrorCode } from './problem.ts';

/** The engine has no form for a part of the query. */
export class Unprintable extends Error {
  readonly code: EdlErrorCode;

  constructor(message: string, code: EdlErrorCode = 'E_VERBATIM_DIALECT') {
    super(message);
    this.code = code;
  }
}
