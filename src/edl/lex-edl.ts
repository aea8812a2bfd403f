import type { EdlProblem } from '#src/sql/problem.ts';

export type EdlTokenKind = 'word' | 'name' | 'string' | 'number' | 'step' | 'verbatim' | 'symbol' | 'end';

export interface EdlToken {
  readonly kind: EdlTokenKind;
  /** word: lower case; name and string: their content; step: its number; verbatim: the SQL. */
  readonly value: string;
  /** As written. */
  readonly text: string;
  readonly start: number;
}

/** An EDL text that cannot be read; caught at the door (parse-edl.ts). */
export class EdlSyntaxError extends Error {
  readonly problem: EdlProblem;

  constructor(problem: EdlProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

const CLOSING: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ['"', '"'],
  ['‘', '’'],
  ['’', '’'],
  ['“', '”'],
  ['”', '”'],
  ['`', '`'],
]);
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y;
const STEP = /#\s*(\d+)/y;
const SPACE = /\s+/y;
const BRACES = /\{{2,}/y;
const SYMBOLS = ['||', '<=', '>=', '<>', '!=', ...'.,:;()+-*/%<>='];

/** The tokens of an EDL text, the last one its end. Values in double or curly quotes are texts too (N2), `# 1` is `#1` (N1). */
export function lexEdl(text: string): EdlToken[] {
  const tokens: EdlToken[] = [];
  let at = 0;
  let step: number | undefined;
  while (at < text.length) {
    const blank = matchAt(SPACE, text, at);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const read = readToken(text, at);
    if ('fault' in read) {
      throw new EdlSyntaxError({ code: 'E_LEX', message: read.fault, at, ...(step === undefined ? {} : { step }) });
    }
    const { kind, value, end } = read;
    const last = tokens.at(-1);
    if (kind === 'step' && (!last || last.value === '.')) step = Number(value);
    tokens.push({ kind, value, text: text.slice(at, end), start: at });
    at = end;
  }
  tokens.push(endToken(text));
  return tokens;
}

/** The token behind all others. */
export const endToken = ({ length }: string): EdlToken => ({ kind: 'end', value: '', text: '', start: length });

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

type Lexeme = { readonly kind: EdlTokenKind; readonly value: string; readonly end: number };
/** What cannot be a token, in a sentence. */
type Broken = { readonly fault: string };

function readToken(text: string, at: number): Lexeme | Broken {
  const [stepText, step] = matchAt(STEP, text, at) ?? [];
  if (stepText !== undefined && step !== undefined) return { kind: 'step', value: step, end: at + stepText.length };
  const char = text.charAt(at);
  if (char === '[') {
    return enclosed('name', text, at, ']') ?? { fault: 'A name opened by [ is never closed.' };
  }
  const [braces] = matchAt(BRACES, text, at) ?? [];
  if (braces !== undefined) return readVerbatim(text, at, braces.length);
  const closing = CLOSING.get(char);
  if (closing) return enclosed('string', text, at, closing) ?? { fault: `A text opened by ${char} is never closed.` };
  const [number] = matchAt(NUMBER, text, at) ?? [];
  if (number) return { kind: 'number', value: number, end: at + number.length };
  const [word] = matchAt(WORD, text, at) ?? [];
  if (word) return { kind: 'word', value: word.toLowerCase(), end: at + word.length };
  const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
  if (!symbol) return { fault: `Unexpected character ${JSON.stringify(char)}.` };
  return { kind: 'symbol', value: symbol, end: at + symbol.length };
}

/** SQL between as many braces on either side. */
function readVerbatim(text: string, at: number, braces: number): Lexeme | Broken {
  const close = text.indexOf('}'.repeat(braces), at + braces);
  if (close < 0) return { fault: 'SQL opened by {{ is never closed.' };
  return { kind: 'verbatim', value: text.slice(at + braces, close).trim(), end: close + braces };
}

/** Content up to the closing mark, where a doubled mark stands for one; undefined when it is never closed. */
function enclosed(kind: 'name' | 'string', text: string, from: number, close: string): Lexeme | undefined {
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char !== close) value += char;
    else if (text[at + 1] === close) {
      value += close;
      at += 1;
    } else return { kind, value, end: at + 1 };
  }
  return undefined;
}
