/** A named part of a pattern, and what the text that it captures means. */
export interface Slot<Name extends string, Meaning> {
  readonly name: Name;
  readonly source: string;
  /** It stands in a part of the pattern that may be absent. */
  readonly optional: boolean;
  /** What a captured text means; undefined for a text that the slot does not know, which its source does not match. */
  read(text: string): Meaning | undefined;
}

type Piece = string | Slot<string, unknown>;

/** What the slots among the pieces of a pattern capture, by their names. */
type CapturesOf<Pieces extends readonly Piece[]> = {
  readonly [One in Exclude<Pieces[number], string> as One['name']]: One extends Slot<string, infer Meaning>
    ? Meaning
    : never;
};

/** One place where a pattern matches. */
export interface Found<Captures> {
  readonly captures: Captures;
  readonly index: number;
  /** The text that matched, what stands before it, and what after. */
  readonly said: string;
  readonly before: string;
  readonly after: string;
}

export interface Pattern<Captures> {
  /** The first match that begins at `from` or after it. */
  find(text: string, from?: number): Found<Captures> | undefined;
}

/**
 * A regular expression whose captures have names and types. It is written as in a literal, backslashes once; a piece of
 * text is part of it, a slot captures. Line breaks and the blanks that begin a line are left out, so that a long one
 * takes several lines.
 */
export function pattern<const Pieces extends readonly Piece[]>(
  parts: TemplateStringsArray,
  ...pieces: Pieces
): Pattern<CapturesOf<Pieces>> {
  const source = part(parts, ...pieces.map(sourceOf));
  const expression = new RegExp(source, 'g');
  const slots = pieces.filter((piece) => typeof piece !== 'string');
  const isWhole = (captures: object): captures is CapturesOf<Pieces> =>
    slots.every(({ name, optional }) => optional || name in captures);
  return {
    find(text, from = 0) {
      expression.lastIndex = from;
      const match = expression.exec(text);
      if (!match) return undefined;
      const captures = read(slots, match.groups ?? {});
      if (!isWhole(captures)) throw new Error(`a slot that is not optional took no part in the match of ${source}`);
      const [said] = match;
      const { index } = match;
      return { captures, index, said, before: text.slice(0, index), after: text.slice(index + said.length) };
    },
  };
}

/** Part of a pattern, written as a pattern is. */
export function part(parts: TemplateStringsArray, ...pieces: readonly string[]): string {
  return String.raw(parts, ...pieces).replace(/\n\s*/g, '');
}

function sourceOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : `(?<${piece.name}>${piece.source})`;
}

/** What each slot captured; nothing of those that took no part. */
function read(slots: readonly Slot<string, unknown>[], groups: Readonly<Record<string, string | undefined>>): object {
  const read = slots.flatMap((slot) => {
    const text = groups[slot.name];
    const meaning = text === undefined ? undefined : slot.read(text);
    return meaning === undefined ? [] : [[slot.name, meaning] as const];
  });
  return Object.fromEntries(read);
}

/** Captures text, which means what `meaningOf` says; the text itself, if absent. */
export function capture<const Name extends string>(name: Name, source: string): Slot<Name, string>;
export function capture<const Name extends string, Meaning>(
  name: Name,
  source: string,
  meaningOf: (text: string) => Meaning | undefined,
): Slot<Name, Meaning>;
export function capture(name: string, source: string, meaningOf: (text: string) => unknown = (text) => text) {
  return { name, source, optional: false, read: meaningOf };
}

/** Captures one of some words. */
export function oneOf<const Name extends string, const Word extends string>(name: Name, words: readonly Word[]) {
  return capture(name, words.join('|'), (text) => words.find((word) => word === text));
}

/** Captures one of the words of a table, and gives what it means there. */
export function meaning<const Name extends string, Meaning>(name: Name, table: ReadonlyMap<string, Meaning>) {
  return capture(name, anyOf(table), (text) => table.get(text));
}

/** A slot that may take no part in a match. */
export function optional<const Name extends string, Meaning>(
  slot: Slot<Name, Meaning>,
): Slot<Name, Meaning | undefined> {
  return { ...slot, optional: true };
}

/** The words of a table as alternatives, the longest first: "more than or equal to" before "more than". */
export function anyOf(table: ReadonlyMap<string, unknown>): string {
  return [...table.keys()].sort((a, b) => b.length - a.length).join('|');
}
