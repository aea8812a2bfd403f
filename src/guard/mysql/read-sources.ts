import type { Comparison, Part, QueryNames, SourceNames, TableNames } from '../query-names.ts';
import { readJsonTable } from './json-table.ts';
import type { TokenCursor } from './token-cursor.ts';

/** What the readers of a query's pieces ask of the reader of the whole. */
export interface Around {
  expression(): Part;
  /** The query in the parentheses here. */
  query(): QueryNames;
  /** The comparisons that the condition between two places demands. */
  comparisons(from: number, to: number): readonly Comparison[];
  /** What stands from a place to here is blank to other parsers: they have no rule for it, and it holds no name. */
  blank(from: number): void;
}

/** What FROM says. */
export interface From {
  readonly sources: readonly SourceNames[];
  readonly ons: readonly Part[];
  readonly comparisons: readonly Comparison[];
}

/** Reads what follows FROM. Throws Refused. */
export function readFrom(cursor: TokenCursor, around: Around): From {
  const reader = new SourceReader(cursor, around);
  const sources = reader.list();
  return { sources, ons: reader.ons, comparisons: reader.comparisons };
}

class SourceReader {
  readonly ons: Part[] = [];
  readonly comparisons: Comparison[] = [];
  readonly #cursor: TokenCursor;
  readonly #around: Around;
  /** How many parentheses with joins are open: what an ON in them demands may not hold for every row. */
  #depth = 0;

  constructor(cursor: TokenCursor, around: Around) {
    this.#cursor = cursor;
    this.#around = around;
  }

  list(): SourceNames[] {
    return this.#cursor.listOf(() => this.#joined());
  }

  /** Tables joined to one another, from left to right; where an ON stands makes no difference to the names in it. */
  #joined(): SourceNames {
    let left = this.#source();
    /** Joins whose ON may still come, and those of them that keep rows without a partner. */
    let pending = 0;
    let outer = 0;
    for (;;) {
      const join = this.#join();
      if (!join) {
        if (pending === 0 || !this.#cursor.accept('ON')) return left;
        pending -= 1;
        this.ons.push(this.#around.expression());
        continue;
      }
      const right = this.#source();
      let using: readonly string[] = [];
      if (this.#cursor.accept('ON')) this.#on(join.inner && outer === 0 && this.#depth === 0);
      else if (this.#cursor.accept('USING')) using = this.#cursor.nameList();
      else if (!join.natural) {
        pending += 1;
        if (!join.inner) outer += 1;
      }
      left = { kind: 'join', left, right, natural: join.natural, using };
    }
  }

  #on(demanded: boolean): void {
    const from = this.#cursor.at;
    this.ons.push(this.#around.expression());
    if (demanded) this.comparisons.push(...this.#around.comparisons(from, this.#cursor.at));
  }

  #join(): { readonly natural: boolean; readonly inner: boolean } | undefined {
    const cursor = this.#cursor;
    if (cursor.accept('STRAIGHT_JOIN')) return { natural: false, inner: true };
    const first = cursor.at;
    const natural = cursor.accept('NATURAL');
    const outer = (cursor.is('LEFT') || cursor.is('RIGHT')) && cursor.endsAt(cursor.at);
    if (outer) {
      cursor.at += 1;
      cursor.accept('OUTER');
    } else if (!cursor.accept('INNER') && !natural) cursor.accept('CROSS');
    if (cursor.accept('JOIN')) return { natural, inner: !outer };
    if (cursor.at !== first) throw cursor.unexpected();
    return undefined;
  }

  #source(): SourceNames {
    const cursor = this.#cursor;
    if (cursor.is('JSON_TABLE', '(')) return readJsonTable(cursor, this.#around);
    const lateral = cursor.accept('LATERAL');
    if (cursor.is('(') && cursor.opensQuery(cursor.at)) return this.#derived(lateral);
    if (lateral) throw cursor.unexpected();
    if (!cursor.is('(')) return this.#table();
    this.#depth += 1;
    const inside = cursor.parenthesised(() => this.list());
    this.#depth -= 1;
    return inside.reduce((left, right) => ({ kind: 'join', left, right, natural: false, using: [] }));
  }

  #derived(lateral: boolean): SourceNames {
    const query = this.#around.query();
    const alias = this.#cursor.alias();
    if (alias === undefined) return { kind: 'derived', query, lateral };
    const columns = this.#cursor.is('(') ? { columns: this.#cursor.nameList() } : {};
    return { kind: 'derived', query, lateral, alias, ...columns };
  }

  #table(): TableNames {
    const cursor = this.#cursor;
    if (cursor.token.kind === 'word' && cursor.endsAt(cursor.at)) throw cursor.unexpected();
    const first = cursor.name();
    const second = cursor.accept('.') ? cursor.name() : undefined;
    const alias = cursor.alias();
    const indexes = this.#hints();
    return {
      kind: 'table',
      name: second ?? first,
      ...(second === undefined ? {} : { schema: first }),
      ...(alias === undefined ? {} : { alias }),
      ...(indexes.length ? { indexes } : {}),
    };
  }

  /** `USE INDEX (a, b)` and its like; gives the names. */
  #hints(): string[] {
    const cursor = this.#cursor;
    const names: string[] = [];
    for (let hint = this.#hint(); hint; hint = this.#hint()) {
      if (!cursor.accept('INDEX')) cursor.expect('KEY');
      if (cursor.accept('FOR') && !cursor.accept('JOIN') && !cursor.accept('ORDER', 'BY')) cursor.expect('GROUP', 'BY');
      if (hint !== 'USE' || !cursor.accept('(', ')')) names.push(...cursor.nameList());
    }
    return names;
  }

  #hint(): string | undefined {
    return this.#cursor.acceptOneOf(['USE', 'FORCE', 'IGNORE']);
  }
}
