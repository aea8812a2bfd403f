/** Something stored cannot be read: it was damaged, or another version wrote it. */
export class StateUnreadable extends Error {
  override readonly name = 'StateUnreadable';

  /** @param what such as "the run 1234". */
  constructor(what: string, cause?: unknown) {
    super(`${what} cannot be read: it was damaged, or another version of Querent wrote it`, { cause });
  }
}
