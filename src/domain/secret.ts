import { inspect } from 'node:util';

const HIDDEN = '•••';

/** A password or key. Whatever prints it, prints dots; only who connects with it reads it (SEC-1). */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
