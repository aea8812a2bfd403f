/** What is wrong with an EDL text or a statement, so that a person or a model can mend it (docs/edl.md#when-something-is-wrong). */
export type EdlErrorCode =
  | 'E_LEX'
  | 'E_SYNTAX'
  | 'E_OPERATOR'
  | 'E_STEP_DUP'
  | 'E_STEP_ORDER'
  | 'E_REF_UNDEFINED'
  | 'E_REF_STALE'
  | 'E_BLOCK_CLOSED'
  | 'E_BLOCK_NOT_CLOSED'
  | 'E_NO_OPEN_BLOCK'
  | 'E_RESULT_NOT_CLOSED'
  | 'E_DUP_CLAUSE'
  | 'E_ORDER'
  | 'E_HAVING_WITHOUT_GROUP'
  | 'E_RESERVE_AFTER_GROUP'
  | 'E_NAME_DUP'
  | 'E_TABLE_UNKNOWN'
  | 'E_COLUMN_UNKNOWN'
  | 'E_COLUMN_AMBIGUOUS'
  | 'E_ALIAS_DUP'
  | 'E_NOT_GROUPED'
  | 'E_SCALAR_WIDTH'
  | 'E_SET_OPERAND'
  | 'E_SET_WIDTH'
  | 'E_FUNC_UNKNOWN'
  | 'E_LIKE_META'
  | 'E_CYCLE'
  | 'E_VERBATIM_DIALECT'
  | 'E_EMPTY'
  /** SQL side: the statement does not parse, is no single SELECT, or names what the catalog lacks. */
  | 'S_SYNTAX'
  | 'S_NOT_SELECT'
  | 'S_SEVERAL'
  | 'S_EMPTY'
  | 'S_TABLE_UNKNOWN'
  | 'S_COLUMN_UNKNOWN'
  | 'S_COLUMN_AMBIGUOUS'
  | EdlMendCode;

/** How a text that was nearly EDL was read; always a warning (docs/edl.md#mends). */
export type EdlMendCode =
  | 'M_NUMBERS'
  | 'M_PROSE'
  | 'M_REPEATED'
  | 'M_BRACKETS'
  | 'M_PARTS'
  | 'M_BARE'
  | 'M_OF_TABLE'
  | 'M_VERB'
  | 'M_LABEL'
  | 'M_WORDS'
  | 'M_STEP_MEANT'
  | 'M_STEP_SAID'
  | 'M_QUERY_SAID'
  | 'M_DIRECTION'
  | 'M_AGGREGATE'
  | 'M_STAR'
  | 'M_COMPUTED'
  | 'M_CAST'
  | 'M_WINDOW'
  | 'M_JOINED'
  | 'M_SCANNED'
  | 'M_TWO_STEPS'
  | 'M_GROUPS'
  | 'M_PASSED'
  | 'M_JOIN_FIRST'
  | 'M_RESULT'
  | 'M_SELECTED'
  | 'M_RETURN'
  | 'M_TABLE'
  | 'M_COLUMN'
  | 'M_COLUMN_OF'
  | 'M_JOIN_ADDED'
  | 'M_FIRST_ROW'
  | 'M_COLUMN_PART';

export interface EdlProblem {
  readonly code: EdlErrorCode;
  /** One sentence that says what is wrong. */
  readonly message: string;
  /** The step in which it is, if it is in one. */
  readonly step?: number;
  /** Offset in the text, if it is at one. */
  readonly at?: number;
  /** Phrases that could have stood there. */
  readonly expected?: readonly string[];
  /** What to write instead. */
  readonly suggestion?: string;
}

export type EdlResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly EdlProblem[] }
  | { readonly ok: false; readonly problems: readonly [EdlProblem, ...EdlProblem[]] };

export const good = <T>(value: T, warnings: readonly EdlProblem[] = []): EdlResult<T> => ({
  ok: true,
  value,
  warnings,
});
export const bad = (...problems: readonly [EdlProblem, ...EdlProblem[]]): EdlResult<never> => ({ ok: false, problems });

/** Runs a reading that recurses as deep as its text nests; a text deeper than the stack is a problem, not a crash. */
export function orTooDeep<T>(code: EdlErrorCode, read: () => EdlResult<T>): EdlResult<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return bad({ code, message: 'The text is nested too deeply to be read.' });
    throw error;
  }
}

/** `E_COLUMN_UNKNOWN in step 3: …`, or with line and column where the text is given. */
export function sayProblem(problem: EdlProblem, text?: string): string {
  const place =
    problem.step !== undefined
      ? ` in step ${problem.step}`
      : problem.at !== undefined && text !== undefined
        ? ` at ${lineAndColumn(text, problem.at)}`
        : '';
  const expected = problem.expected?.length ? ` Expected: ${problem.expected.join(', ')}.` : '';
  const suggestion = problem.suggestion ? ` ${problem.suggestion}` : '';
  return `${problem.code}${place}: ${problem.message}${expected}${suggestion}`;
}

export function lineAndColumn(text: string, at: number): string {
  const before = text.slice(0, at);
  return `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`;
}
