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

const CLOSING: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '‘': '’',
  '’': '’',
  '“': '”',
  '”': '”',
  '`': '`',
};
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y;
const STEP = /#\s*(\d+)/y;
const SPACE = /\s+/y;
const SYMBOLS = ['||', '<=', '>=', '<>', '!=', ...'.,:;()+-*/%<>='];

/** The tokens of an EDL text. Values in double or curly quotes are texts too (N2), `# 1` is `#1` (N1). */
export function lexEdl(text: string): EdlToken[] {
  const tokens: EdlToken[] = [];
  let at = 0;
  let step: number | undefined;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const push = (kind: EdlTokenKind, value: string, end: number) => {
    tokens.push({ kind, value, text: text.slice(at, end), start: at });
    at = end;
  };
  const broken = (message: string): EdlSyntaxError =>
    new EdlSyntaxError({ code: 'E_LEX', message, at, ...(step === undefined ? {} : { step }) });

  while (at < text.length) {
    const blank = match(SPACE);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const char = text[at]!;
    const number = match(STEP);
    if (number) {
      if (tokens.length === 0 || tokens.at(-1)!.value === '.') step = Number(number[1]);
      push('step', number[1]!, at + number[0].length);
    } else if (char === '[') {
      const { value, end } = enclosed(text, at, ']');
      if (end === undefined) throw broken('A name opened by [ is never closed.');
      push('name', value, end);
    } else if (text.startsWith('{{', at)) {
      const fence = /\{+/y;
      fence.lastIndex = at;
      const open = fence.exec(text)![0].length;
      const close = text.indexOf('}'.repeat(open), at + open);
      if (close < 0) throw broken('SQL opened by {{ is never closed.');
      push('verbatim', text.slice(at + open, close).trim(), close + open);
    } else if (CLOSING[char]) {
      const { value, end } = enclosed(text, at, CLOSING[char]);
      if (end === undefined) throw broken(`A text opened by ${char} is never closed.`);
      push('string', value, end);
    } else if (match(NUMBER)) {
      const found = match(NUMBER)![0];
      push('number', found, at + found.length);
    } else if (match(WORD)) {
      const word = match(WORD)![0];
      push('word', word.toLowerCase(), at + word.length);
    } else {
      const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
      if (!symbol) throw broken(`Unexpected character ${JSON.stringify(char)}.`);
      push('symbol', symbol, at + symbol.length);
    }
  }
  push('end', '', at);
  return tokens;
}

/** Content up to the closing mark; a doubled mark stands for one. */
function enclosed(text: string, from: number, close: string): { value: string; end: number | undefined } {
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== close) value += text[at];
    else if (text[at + 1] === close) {
      value += close;
      at += 1;
    } else return { value, end: at + 1 };
  }
  return { value, end: undefined };
}
