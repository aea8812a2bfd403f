import type { EdlErrorCode } from '#src/sql/problem.ts';
import { EdlSyntaxError, type EdlToken, type EdlTokenKind, endToken } from './lex-edl.ts';

const DEEPEST = 800;

const split = new Map<string, readonly string[]>();

/** The words of a phrase; phrases are few and fixed, so each is split once. */
function wordsOf(phrase: string): readonly string[] {
  const known = split.get(phrase) ?? phrase.split(' ');
  split.set(phrase, known);
  return known;
}

/** A place in the tokens of an EDL text. */
export class EdlCursor {
  readonly tokens: readonly EdlToken[];
  readonly #end: EdlToken;
  position = 0;
  /** The step being read. */
  step: number | undefined;
  /** The position of the last step number that began a step. */
  opened = 0;
  #depth = 0;

  constructor(tokens: readonly EdlToken[]) {
    this.tokens = tokens;
    this.#end = tokens.at(-1) ?? endToken('');
  }

  get token(): EdlToken {
    return this.ahead(0);
  }

  ahead(steps: number): EdlToken {
    return this.tokens[this.position + steps] ?? this.#end;
  }

  take(): EdlToken {
    const { token } = this;
    if (token.kind !== 'end') this.position += 1;
    return token;
  }

  /** The word or symbol some tokens ahead; empty for a name, a text and the rest. */
  plain(steps: number): string {
    const { kind, value } = this.ahead(steps);
    return kind === 'word' || kind === 'symbol' ? value : '';
  }

  /** Do these words (lower case) or symbols, written with blanks between them, stand here? */
  is(phrase: string): boolean {
    const { kind, value } = this.token;
    if ((kind !== 'word' && kind !== 'symbol') || !phrase.startsWith(value)) return false;
    return wordsOf(phrase).every((part, step) => this.plain(step) === part);
  }

  /** Moves past the longest of the phrases that stands here. */
  accept(...phrases: readonly string[]): string | undefined {
    return this.#acceptLongest(phrases);
  }

  /** Moves past the longest phrase of a choice that stands here, and gives what it means. */
  choose<T>(choice: ReadonlyMap<string, T>): T | undefined {
    const phrase = this.#acceptLongest(choice.keys());
    return phrase === undefined ? undefined : choice.get(phrase);
  }

  #acceptLongest(phrases: Iterable<string>): string | undefined {
    let found: string | undefined;
    for (const phrase of phrases) {
      if (phrase.length > (found?.length ?? 0) && this.is(phrase)) found = phrase;
    }
    if (found !== undefined) this.position += wordsOf(found).length;
    return found;
  }

  expect(...phrases: readonly string[]): string {
    return this.accept(...phrases) ?? this.fail(phrases);
  }

  kind(kind: EdlTokenKind, wanted: string): string {
    if (this.token.kind !== kind) this.fail([wanted]);
    return this.take().value;
  }

  fail(expected: readonly string[], message?: string, code: EdlErrorCode = 'E_SYNTAX'): never {
    const { token } = this;
    const found =
      token.kind === 'end' ? 'The text ends too early.' : `${JSON.stringify(token.text)} cannot stand here.`;
    throw new EdlSyntaxError({
      code,
      message: message ?? found,
      at: token.start,
      ...(this.step === undefined ? {} : { step: this.step }),
      ...(expected.length ? { expected } : {}),
    });
  }

  deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.fail([], `It is nested deeper than ${DEEPEST} levels.`);
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}
