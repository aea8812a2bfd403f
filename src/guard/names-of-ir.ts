import type { Engine } from '#src/domain/catalog.ts';
import {
  type ExpressionIr,
  type JoinIr,
  type QueryIr,
  type SelectIr,
  type SourceIr,
  SPANS,
} from '#src/sql/query-ir.ts';
import { lexSql, type SqlToken } from '#src/sql/reader/lex-sql.ts';
import {
  type ColumnName,
  type Comparison,
  type ItemNames,
  NOTHING,
  type Part,
  type QueryNames,
  type SourceNames,
  together,
} from './query-names.ts';
import { unreadable } from './refused.ts';

/** What was blanked out of the text before it was read, and belongs to its names all the same. */
export interface BlankedSyntax {
  /** CTEs of a WITH RECURSIVE and the names given to columns, by the CTE's name in lower case. */
  readonly recursive: ReadonlySet<string>;
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Names in WINDOW clauses. */
  readonly windows: Part;
}

/** The names of a statement that our own reader took apart. What it quoted is looked through by its words. Throws Refused. */
export function namesOfIr(query: QueryIr, sql: string, engine: Engine, blanked: BlankedSyntax): QueryNames {
  return new IrReader(sql, engine, blanked).query(query);
}

class IrReader {
  readonly #sql: string;
  readonly #engine: Engine;
  readonly #blanked: BlankedSyntax;

  constructor(sql: string, engine: Engine, blanked: BlankedSyntax) {
    this.#sql = sql;
    this.#engine = engine;
    this.#blanked = blanked;
  }

  query(query: QueryIr): QueryNames {
    if (query.kind === 'verbatim-query') throw unreadable('it holds a query of a kind that is not checked');
    const ctes = query.ctes.map((cte) => {
      const name = cte.name.toLowerCase();
      const columns = this.#blanked.columns.get(name);
      return {
        name: cte.name,
        recursive: this.#blanked.recursive.has(name),
        ...(columns ? { columns } : {}),
        query: this.query(cte.query),
      };
    });
    const order = query.orderBy.map((key) => this.#part(key.expression));
    const common = { ctes, order, rest: NOTHING };
    if (query.kind === 'set-operation') {
      const limited = query.limit !== undefined && this.#engine === 'sqlite' ? { limited: true as const } : {};
      return { kind: 'combined', ...common, ...limited, left: this.query(query.left), right: this.query(query.right) };
    }
    const { from, joins, where, groupBy, having } = query;
    const ons = joins.flatMap((join) => (join.on ? [this.#part(join.on)] : []));
    return {
      kind: 'select',
      ...common,
      sources: this.#sources(from, joins),
      items: query.items.map((item) => this.#item(item)),
      where: together([...(where ? [this.#part(where)] : []), ...ons, this.#blanked.windows]),
      group: groupBy.map((key) => this.#part(key)),
      having: having ? this.#part(having) : NOTHING,
      comparisons: conditionsOf(query).flatMap((condition) => this.#comparison(condition)),
    };
  }

  #item({ expression, alias, span }: SelectIr['items'][number]): ItemNames {
    if (expression.kind === 'star') {
      return { star: expression.table === undefined ? [] : [expression.table], part: NOTHING };
    }
    const written = span ? this.#sql.slice(span.start, span.end).trim() : '';
    return {
      name: alias ?? (expression.kind === 'column' ? expression.name : written),
      part: this.#part(expression),
    };
  }

  /** A comma begins a source of its own; everything else joins what stands before it. */
  #sources(from: SourceIr | undefined, joins: readonly JoinIr[]): SourceNames[] {
    if (!from) return [];
    const sources: SourceNames[] = [];
    let current = this.#source(from);
    for (const join of joins) {
      const right = this.#source(join.source);
      const comma = join.type === 'inner' && !join.on && !join.using && !join.natural;
      if (comma) {
        sources.push(current);
        current = right;
      } else {
        const natural = join.natural === true;
        current = { kind: 'join', left: current, right, natural, using: join.using ?? [] };
      }
    }
    return [...sources, current];
  }

  #source(source: SourceIr): SourceNames {
    switch (source.kind) {
      case 'table': {
        const { schema, name, alias } = source;
        return {
          kind: 'table',
          name,
          ...(schema === undefined ? {} : { schema }),
          ...(alias === undefined ? {} : { alias }),
        };
      }
      case 'derived':
        return {
          kind: 'derived',
          query: this.query(source.query),
          lateral: false,
          ...(source.alias === undefined ? {} : { alias: source.alias }),
        };
      case 'verbatim':
        throw unreadable('a part of it that reads tables is of a kind that is not checked');
    }
  }

  #comparison({ operator, left, right }: Condition): Comparison[] {
    return [{ operator, left: this.#part(left), right: this.#part(right) }];
  }

  #part(expression: ExpressionIr): Part {
    const columns: ColumnName[] = [];
    const stars: (readonly string[])[] = [];
    const queries: QueryNames[] = [];
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) {
        for (const item of value) walk(item);
        return;
      }
      if (value === null || typeof value !== 'object') return;
      const node = value as { readonly kind?: string };
      if (node.kind === 'select' || node.kind === 'set-operation' || node.kind === 'verbatim-query') {
        queries.push(this.query(node as QueryIr));
        return;
      }
      const found = node as ExpressionIr;
      if (found.kind === 'column') {
        columns.push({ path: found.table === undefined ? [found.name] : [found.table, found.name] });
      } else if (found.kind === 'star') stars.push(found.table === undefined ? [] : [found.table]);
      else if (found.kind === 'verbatim') columns.push(...looseNames(found.sql, this.#engine).columns);
      for (const [key, child] of Object.entries(node)) if (!SPANS.has(key)) walk(child);
    };
    walk(expression);
    const bare = expression.kind === 'column' && expression.table === undefined ? { bare: expression.name } : {};
    return { columns, stars, queries, ...bare };
  }
}

interface Condition {
  readonly operator: '=' | '<';
  readonly left: ExpressionIr;
  readonly right: ExpressionIr;
}

/** The comparisons that a query demands of every row: parts of ANDs in WHERE and in the ON of inner joins. */
function conditionsOf({ where, joins }: SelectIr): Condition[] {
  const inner = joins.flatMap((join) => (join.on && join.type === 'inner' ? [join.on] : []));
  const conjuncts = (one: ExpressionIr): ExpressionIr[] => (one.kind === 'and' ? one.parts.flatMap(conjuncts) : [one]);
  return [...(where ? [where] : []), ...inner].flatMap(conjuncts).flatMap((one): Condition[] => {
    if (one.kind === 'between' && !one.negated) return [{ operator: '<', left: one.value, right: one.high }];
    if (one.kind !== 'compare' || one.quantifier) return [];
    if (one.operator === '=') return [{ operator: '=', left: one.left, right: one.right }];
    return ['<', '<=', '>', '>='].includes(one.operator) ? [{ operator: '<', left: one.left, right: one.right }] : [];
  });
}

/** Words of quoted expressions that are no names: their clauses, types, units and character sets. */
const WORDS = new Set(
  `OVER PARTITION BY ORDER ASC DESC NULLS FIRST LAST ROWS RANGE GROUPS BETWEEN UNBOUNDED PRECEDING FOLLOWING CURRENT ROW AND OR
   XOR NOT IN IS NULL TRUE FALSE UNKNOWN LIKE RLIKE REGEXP ESCAPE AS CASE WHEN THEN ELSE END DIV MOD DISTINCT SEPARATOR INTERVAL
   MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR SECOND_MICROSECOND MINUTE_SECOND HOUR_MINUTE HOUR_SECOND DAY_HOUR
   DAY_MINUTE DAY_SECOND YEAR_MONTH CHAR NCHAR BINARY SIGNED UNSIGNED INTEGER DECIMAL DOUBLE FLOAT REAL DATE TIME DATETIME
   TIMESTAMP JSON CHARACTER SET USING COLLATE UTF8MB4 UTF8MB3 UTF8 LATIN1 ASCII BOTH LEADING TRAILING FROM FOR SOUNDS ALL ANY
   SOME LIMIT OFFSET FILTER WHERE WITHIN GROUP RESPECT IGNORE EXCLUDE TIES NO OTHERS CURRENT_DATE CURRENT_TIME
   CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP PRECISION ZEROFILL`.split(/\s+/),
);
const READING_WORDS = new Set(['SELECT', 'FROM', 'TABLE', 'VALUES', 'LATERAL', 'JOIN']);

/** The names in a text that was not taken apart. It may hold no query: its tables would go unseen. */
function looseNames(sql: string, engine: Engine): Part {
  return looseNamesOf(lexSql(sql, engine));
}

export function looseNamesOf(tokens: readonly SqlToken[]): Part {
  const columns: ColumnName[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, upper } = tokens[at]!;
    const isTrimFrom =
      upper === 'FROM' && tokens.some((token) => ['SUBSTRING', 'TRIM', 'EXTRACT'].includes(token.upper));
    if (kind === 'word' && READING_WORDS.has(upper) && !isTrimFrom) {
      throw unreadable('a part of it that reads tables is of a kind that is not checked');
    }
    if (kind !== 'word' && kind !== 'name') continue;
    const path = [tokens[at]!.value];
    const start = at;
    while (tokens[at + 1]?.upper === '.' && ['word', 'name'].includes(tokens[at + 2]?.kind ?? '')) {
      path.push(tokens[at + 2]!.value);
      at += 2;
    }
    if (tokens[at + 1]?.upper === '.')
      throw unreadable('a part of it that reads columns is of a kind that is not checked');
    const called = tokens[at + 1]?.upper === '(' && path.length === 1;
    const collation = tokens[start - 1]?.upper === 'COLLATE';
    const windowName = tokens[start - 1]?.upper === 'OVER';
    const introducer = path.length === 1 && path[0]!.startsWith('_') && tokens[at + 1]?.kind === 'string';
    if (called || collation || windowName || introducer) continue;
    const isWord = kind === 'word' && path.length === 1 && WORDS.has(upper);
    columns.push({ path, ...(isWord ? { loose: true as const } : {}) });
  }
  return { columns, stars: [], queries: [] };
}
