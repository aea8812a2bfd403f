import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { checkBraces, checkFormat, checkLength, checkPattern } from './patterns.ts';

/** Arguments that must be constants, by function: what they are, and where they stand. */
const CONSTANT_ARGUMENTS: ReadonlyMap<string, readonly ['pattern' | 'length' | 'format' | 'braces', number]> = new Map([
  ['regexp_instr', ['pattern', 1]],
  ['regexp_like', ['pattern', 1]],
  ['regexp_replace', ['pattern', 1]],
  ['regexp_substr', ['pattern', 1]],
  ['lpad', ['length', 1]],
  ['rpad', ['length', 1]],
  ['repeat', ['length', 1]],
  ['space', ['length', 0]],
  ['printf', ['format', 0]],
  ['sformat', ['braces', 0]],
  // SQLite's; MySQL's FORMAT(number, digits) takes no text.
  ['format', ['format', 0]],
]);

/** Checks the arguments of one call by its tokens: `open` is the place of its parenthesis. Throws Refused. */
export function checkArguments(name: string, tokens: readonly SqlToken[], open: number): void {
  const rule = CONSTANT_ARGUMENTS.get(name);
  if (!rule) return;
  const [what, at] = rule;
  const argument = argumentAt(tokens, open, at);
  const only = argument.length === 1 ? argument[0] : undefined;
  const text = only?.kind === 'string' ? only.value : undefined;
  if (what === 'pattern') checkPattern(text);
  else if (what === 'format') checkFormat(name, text);
  else if (what === 'braces') checkBraces(name, text);
  else checkLength(name, only?.kind === 'number' && /^\d+$/.test(only.value) ? Number(only.value) : undefined);
}

function argumentAt(tokens: readonly SqlToken[], open: number, wanted: number): readonly SqlToken[] {
  const found: SqlToken[] = [];
  let depth = 0;
  let index = 0;
  for (const token of tokens.slice(open)) {
    const { upper } = token;
    if (upper === ')') depth -= 1;
    if (depth === 0 && upper === ')') break;
    if (depth === 1 && upper === ',') index += 1;
    else if (depth >= 1 && index === wanted) found.push(token);
    if (upper === '(') depth += 1;
  }
  return found;
}

/** How many arguments a call has: `open` is the place of its parenthesis. */
export function argumentCount(tokens: readonly SqlToken[], open: number): number {
  if (tokens[open + 1]?.upper === ')') return 0;
  let depth = 0;
  let commas = 0;
  for (const { upper } of tokens.slice(open)) {
    if (upper === '(') depth += 1;
    if (upper === ')') depth -= 1;
    if (depth === 0) break;
    if (upper === ',' && depth === 1) commas += 1;
  }
  return commas + 1;
}
