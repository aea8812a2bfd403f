import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { EdlMendCode } from '#src/sql/problem.ts';
import type { StepNode } from './edl-ast.ts';
import { EdlSyntaxError, type EdlToken, lexEdl } from './lex-edl.ts';
import type { Synonyms } from './mend-phrases.ts';
import { readTokens, type Stopped } from './parse-edl.ts';
import { WANTED } from './phrases.ts';

/** Tokens from one position up to another, and those that take their place. */
export interface TokenEdit {
  readonly from: number;
  readonly to: number;
  readonly put: readonly EdlToken[];
  /** What was done, where the words alone do not show it. */
  readonly says?: string;
}

/** A name without what spelling leaves open: case, blanks, underscores, singular or plural. */
export const nameKey = (name: string): string => splitIdentifier(name).map(singular).join('');

function singular(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^su]s$/.test(word) && !/is$/.test(word) ? word.slice(0, -1) : word;
}

/** The names that a text may use; without a catalog any. */
export class KnownNames {
  readonly catalog: DatabaseCatalog | undefined;
  readonly #tables: ReadonlyMap<string, readonly Table[]>;
  readonly #columns: ReadonlySet<string>;

  constructor(catalog: DatabaseCatalog | undefined) {
    this.catalog = catalog;
    this.#tables = Map.groupBy(catalog?.tables ?? [], ({ name }) => nameKey(name));
    this.#columns = new Set(catalog?.tables.flatMap(({ columns }) => columns.map(({ name }) => nameKey(name))));
  }

  tables(name: string): readonly Table[] {
    return this.#tables.get(nameKey(name)) ?? [];
  }

  isColumn(name: string): boolean {
    return this.#columns.has(nameKey(name)) || this.#columns.has(nameKey(name.slice(name.indexOf('.') + 1)));
  }
}

/** One shape that is read although the grammar has it not (docs/edl.md#mends). */
export interface WordRule {
  readonly id: `N${number}`;
  readonly code: EdlMendCode;
  /** What to read instead where reading stopped; undefined where the rule has nothing to say. */
  mend(place: Place): TokenEdit | undefined;
}

/** Where reading stopped, for rules that look around there. Positions are those of `tokens`. */
export class Place {
  readonly tokens: readonly EdlToken[];
  readonly names: KnownNames;
  readonly problem: Stopped['problem'];
  readonly at: number;
  /** The step number that begins the step, the first token of its sentence, and the token behind its last. */
  readonly opened: number;
  readonly body: number;
  readonly ends: number;
  #steps: readonly StepNode[] | undefined;

  constructor(tokens: readonly EdlToken[], { problem, at, opened }: Stopped, names: KnownNames) {
    this.tokens = tokens;
    this.names = names;
    this.problem = problem;
    this.at = at;
    this.opened = opened;
    this.ends = this.#nextStep();
    this.body = this.#sentence();
  }

  /** The steps before this one. */
  get steps(): readonly StepNode[] {
    if (!this.#steps) {
      const last = this.tokens.at(-1);
      const read = readTokens([...this.tokens.slice(0, this.opened), ...(last ? [last] : [])]);
      this.#steps = read.ok ? read.text.steps : [];
    }
    return this.#steps;
  }

  get number(): number {
    return Number(this.tokens[this.opened]?.value ?? 0);
  }

  kind(at: number): EdlToken['kind'] {
    return this.tokens[at]?.kind ?? 'end';
  }

  value(at: number): string {
    return this.tokens[at]?.value ?? '';
  }

  /** The word or symbol there; empty for a name, a text and the rest. */
  plain(at: number): string {
    const kind = this.kind(at);
    return kind === 'word' || kind === 'symbol' ? this.value(at) : '';
  }

  /** Is the word or symbol there one of these? */
  is(at: number, ...words: readonly string[]): boolean {
    return words.includes(this.plain(at));
  }

  /** A name, text or word as it is written, without its quotes. */
  called(at: number): string {
    return this.kind(at) === 'word' ? (this.tokens[at]?.text ?? '') : this.value(at);
  }

  isNameLike(at: number): boolean {
    return ['name', 'word', 'string'].includes(this.kind(at));
  }

  /** How many tokens a phrase that stands there has; 0 where it does not. */
  stands(phrase: string, at: number): number {
    const words = phrase.split(' ');
    return words.every((word, index) => this.plain(at + index) === word) ? words.length : 0;
  }

  /** The length of the longest of the phrases that stands there. */
  oneStands(phrases: readonly string[], at: number): number {
    return Math.max(...phrases.map((phrase) => this.stands(phrase, at)));
  }

  /** The longest phrase that stands there before what must follow it, and how it is read. */
  longest(phrases: Synonyms, at: number): { readonly length: number; readonly put: string } | undefined {
    let found: { readonly length: number; readonly put: string } | undefined;
    for (const [said, put, next] of phrases) {
      for (const phrase of said) {
        const length = this.stands(phrase, at);
        if (length <= (found?.length ?? 0)) continue;
        if (next === undefined || this.kind(at + length) === next) found = { length, put };
      }
    }
    return found;
  }

  wants(phrase: string): boolean {
    return this.problem.expected?.includes(phrase) ?? false;
  }

  get wantsVerb(): boolean {
    return this.problem.expected === WANTED.verb;
  }

  /** The sentence could end where reading stopped. */
  get isWhole(): boolean {
    return this.wants('.');
  }

  /** Does the step end there? */
  isEnd(at: number): boolean {
    return at >= this.ends || ((this.plain(at) === '.' || this.plain(at) === ';') && at === this.ends - 1);
  }

  /** The last token of the sentence, its full stop left out. */
  get last(): number {
    return this.isEnd(this.ends - 1) ? this.ends - 2 : this.ends - 1;
  }

  /** The number of an earlier step. */
  isStepBefore(number: number): boolean {
    return this.steps.some((step) => step.number === number);
  }

  /** The token of a step's number, for an edit at a position. */
  step(number: number, at: number): readonly EdlToken[] {
    return [stepToken(number, this.tokens[at]?.start ?? 0)];
  }

  /** Tables and aliases, in lower case, that the steps before have read. */
  get sources(): ReadonlySet<string> {
    const names = this.steps.flatMap(({ body }) => {
      const source = 'source' in body ? body.source : undefined;
      if (!source || source.kind === 'verbatim') return [];
      return [source.alias, source.kind === 'table' ? source.name : undefined];
    });
    return new Set(names.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()])));
  }

  edit(from: number, to: number, ...put: readonly (string | readonly EdlToken[])[]): TokenEdit {
    const { start } = this.tokens[from] ?? { start: 0 };
    const all = put.flatMap((part) => (typeof part === 'string' ? tokensOf(part, start) : part));
    return { from, to, put: all };
  }

  part(from: number, to: number): readonly EdlToken[] {
    return this.tokens.slice(from, to);
  }

  #nextStep(): number {
    const next = this.tokens.findIndex(
      ({ kind, value }, at) => at > this.opened && kind === 'step' && Number(value) > this.number,
    );
    return next < 0 ? this.tokens.length - 1 : next;
  }

  #sentence(): number {
    let at = this.opened + 1;
    while (this.plain(at) === '.' || this.plain(at) === ':') at += 1;
    let words = 0;
    while (this.kind(at + words) === 'word' && words < 5) words += 1;
    const label = this.part(at, at + words).map(({ value }) => value);
    return this.plain(at + words) === ':' && WANTED.label.includes(label.join(' ')) ? at + words + 1 : at;
  }
}

/** The tokens of a phrase, all at one place of the text; `#1.5` is one too. */
export function tokensOf(phrase: string, start: number): readonly EdlToken[] {
  return lexEdl(phrase)
    .slice(0, -1)
    .map((token) => ({ ...token, start }));
}

export const stepToken = (number: number, start: number): EdlToken => ({
  kind: 'step',
  value: String(number),
  text: sayStep(number),
  start,
});

/** What a name token holds, as tokens; undefined where it cannot be any. */
export function insideOf({ value, start }: EdlToken): readonly EdlToken[] | undefined {
  try {
    return tokensOf(value, start);
  } catch (error) {
    if (error instanceof EdlSyntaxError) return undefined;
    throw error;
  }
}

export const textOf = (tokens: readonly EdlToken[]): string =>
  tokens
    .map(({ text }) => text)
    .join(' ')
    .replace(/ ([.,;:)])/g, '$1')
    .replace(/(\p{L})\. (?=\p{L})/gu, '$1.')
    .replaceAll('( ', '(');

/** `"[ml maker]" is read as "[ml.maker]".`: what an edit changed, without what stayed. */
export function sayEdit(tokens: readonly EdlToken[], { from, to, put, says }: TokenEdit): string {
  if (says !== undefined) return says;
  const was = tokens.slice(from, to);
  let head = 0;
  while (head < Math.min(was.length, put.length) && was[head]?.text === put[head]?.text) head += 1;
  let tail = 0;
  while (tail < Math.min(was.length, put.length) - head && was.at(-1 - tail)?.text === put.at(-1 - tail)?.text)
    tail += 1;
  const [old, now] = [textOf(was.slice(head, was.length - tail)), textOf(put.slice(head, put.length - tail))];
  return sayReading(old, now);
}

/** A step by its number; one that was put in has none of its own. */
export const sayStep = (number: number): string => (Number.isInteger(number) ? `#${number}` : 'the step put in before');

/** What was written and how it is read, in a sentence. */
export function sayReading(written: string, read: string): string {
  if (!written) return `"${read}" is added.`;
  return read ? `"${written}" is read as "${read}".` : `"${written}" is left out.`;
}
