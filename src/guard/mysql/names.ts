import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import type { ColumnName, Part, QueryNames } from '../query-names.ts';
import { badFunction, unreadable } from '../refused.ts';
import type { TokenCursor } from './token-cursor.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words of expressions that both engines reserve, so that no bare column has such a name. */
const RESERVED =
  words(`AND OR XOR NOT IS NULL TRUE FALSE LIKE REGEXP RLIKE IN BETWEEN CASE WHEN THEN ELSE DIV MOD BINARY
  EXISTS INTERVAL CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP`);
/** After these an operand must follow: what follows is no alias. */
const AWAITING =
  words(`AND OR XOR NOT IS LIKE REGEXP RLIKE IN BETWEEN CASE WHEN THEN ELSE DIV MOD BINARY INTERVAL EXISTS COLLATE
  ESCAPE OVER SOUNDS DISTINCT ALL MEMBER`);
/** Words of expressions that may be columns too: they are read as one, where there is one in sight. */
const LOOSE = words(`END ESCAPE SOUNDS UNKNOWN MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR
  SECOND_MICROSECOND MINUTE_MICROSECOND MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND HOUR_MINUTE DAY_MICROSECOND DAY_SECOND
  DAY_MINUTE DAY_HOUR YEAR_MONTH CHAR NCHAR SIGNED UNSIGNED INTEGER INT DECIMAL DOUBLE FLOAT REAL DATE TIME DATETIME TIMESTAMP JSON
  PRECISION ROWS UNBOUNDED PRECEDING FOLLOWING CURRENT ROW EXCLUDE TIES NO OTHERS`);
const QUANTIFIERS = words('ANY SOME ALL');
const COMPARISONS = words('= <=> <> != < <= > >=');
const OPERATORS = words('+ - * / % = <=> <> != < <= > >= << >> & | ^ ~ ! && || -> ->> , ( )');
export const CHARACTER_SETS = words('_UTF8MB4 _UTF8MB3 _UTF8 _LATIN1 _ASCII _BINARY');
/** Types that carry a size. */
export const SIZED_TYPES = words('CHAR DECIMAL BINARY DATETIME TIME DOUBLE FLOAT NCHAR VARCHAR');

/** Reserved words that stand bare between certain parentheses. */
const NONE = words('');
const WINDOW = words('PARTITION BY ORDER ASC DESC RANGE');
const LIST = words('DISTINCT ALL ORDER BY ASC DESC SEPARATOR LIMIT');
const AGGREGATE = words('DISTINCT ALL');
const PIECE = words('FROM FOR');
const TYPE = words('AS USING CHARACTER SET');
/** Those of calls, by the call's name in lower case. */
const WORDS_OF_CALLS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['group_concat', LIST],
  ['json_arrayagg', LIST],
  ...[...words('json_objectagg count sum avg min max std stddev variance bit_and bit_or bit_xor')].map(
    (name) => [name, AGGREGATE] as const,
  ),
  ['cast', TYPE],
  ['convert', TYPE],
  ['char', TYPE],
  ['extract', words('FROM')],
  ['trim', words('FROM BOTH LEADING TRAILING')],
  ['substring', PIECE],
  ['substr', PIECE],
  ['mid', PIECE],
]);

/** What stands between parentheses, and which words may stand bare there. */
interface Place {
  readonly words: ReadonlySet<string>;
  /** COUNT(*). */
  readonly star?: boolean;
}

interface Found {
  readonly columns: ColumnName[];
  readonly stars: (readonly string[])[];
  readonly queries: QueryNames[];
}

/** What an expression's reader asks of the reader of the whole statement. */
interface Around {
  /** The calls that the tokens showed and that are allowed: `name`, or `schema.name`, in lower case. */
  readonly calls: ReadonlySet<string>;
  /** The query in the parenthesis at a place. */
  query(open: number): QueryNames;
}

/**
 * What an expression of MySQL reads, by its tokens from `from` to before `to`. It is not taken apart: whatever is neither
 * literal, operator, call nor word of the grammar is a name, wherever it stands. So no operator's rank matters, and an
 * expression that the engine takes otherwise still names the same columns. Throws Refused on what no expression holds.
 */
export class Names {
  readonly #cursor: TokenCursor;
  readonly #tokens: readonly SqlToken[];
  readonly #around: Around;

  constructor(cursor: TokenCursor, around: Around) {
    this.#cursor = cursor;
    this.#tokens = cursor.tokens;
    this.#around = around;
  }

  part(from: number, to: number): Part {
    const found: Found = { columns: [], stars: [], queries: [] };
    this.#walk(from, to, { words: NONE }, found);
    const [column] = found.columns;
    return { ...found, ...(to - from === 1 && column ? { bare: column.path[0]! } : {}) };
  }

  /** What stands in `WINDOW name AS (…)`, by the place of its parenthesis. */
  window(open: number): Part {
    const found: Found = { columns: [], stars: [], queries: [] };
    this.#window(open, found);
    return found;
  }

  /** Does the expression from `from` to before `end` end in an operand, so that a name behind it can only be its alias? */
  endsInOperand(from: number, end: number): boolean {
    if (end <= from) return false;
    const { kind, upper } = this.#tokens[end - 1]!;
    if (kind === 'operator') return upper === ')';
    if (kind !== 'word' || this.#tokens[end - 2]?.upper === '.') return true;
    return !AWAITING.has(upper) && !CHARACTER_SETS.has(upper);
  }

  #walk(from: number, to: number, place: Place, found: Found): void {
    for (let at = from; at < to; at += 1) at = this.#step(at, at === from, place, found);
  }

  /** Reads what stands at a place and gives the place of its last token. */
  #step(at: number, first: boolean, place: Place, found: Found): number {
    const { kind, upper } = this.#tokens[at]!;
    const next = this.#tokens[at + 1]!;
    if (kind === 'operator') return this.#operator(at, first, place, found);
    if (kind === 'name' || (kind === 'word' && next.upper === '.')) return this.#name(at, found);
    if (kind !== 'word') {
      if (kind === 'string' || kind === 'number' || kind === 'other') return at;
      throw unreadable('a part of it is of a kind that is not checked');
    }
    if (upper === 'OVER') return next.upper === '(' ? this.#window(at + 1, found) : at + 1;
    if (upper === 'WITHIN' && next.upper === 'GROUP') return this.#parentheses(at + 2, { words: WINDOW }, found);
    if (upper === 'MEMBER' && next.upper === 'OF') return at + 1;
    if (upper === 'COLLATE' || (place.words === TYPE && (upper === 'USING' || upper === 'SET'))) return at + 1;
    if (place.words === TYPE && SIZED_TYPES.has(upper) && next.upper === '(') {
      return this.#parentheses(at + 1, { words: NONE }, found);
    }
    if (place.words.has(upper) || RESERVED.has(upper) || this.#isBeforeText(at)) return at;
    if (QUANTIFIERS.has(upper) && COMPARISONS.has(this.#tokens[at - 1]?.upper ?? '') && next.upper === '(') return at;
    return this.#name(at, found);
  }

  /** `DATE '…'` and `_utf8mb4 '…'`: a text with a word before it. */
  #isBeforeText(at: number): boolean {
    const { upper } = this.#tokens[at]!;
    const { kind } = this.#tokens[at + 1]!;
    if (kind === 'string' && ['DATE', 'TIME', 'TIMESTAMP'].includes(upper)) return true;
    return CHARACTER_SETS.has(upper) && (kind === 'string' || kind === 'number' || kind === 'other');
  }

  #operator(at: number, first: boolean, place: Place, found: Found): number {
    const { upper } = this.#tokens[at]!;
    if (!OPERATORS.has(upper)) throw unreadable(`it holds ${upper} where that is not known`);
    if (upper === '(') return this.#parentheses(at, { words: NONE }, found);
    const operand = !first && this.#tokens[at - 1]!.upper !== ',';
    if (upper === '*' && !operand && !place.star) throw unreadable('a * stands where that is not known');
    return at;
  }

  /** A query, or what stands between parentheses; gives the place of the closing one. */
  #parentheses(open: number, place: Place, found: Found): number {
    const close = this.#close(open);
    const isQuery = this.#cursor.opensQuery(open);
    // VALUES (x) may also be a call of INSERT's.
    if (isQuery && this.#tokens[open + 1]!.upper === 'VALUES') throw unreadable('VALUES is not expected there');
    if (isQuery) found.queries.push(this.#around.query(open));
    else this.#walk(open + 1, close, place, found);
    return close;
  }

  #close(open: number): number {
    const close = this.#cursor.closing.get(open);
    if (close === undefined) throw unreadable('a parenthesis is missing');
    return close;
  }

  /** The parentheses of a window; a name that they begin with is another window's. */
  #window(open: number, found: Found): number {
    const close = this.#close(open);
    const { kind, upper } = this.#tokens[open + 1]!;
    const based = kind === 'name' || (kind === 'word' && !WINDOW.has(upper) && upper !== 'ROWS');
    this.#walk(open + (based ? 2 : 1), close, { words: WINDOW }, found);
    return close;
  }

  /** A column, `alias.*`, or a call with all that its parentheses hold. */
  #name(at: number, found: Found): number {
    const path = [this.#tokens[at]!.value];
    let last = at;
    for (; this.#tokens[last + 1]?.upper === '.'; last += 2) {
      const { kind, upper, value } = this.#tokens[last + 2]!;
      if (upper === '*') {
        found.stars.push(path);
        return last + 2;
      }
      if (kind !== 'word' && kind !== 'name') throw unreadable('a name ends in a point');
      path.push(value);
    }
    if (this.#tokens[last + 1]?.upper === '(') return this.#call(path, last + 1, found);
    const { kind, upper } = this.#tokens[at]!;
    const loose = kind === 'word' && path.length === 1 && LOOSE.has(upper);
    found.columns.push({ path, ...(loose ? { loose: true as const } : {}) });
    return last;
  }

  #call(path: readonly string[], open: number, found: Found): number {
    const name = path.join('.').toLowerCase();
    if (!this.#around.calls.has(name)) throw badFunction(path.join('.'));
    const star = name === 'count' && this.#tokens[open + 1]?.upper === '*' && this.#tokens[open + 2]?.upper === ')';
    const close = this.#close(open);
    // A query as an argument stands in parentheses of its own.
    this.#walk(open + 1, close, { words: WORDS_OF_CALLS.get(name) ?? NONE, star }, found);
    return close;
  }
}
