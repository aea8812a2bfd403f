import type { TokenCursor } from './token-cursor.ts';

type Range = readonly [from: number, to: number];

interface Compared {
  readonly operator: '=' | '<';
  readonly left: Range;
  readonly right: Range;
}

/** With one of these beside it, a comparison does not have to hold for every row, or is compared itself. */
const OTHERS = new Set('OR || XOR NOT IS IN LIKE REGEXP RLIKE SOUNDS CASE EXISTS <=> <> !='.split(' '));
const LESS = new Set(['<', '<=', '>', '>=']);
const QUANTIFIERS = new Set(['ANY', 'SOME', 'ALL']);

/**
 * The comparisons that a condition demands of every row, by the places of their sides: the parts of its ANDs. What is in doubt
 * is left out; they serve to see that a recursion ends, no more.
 */
export function comparisonsIn(cursor: TokenCursor, from: number, to: number): Compared[] {
  if (isWrapped(cursor, from, to)) return comparisonsIn(cursor, from + 1, to - 1);
  const parts = conjuncts(cursor, from, to);
  const [only] = parts;
  if (parts.length === 1 && only) return comparisonOf(cursor, ...only);
  return parts.flatMap((part) => comparisonsIn(cursor, ...part));
}

const isWrapped = ({ tokens, closing }: TokenCursor, from: number, to: number): boolean =>
  tokens[from]?.upper === '(' && closing.get(from) === to - 1;

/** The places outside parentheses. */
function* outside({ tokens, closing }: TokenCursor, from: number, to: number): Generator<[at: number, upper: string]> {
  for (let at = from; at < to; at += 1) {
    const { upper } = tokens[at]!;
    if (upper === '(') at = closing.get(at)!;
    else yield [at, upper];
  }
}

/** The parts between ANDs; the AND of a BETWEEN is its own. None where an OR or the like stands beside. */
function conjuncts(cursor: TokenCursor, from: number, to: number): Range[] {
  const parts: Range[] = [];
  let start = from;
  let between = false;
  for (const [at, upper] of outside(cursor, from, to)) {
    if (OTHERS.has(upper)) return [];
    if (upper === 'BETWEEN') between = true;
    if (upper !== 'AND' && upper !== '&&') continue;
    if (!between) {
      parts.push([start, at]);
      start = at + 1;
    }
    between = false;
  }
  return [...parts, [start, to]];
}

function comparisonOf(cursor: TokenCursor, from: number, to: number): Compared[] {
  const { tokens } = cursor;
  const found = [...outside(cursor, from, to)];
  const between = found.find(([, upper]) => upper === 'BETWEEN')?.[0];
  const compares = found.filter(([, upper]) => upper === '=' || LESS.has(upper));
  if (between !== undefined) {
    const and = found.find(([, upper]) => upper === 'AND')?.[0];
    if (and === undefined || compares.length) return [];
    return [{ operator: '<', left: [from, between], right: [and + 1, to] }];
  }
  const [first] = compares;
  if (!first || compares.length > 1) return [];
  const [at, upper] = first;
  if (QUANTIFIERS.has(tokens[at + 1]?.upper ?? '')) return [];
  return [{ operator: upper === '=' ? '=' : '<', left: [from, at], right: [at + 1, to] }];
}
