import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import {
  type ColumnName,
  type Comparison,
  type CteNames,
  type ItemNames,
  NOTHING,
  type Part,
  type QueryNames,
  type SelectNames,
  together,
  type ValuesNames,
} from '../query-names.ts';
import { unreadable } from '../refused.ts';
import { comparisonsIn } from './comparisons.ts';
import { Names } from './names.ts';
import { type Around, type From, readFrom } from './read-sources.ts';
import { TokenCursor } from './token-cursor.ts';

/** A piece of the text in words of the same length that other parsers have. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface MysqlNames {
  readonly query: QueryNames;
  /** Pieces that other parsers have no rule for and that hold no name. */
  readonly edits: readonly Edit[];
}

/**
 * The names of one MySQL or MariaDB query, from its tokens. Clauses and sources follow a closed grammar; expressions are looked
 * through for their names (names.ts), so that no literal, operator or spelling of a call needs a rule of its own. Every token is
 * read, and one that no rule expects refuses. `calls`: the functions that may be called. Throws Refused.
 */
export function readQuery(sql: string, tokens: readonly SqlToken[], calls: ReadonlySet<string>): MysqlNames {
  const reader = new QueryReader(new TokenCursor(sql, tokens), calls);
  return { query: reader.statement(), edits: reader.edits };
}

const SET_OPERATORS = ['UNION', 'EXCEPT', 'INTERSECT'];
const OPTIONS = new Set(
  'ALL DISTINCT DISTINCTROW HIGH_PRIORITY STRAIGHT_JOIN SQL_CACHE SQL_NO_CACHE SQL_SMALL_RESULT SQL_BIG_RESULT SQL_BUFFER_RESULT'.split(
    ' ',
  ),
);

class QueryReader {
  readonly edits: Edit[] = [];
  readonly #cursor: TokenCursor;
  readonly #names: Names;
  readonly #around: Around;
  readonly #queries = new Map<number, QueryNames>();

  constructor(cursor: TokenCursor, calls: ReadonlySet<string>) {
    this.#cursor = cursor;
    this.#names = new Names(cursor, { calls, query: (open) => this.#queryAt(open) });
    this.#around = {
      expression: () => this.#expression(),
      query: () => this.#nested(),
      comparisons: (from, to) => this.#comparisons(from, to),
      blank: (from) => this.#blank(from),
    };
  }

  statement(): QueryNames {
    if (!this.#cursor.opensQuery(-1)) throw this.#cursor.unexpected();
    const query = this.#query();
    this.#cursor.accept(';');
    if (this.#cursor.token.kind !== 'end') throw this.#cursor.unexpected();
    return query;
  }

  /** The query between the parentheses that open at a place. Each is read once, however often it is asked for. */
  #queryAt(open: number): QueryNames {
    const known = this.#queries.get(open);
    if (known) return known;
    const back = this.#cursor.at;
    this.#cursor.at = open;
    const query = this.#cursor.parenthesised(() => this.#query());
    this.#cursor.at = back;
    this.#queries.set(open, query);
    return query;
  }

  #nested(): QueryNames {
    const query = this.#queryAt(this.#cursor.at);
    this.#cursor.at = this.#cursor.closing.get(this.#cursor.at)! + 1;
    return query;
  }

  #query(): QueryNames {
    const ctes = this.#cursor.accept('WITH') ? this.#ctes() : [];
    let query = this.#operand();
    while (this.#cursor.acceptOneOf(SET_OPERATORS)) {
      if (!this.#cursor.accept('ALL')) this.#cursor.accept('DISTINCT');
      query = { kind: 'combined', ctes: [], order: [], rest: NOTHING, left: query, right: this.#operand() };
    }
    if (ctes.length && query.ctes.length) throw unreadable('a WITH stands right within a WITH');
    // After a query in parentheses MariaDB takes ORDER BY for that query's own: its names are sought in the sources there.
    const order = [...query.order, ...this.#tail()];
    return { ...query, ctes: [...ctes, ...query.ctes], order };
  }

  #ctes(): CteNames[] {
    const recursive = this.#cursor.accept('RECURSIVE');
    return this.#cursor.listOf(() => {
      const name = this.#cursor.name();
      const columns = this.#cursor.is('(') ? { columns: this.#cursor.nameList() } : {};
      this.#cursor.expect('AS');
      return { name, recursive, ...columns, query: this.#nested() };
    });
  }

  #operand(): QueryNames {
    if (this.#cursor.is('VALUES')) return this.#values();
    return this.#cursor.is('(') ? this.#nested() : this.#select();
  }

  #values(): ValuesNames {
    const cursor = this.#cursor;
    cursor.expect('VALUES');
    const texts: string[][] = [];
    const rows = cursor.listOf(() => {
      cursor.accept('ROW');
      const row: string[] = [];
      texts.push(row);
      return cursor.parenthesised(() =>
        cursor.listOf(() => {
          const from = cursor.at;
          const value = this.#expression();
          row.push(cursor.text(from, cursor.at));
          return value;
        }),
      );
    });
    // MariaDB calls the columns by the first row's values, MySQL by their number.
    const names = [...texts[0]!, ...texts[0]!.map((_, at) => `column_${at}`)];
    return { kind: 'values', ctes: [], order: [], rest: NOTHING, names, values: together(rows.flat()) };
  }

  #select(): SelectNames {
    const cursor = this.#cursor;
    cursor.expect('SELECT');
    const options = this.#options();
    const items = cursor.listOf(() => this.#item());
    const { sources, ons, comparisons }: From =
      cursor.accept('FROM') && !this.#isDual() ? readFrom(cursor, this.#around) : NO_SOURCE;
    const from = cursor.at + 1;
    const where = cursor.accept('WHERE') ? this.#expression() : NOTHING;
    const demanded = where === NOTHING ? [] : this.#comparisons(from, cursor.at);
    const group = cursor.accept('GROUP', 'BY') ? this.#group() : [];
    const having = cursor.accept('HAVING') ? this.#expression() : NOTHING;
    const windows = cursor.accept('WINDOW') ? cursor.listOf(() => this.#window()) : [];
    return {
      kind: 'select',
      ctes: [],
      order: [],
      rest: NOTHING,
      sources,
      items,
      where: together([options, where, ...ons, ...windows]),
      group,
      having,
      comparisons: [...comparisons, ...demanded],
    };
  }

  /** DUAL is a word for no table. */
  #isDual(): boolean {
    return this.#cursor.token.kind === 'word' && this.#cursor.accept('DUAL');
  }

  /** How the server is to go about it. Some of these words may be columns, and are looked at as such. */
  #options(): Part {
    const columns: ColumnName[] = [];
    for (const cursor = this.#cursor; cursor.token.kind === 'word' && OPTIONS.has(cursor.token.upper); cursor.at += 1) {
      columns.push({ path: [cursor.token.value], loose: true });
    }
    return { ...NOTHING, columns };
  }

  #item(): ItemNames {
    const cursor = this.#cursor;
    if (cursor.accept('*')) return { star: [], part: NOTHING };
    const from = cursor.at;
    const to = cursor.expressionEnd();
    cursor.at = to;
    if (cursor.accept('AS')) return this.#itemOf(from, to, cursor.take('name', 'word', 'string').value);
    if (!this.#endsInAlias(from, to)) return this.#itemOf(from, to, undefined);
    const { kind, value } = cursor.tokens[to - 1]!;
    const { name, part } = this.#itemOf(from, to - 1, value);
    if (kind === 'string') return { name: name!, part };
    // Without AS it is looked at as if it were a column too, should an engine read on.
    const besides: Part = { ...NOTHING, columns: [{ path: [value], loose: true }] };
    return { name: name!, part: together([part, besides]) };
  }

  #itemOf(from: number, to: number, alias: string | undefined): ItemNames {
    if (to <= from) throw this.#cursor.unexpected();
    const part = this.#names.part(from, to);
    const tokens = this.#cursor.tokens.slice(from, to);
    const [star] = part.stars;
    if (star && tokens.at(-1)!.upper === '*' && tokens.length === star.length * 2 + 1) return { star, part: NOTHING };
    const isColumn = tokens.every(({ kind, upper }, at) =>
      at % 2 ? upper === '.' : kind === 'word' || kind === 'name',
    );
    return { name: alias ?? (isColumn ? tokens.at(-1)!.value : this.#cursor.text(from, to)), part };
  }

  /** `expression alias`: a name or text after an operand. Two texts side by side are one. */
  #endsInAlias(from: number, to: number): boolean {
    const [before, last] = [this.#cursor.tokens[to - 2], this.#cursor.tokens[to - 1]];
    if (!last || !before || before.upper === '.' || !this.#names.endsInOperand(from, to - 1)) return false;
    if (last.kind === 'name') return true;
    if (last.kind === 'word') return last.upper !== 'END';
    return last.kind === 'string' && before.kind !== 'string' && !['DATE', 'TIME', 'TIMESTAMP'].includes(before.upper);
  }

  #expression(): Part {
    const from = this.#cursor.at;
    this.#cursor.at = this.#cursor.expressionEnd();
    if (this.#cursor.at === from) throw this.#cursor.unexpected();
    return this.#names.part(from, this.#cursor.at);
  }

  #comparisons(from: number, to: number): Comparison[] {
    return comparisonsIn(this.#cursor, from, to).map(({ operator, left, right }) => ({
      operator,
      left: this.#names.part(...left),
      right: this.#names.part(...right),
    }));
  }

  #group(): Part[] {
    const keys = this.#cursor.listOf(() => {
      const key = this.#expression();
      const from = this.#cursor.at;
      // Only MariaDB has these here.
      if (this.#cursor.acceptOneOf(['ASC', 'DESC'])) this.#blank(from);
      return key;
    });
    this.#cursor.accept('WITH', 'ROLLUP');
    return keys;
  }

  #window(): Part {
    this.#cursor.name();
    this.#cursor.expect('AS');
    const open = this.#cursor.at;
    if (!this.#cursor.is('(')) throw this.#cursor.unexpected();
    this.#cursor.at = this.#cursor.closing.get(open)! + 1;
    return this.#names.window(open);
  }

  /** ORDER BY, LIMIT, OFFSET and FETCH; gives the keys. */
  #tail(): Part[] {
    const cursor = this.#cursor;
    const keys = cursor.accept('ORDER', 'BY') ? cursor.listOf(() => this.#sortKey()) : [];
    if (cursor.accept('LIMIT')) this.#limit();
    if (cursor.accept('OFFSET')) {
      cursor.take('number');
      cursor.acceptOneOf(['ROWS', 'ROW']);
    }
    if (cursor.accept('FETCH')) {
      if (!cursor.accept('FIRST')) cursor.expect('NEXT');
      if (cursor.token.kind === 'number') cursor.at += 1;
      if (!cursor.accept('ROWS')) cursor.expect('ROW');
      if (!cursor.accept('WITH', 'TIES')) cursor.expect('ONLY');
    }
    return keys;
  }

  #sortKey(): Part {
    const key = this.#expression();
    this.#cursor.acceptOneOf(['ASC', 'DESC']);
    return key;
  }

  /** `LIMIT n, m`, `LIMIT n OFFSET m`, and MariaDB's `ROWS EXAMINED n` alone or after them. */
  #limit(): void {
    const cursor = this.#cursor;
    const first = cursor.at - 1;
    if (!cursor.is('ROWS')) {
      cursor.take('number');
      if (cursor.accept(',') || cursor.accept('OFFSET')) cursor.take('number');
    }
    const from = cursor.at;
    if (!cursor.accept('ROWS', 'EXAMINED')) return;
    cursor.take('number');
    this.#blank(from === first + 1 ? first : from);
  }

  #blank(from: number): void {
    const [start, end] = [this.#cursor.tokens[from]!.start, this.#cursor.tokens[this.#cursor.at - 1]!.end];
    this.edits.push({ start, end, text: ' '.repeat(end - start) });
  }
}

const NO_SOURCE: From = { sources: [], ons: [], comparisons: [] };
