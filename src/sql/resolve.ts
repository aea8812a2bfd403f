import { type DatabaseCatalog, type Engine, findTable, tableLabel } from '#src/domain/catalog.ts';
import { familyOf } from './functions.ts';
import { nearest } from './nearest.ts';
import type { EdlErrorCode, EdlProblem } from './problem.ts';
import {
  type ColumnIr,
  type CteIr,
  type ExpressionIr,
  type ItemIr,
  type JoinIr,
  mapParts,
  type QueryIr,
  type SelectIr,
  type SetOperationIr,
  type SortKeyIr,
  type SourceIr,
} from './query-ir.ts';

export interface Resolved {
  readonly query: QueryIr;
  /** Names that the catalog lacks or that two tables share; empty without a catalog. */
  readonly problems: readonly EdlProblem[];
  /** The columns of the given query that were not found, each with the sources it can see: its own SELECT's first, then outwards. */
  readonly lost: ReadonlyMap<ColumnIr, readonly (readonly VisibleSource[])[]>;
}

/** A source by the name that qualifies its columns, with their names; none where they cannot be known. */
export interface VisibleSource {
  readonly name: string;
  /** The table that it reads; a derived table's own name. */
  readonly table: string;
  readonly columns: readonly string[];
}

/**
 * Finds the table of every column, and writes what SQL lets one abbreviate in full: an alias or a position in GROUP BY,
 * HAVING or ORDER BY becomes the expression it stands for, and in SQLite a double-quoted name that no table has becomes the
 * text that the engine takes it for. Without a catalog only what the statement itself says is used.
 */
export function resolve(query: QueryIr, engine: Engine, catalog?: DatabaseCatalog): Resolved {
  const resolver = new IrResolver(engine, catalog);
  const resolved = resolver.query(query, undefined, new Map());
  return { query: resolved, problems: resolver.problems, lost: resolver.lost };
}

/** Column names in lower case, or undefined where they cannot be known. */
type Columns = ReadonlySet<string> | undefined;

interface Source {
  /** The name that qualifies its columns, in lower case. */
  readonly alias: string;
  readonly label: string;
  readonly columns: Columns;
  /** The same as the query and the catalog spell them. */
  readonly visible: VisibleSource;
}

interface NameScope {
  readonly sources: readonly Source[];
  readonly items: readonly ItemIr[];
  /** Columns that USING or NATURAL made one of. */
  readonly merged: ReadonlySet<string>;
  readonly natural: boolean;
  readonly outer: NameScope | undefined;
}

type Ctes = ReadonlyMap<string, Columns>;

const ROW_IDS = new Set(['rowid', 'oid', '_rowid_']);

class IrResolver {
  readonly problems: EdlProblem[] = [];
  readonly lost = new Map<ColumnIr, readonly (readonly VisibleSource[])[]>();
  readonly #engine: Engine;
  readonly #catalog: DatabaseCatalog | undefined;

  constructor(engine: Engine, catalog: DatabaseCatalog | undefined) {
    this.#engine = engine;
    this.#catalog = catalog;
  }

  query(query: QueryIr, outer: NameScope | undefined, known: Ctes): QueryIr {
    if (query.kind === 'verbatim-query') return query;
    const ctes = new Map(known);
    const resolvedCtes: CteIr[] = query.ctes.map((cte) => {
      const inner = this.query(cte.query, outer, ctes);
      ctes.set(cte.name.toLowerCase(), this.#output(inner, ctes));
      return { ...cte, query: inner };
    });
    return query.kind === 'select'
      ? this.#select({ ...query, ctes: resolvedCtes }, outer, ctes)
      : this.#setOperation({ ...query, ctes: resolvedCtes }, outer, ctes);
  }

  #setOperation(query: SetOperationIr, outer: NameScope | undefined, ctes: Ctes): SetOperationIr {
    const left = this.query(query.left, outer, ctes);
    const right = this.query(query.right, outer, ctes);
    const first = firstSelect(left);
    const orderBy = query.orderBy.map((key): SortKeyIr => {
      const { expression } = key;
      const index = positionOf(expression);
      if (index !== undefined) return { ...key, expression: outputColumn(first, index, expression) };
      return { ...key, expression: plain(expression) };
    });
    return { ...query, left, right, orderBy };
  }

  #select(query: SelectIr, outer: NameScope | undefined, ctes: Ctes): SelectIr {
    const from = query.from && this.#source(query.from, outer, ctes);
    const joins = query.joins.map((join): JoinIr => ({ ...join, source: this.#source(join.source, outer, ctes) }));
    const sources = [...(from ? [from] : []), ...joins.map((join) => join.source)].map((source) =>
      this.#describe(source, ctes),
    );
    const merged = new Set(joins.flatMap((join) => join.using ?? []).map((name) => name.toLowerCase()));
    const natural = joins.some((join) => join.natural);
    const bare: NameScope = { sources, items: [], merged, natural, outer };
    const items = query.items.map((item) => ({ ...item, expression: this.#expression(item.expression, bare, ctes) }));
    const scope: NameScope = { ...bare, items };
    const inClause = (expression: ExpressionIr) => this.#expression(expression, scope, ctes);
    return {
      ...query,
      items,
      from,
      joins: joins.map((join) => ({ ...join, on: join.on && this.#expression(join.on, bare, ctes) })),
      where: query.where && inClause(query.where),
      groupBy: query.groupBy.map((key) => this.#position(key, items) ?? inClause(key)),
      having: query.having && inClause(query.having),
      orderBy: query.orderBy.map((key) => ({
        ...key,
        expression:
          this.#position(key.expression, items) ?? this.#aliased(key.expression, scope) ?? inClause(key.expression),
      })),
    };
  }

  #source(source: SourceIr, outer: NameScope | undefined, ctes: Ctes): SourceIr {
    if (source.kind === 'derived') return { ...source, query: this.query(source.query, outer, ctes) };
    if (source.kind === 'table' && this.#catalog && !this.#isCte(source, ctes)) {
      const table = findTable(this.#catalog, source.name, source.schema);
      const isDual = familyOf(this.#engine) === 'mysql' && source.name.toLowerCase() === 'dual';
      if (!table && !isDual && !isSystem(source.name, source.schema)) {
        this.#problem('S_TABLE_UNKNOWN', `There is no table ${source.name}.`, source.span, {
          nearest: nearest(
            source.name,
            this.#catalog.tables.map((one) => one.name),
          ),
        });
      }
    }
    return source;
  }

  #isCte(source: { readonly name: string; readonly schema?: string }, ctes: Ctes): boolean {
    return source.schema === undefined && ctes.has(source.name.toLowerCase());
  }

  #describe(source: SourceIr, ctes: Ctes): Source {
    if (source.kind === 'verbatim') return described('', '', undefined);
    const name = source.alias ?? (source.kind === 'table' ? source.name : '');
    if (source.kind === 'derived') return described(name, name, this.#output(source.query, ctes));
    if (this.#isCte(source, ctes)) return described(name, source.name, ctes.get(source.name.toLowerCase()));
    const table = this.#catalog && findTable(this.#catalog, source.name, source.schema);
    if (!table) return described(name, source.name, undefined);
    const columns = table.columns.map((column) => column.name);
    const known = new Set(columns.map((column) => column.toLowerCase()));
    return {
      ...described(name, tableLabel(table, this.#engine), known),
      visible: { name, table: source.name, columns },
    };
  }

  /** The column names of a query's result. */
  #output(query: QueryIr, ctes: Ctes): Columns {
    const first = firstSelect(query);
    if (!first) return undefined;
    const names = new Set<string>();
    const sources = [...(first.from ? [first.from] : []), ...first.joins.map((join) => join.source)].map((source) =>
      this.#describe(source, ctes),
    );
    for (const { expression, alias } of first.items) {
      if (alias !== undefined) names.add(alias.toLowerCase());
      else if (expression.kind === 'column') names.add(expression.name.toLowerCase());
      else if (expression.kind === 'star') {
        const table = expression.table?.toLowerCase();
        for (const source of sources) {
          if (table !== undefined && source.alias !== table) continue;
          if (!source.columns) return undefined;
          for (const name of source.columns) names.add(name);
        }
      }
      // An expression without an alias has a name of the engine's making.
      else return undefined;
    }
    return names;
  }

  /** The item at a position in GROUP BY or ORDER BY. */
  #position(key: ExpressionIr, items: readonly ItemIr[]): ExpressionIr | undefined {
    const index = positionOf(key);
    if (index === undefined) return undefined;
    const before = items.slice(0, index);
    const item = items[index - 1];
    if (!item || before.some(({ expression }) => expression.kind === 'star')) {
      return { kind: 'position', index, ...(key.span ? { span: key.span } : {}) };
    }
    return { ...item.expression, ...(key.span ? { span: key.span } : {}) };
  }

  /** ORDER BY looks for a result column of the name first. */
  #aliased(expression: ExpressionIr, scope: NameScope): ExpressionIr | undefined {
    if (expression.kind !== 'column' || expression.table !== undefined) return undefined;
    const name = expression.name.toLowerCase();
    const item = scope.items.find(({ alias }) => alias?.toLowerCase() === name);
    return item && { ...item.expression, ...(expression.span ? { span: expression.span } : {}) };
  }

  #expression(expression: ExpressionIr, scope: NameScope, ctes: Ctes): ExpressionIr {
    if (expression.kind === 'column') return this.#column(expression, scope);
    return mapParts(expression, {
      expression: (part) => this.#expression(part, scope, ctes),
      query: (query) => this.query(query, scope, ctes),
    });
  }

  #column(column: ColumnIr, scope: NameScope): ExpressionIr {
    const { quoted: _, ...bare } = column;
    if (bare.table !== undefined) return this.#qualified(bare, bare.table, scope, column);
    const name = column.name.toLowerCase();
    for (let at: NameScope | undefined = scope; at; at = at.outer) {
      const holders = at.sources.filter((source) => source.columns?.has(name));
      const [holder, ...others] = holders;
      if (holder && (others.length === 0 || at.merged.has(name) || at.natural)) {
        return { ...bare, resolved: holder.label };
      }
      const item = at === scope ? at.items.find(({ alias }) => alias?.toLowerCase() === name) : undefined;
      if (holder) {
        const named = at.items.find(({ alias, expression }) => alias === undefined && isColumn(expression, name));
        if (named) return { ...named.expression, ...(column.span ? { span: column.span } : {}) };
        const tables = holders.map((source) => source.label).join(' and ');
        this.#problem('S_COLUMN_AMBIGUOUS', `${column.name} is a column of ${tables}.`, column.span, {
          hint: `Write ${holder.alias}.${column.name}.`,
        });
        return bare;
      }
      // A source whose columns are unknown may have it.
      if (at.sources.some((source) => !source.columns)) return bare;
      if (item) return { ...item.expression, ...(column.span ? { span: column.span } : {}) };
    }
    if (this.#engine === 'sqlite' && column.quoted) {
      return { kind: 'text', value: column.name, ...(column.span ? { span: column.span } : {}) };
    }
    if (this.#engine === 'sqlite' && ROW_IDS.has(name)) return bare;
    const all = [...new Set(scope.sources.flatMap((source) => [...(source.columns ?? [])]))];
    this.#lose(column, scope);
    this.#problem('S_COLUMN_UNKNOWN', `There is no column ${column.name} in this part of the query.`, column.span, {
      nearest: nearest(column.name, all),
    });
    return bare;
  }

  #qualified(column: ColumnIr, qualifier: string, scope: NameScope, given: ColumnIr): ExpressionIr {
    const table = qualifier.toLowerCase();
    const name = column.name.toLowerCase();
    for (let at: NameScope | undefined = scope; at; at = at.outer) {
      const source = at.sources.find((one) => one.alias === table);
      if (!source) {
        if (at.sources.some((one) => one.alias === '')) return column;
        continue;
      }
      if (!source.columns) return column;
      if (!source.columns.has(name) && !(this.#engine === 'sqlite' && ROW_IDS.has(name))) {
        this.#lose(given, scope);
        this.#problem('S_COLUMN_UNKNOWN', `${source.label} has no column ${column.name}.`, column.span, {
          nearest: nearest(column.name, [...source.columns]),
        });
        return column;
      }
      return { ...column, resolved: source.label };
    }
    this.#lose(given, scope);
    this.#problem('S_TABLE_UNKNOWN', `Nothing here is called ${qualifier}.`, column.span, {
      nearest: nearest(
        qualifier,
        scope.sources.map((source) => source.alias),
      ),
    });
    return column;
  }

  #lose(column: ColumnIr, scope: NameScope): void {
    const levels: VisibleSource[][] = [];
    for (let at: NameScope | undefined = scope; at; at = at.outer)
      levels.push(at.sources.map(({ visible }) => visible));
    this.lost.set(column, levels);
  }

  #problem(
    code: EdlErrorCode,
    message: string,
    span: { readonly start: number } | undefined,
    help: { readonly nearest?: string | undefined; readonly hint?: string },
  ): void {
    const suggestion = help.hint ?? (help.nearest === undefined ? undefined : `Did you mean ${help.nearest}?`);
    this.problems.push({
      code,
      message,
      ...(span ? { at: span.start } : {}),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
}

const described = (name: string, label: string, columns: Columns): Source => ({
  alias: name.toLowerCase(),
  label,
  columns,
  visible: { name, table: label, columns: [...(columns ?? [])] },
});

const isColumn = (expression: ExpressionIr, name: string) =>
  expression.kind === 'column' && expression.name.toLowerCase() === name;

const isSystem = (name: string, schema?: string) =>
  /^(?:pg_catalog|information_schema)$/i.test(schema ?? '') || /^(?:sqlite_|pg_)/i.test(name);

/** The number of a bare whole-number literal. */
function positionOf(expression: ExpressionIr): number | undefined {
  return expression.kind === 'number' && /^\d{1,4}$/.test(expression.text) ? Number(expression.text) : undefined;
}

/** The select whose column names a set operation's result has. */
function firstSelect(query: QueryIr): SelectIr | undefined {
  if (query.kind === 'set-operation') return firstSelect(query.left);
  return query.kind === 'select' ? query : undefined;
}

function outputColumn(first: SelectIr | undefined, index: number, key: ExpressionIr): ExpressionIr {
  const located = key.span ? { span: key.span } : {};
  const item = first?.items[index - 1];
  const star = first?.items.slice(0, index).some(({ expression }) => expression.kind === 'star');
  const name = item?.alias ?? (item?.expression.kind === 'column' ? item.expression.name : undefined);
  if (star || name === undefined) return { kind: 'position', index, ...located };
  return { kind: 'column', name, ...located };
}

/** The columns of an expression without the mark of their quotes. */
function plain(expression: ExpressionIr): ExpressionIr {
  if (expression.kind !== 'column') return expression;
  const { quoted: _, ...bare } = expression;
  return bare;
}
