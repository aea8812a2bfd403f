import type { Engine } from '#src/domain/catalog.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import { findTable } from './find-table.ts';
import type {
  ColumnName,
  CombinedNames,
  CteNames,
  ItemNames,
  JoinNames,
  Part,
  QueryNames,
  SelectNames,
  SourceNames,
  TableNames,
} from './query-names.ts';
import { badColumn } from './refused.ts';
import type { Scope, TableScope } from './scope.ts';
import { type Ctes, computed, findCte, type Origin, renamed, type Sight, type SourceInSight } from './sight.ts';

/**
 * Finds the table and column behind every name of a statement and refuses what the scope does not show (GATE-7,
 * GATE-8). A name that is found nowhere is refused too. Wherever an engine's lookup could be read in two ways, a hidden
 * column of that name in sight, near or far, refuses. Throws Refused. Returns the tables with the columns that are read.
 */
export function resolveNames(query: QueryNames, scope: Scope): TableUse[] {
  const resolver = new Resolver(scope);
  resolver.query(query, undefined, undefined);
  return resolver.tables();
}

class Resolver {
  readonly #scope: Scope;
  readonly #engine: Engine;
  readonly #used = new Map<TableScope, Set<string>>();

  constructor(scope: Scope) {
    this.#scope = scope;
    this.#engine = scope.engine;
  }

  tables(): TableUse[] {
    return [...this.#used].map(([{ schema, name }, columns]) => ({
      ...(schema === undefined ? {} : { schema }),
      name,
      columns: [...columns],
    }));
  }

  /** Names of columns: PostgreSQL has folded them already, elsewhere case does not count. */
  #fold(name: string): string {
    return this.#engine === 'postgres' ? name : name.toLowerCase();
  }

  /** Names of tables, aliases and CTEs. */
  #foldTable(name: string): string {
    return this.#engine === 'postgres' || this.#scope.caseSensitive ? name : name.toLowerCase();
  }

  /** Resolves a query and gives the names of its columns. */
  query(query: QueryNames, outer: Sight | undefined, outerCtes: Ctes | undefined): readonly string[] {
    const ctes = this.#withCtes(query.ctes, outer, outerCtes);
    switch (query.kind) {
      case 'select':
        return this.#select(query, outer, ctes);
      case 'combined':
        return this.#combined(query, outer, ctes);
      case 'values':
        this.#part(query.values, outer, ctes);
        this.#ordering(query.order, query.names, outer, ctes);
        this.#part(query.rest, outer, ctes);
        return query.names;
    }
  }

  #combined(query: CombinedNames, outer: Sight | undefined, ctes: Ctes | undefined): readonly string[] {
    const names = this.query(query.left, outer, ctes);
    this.query(query.right, outer, ctes);
    this.#ordering(query.order, names, outer, ctes);
    this.#part(query.rest, outer, ctes);
    return names;
  }

  /** A CTE is resolved when it is first looked at: a recursive WITH lets one name those after it. */
  #withCtes(ctes: readonly CteNames[], outer: Sight | undefined, outerCtes: Ctes | undefined): Ctes | undefined {
    if (!ctes.length) return outerCtes;
    const recursive = ctes.some((cte) => cte.recursive);
    let visible: Ctes | undefined = outerCtes;
    if (recursive) {
      const byName = new Map<string, () => readonly string[]>();
      const all: Ctes = { byName, outer: outerCtes };
      for (const cte of ctes) byName.set(this.#foldTable(cte.name), this.#lazily(cte, outer, all));
      visible = all;
    } else {
      for (const cte of ctes) {
        const byName = new Map([[this.#foldTable(cte.name), this.#lazily(cte, outer, visible)]]);
        visible = { byName, outer: visible };
      }
    }
    // Those that nobody reads are resolved as well.
    for (const cte of ctes) findCte(visible, this.#foldTable(cte.name))?.();
    return visible;
  }

  #lazily(cte: CteNames, outer: Sight | undefined, ctes: Ctes | undefined): () => readonly string[] {
    let names: readonly string[] | undefined;
    let running = false;
    return () => {
      if (names) return names;
      if (running) return cte.columns ?? this.#firstNames(cte.query);
      running = true;
      names = [...renamed(this.query(cte.query, outer, ctes), cte.columns), ...(cte.added ?? [])];
      return names;
    };
  }

  /** What a recursive CTE calls its columns while it is being read: the names of its first arm, stars aside. */
  #firstNames(query: QueryNames): readonly string[] {
    if (query.kind === 'combined') return this.#firstNames(query.left);
    if (query.kind === 'values') return query.names;
    return query.items.map((item) => item.name ?? '');
  }

  #select(query: SelectNames, outer: Sight | undefined, ctes: Ctes | undefined): readonly string[] {
    let sight: Sight = { sources: [], outer };
    for (const source of query.sources) {
      sight = { sources: [...sight.sources, ...this.#source(source, sight, outer, ctes)], outer };
    }
    this.#part(query.where, sight, ctes);
    const names = query.items.flatMap((item) => this.#item(item, sight, ctes));
    this.#grouping(query.group, names, sight, ctes);
    this.#part(query.having, sight, ctes, this.#engine === 'postgres' ? [] : names);
    this.#ordering(query.order, names, sight, ctes);
    this.#part(query.rest, sight, ctes);
    return names;
  }

  #item(item: ItemNames, sight: Sight, ctes: Ctes | undefined): readonly string[] {
    if (item.star) return this.#star(item.star, sight);
    this.#part(item.part, sight, ctes);
    return [item.name ?? ''];
  }

  /** The columns of `*` or `alias.*`. */
  #star(path: readonly string[], sight: Sight): readonly string[] {
    const sources = path.length ? this.#sourcesNamed(path, sight) : sight.sources;
    if (path.length && !sources.length) throw badColumn(`${path.join('.')}.*`);
    return sources.flatMap((source) => this.#all(source));
  }

  #all(source: SourceInSight): readonly string[] {
    const [secret] = source.hidden;
    if (secret !== undefined) throw badColumn(`${source.alias}.*`);
    for (const origins of source.columns.values()) for (const origin of origins) this.#use(origin);
    return [...source.columns.keys()];
  }

  #part(part: Part, sight: Sight | undefined, ctes: Ctes | undefined, aliases: readonly string[] = []): void {
    for (const column of part.columns) this.#column(column, sight, aliases);
    for (const star of part.stars) {
      if (!sight) throw badColumn('*');
      this.#star(star, sight);
    }
    for (const query of part.queries) this.query(query, sight, ctes);
  }

  /** GROUP BY: a column of the sources first, then a name of the result. */
  #grouping(parts: readonly Part[], names: readonly string[], sight: Sight, ctes: Ctes | undefined): void {
    for (const part of parts) this.#part(part, sight, ctes, part.bare === undefined ? this.#loose(names) : names);
  }

  /** ORDER BY: a bare name is one of the result first, then a column of the sources. */
  #ordering(parts: readonly Part[], names: readonly string[], sight: Sight | undefined, ctes: Ctes | undefined): void {
    const own = new Set(names.map((name) => this.#fold(name)));
    for (const part of parts) {
      if (part.bare !== undefined && own.has(this.#fold(part.bare))) continue;
      this.#part(part, sight, ctes, this.#loose(names));
    }
  }

  /** Inside expressions PostgreSQL knows no names of the result; the others do. */
  #loose(names: readonly string[]): readonly string[] {
    return this.#engine === 'postgres' ? [] : names;
  }

  #column({ path, loose }: ColumnName, sight: Sight | undefined, aliases: readonly string[]): void {
    const name = this.#fold(path.at(-1)!);
    if (path.length === 1) {
      for (let at = sight; at; at = at.outer) {
        if (at.sources.some((source) => source.hidden.has(name))) throw badColumn(path[0]!);
      }
      for (let at = sight; at; at = at.outer) {
        const found = at.sources.flatMap((source) => source.columns.get(name) ?? []);
        for (const origin of found) this.#use(origin);
        if (found.length || at.sources.some((source) => source.columns.has(name))) return;
      }
      if (aliases.some((alias) => this.#fold(alias) === name)) return;
      const whole = this.#engine === 'postgres' ? this.#sourcesNamed(path, sight) : [];
      if (whole.length) {
        for (const source of whole) this.#all(source);
        return;
      }
      if (loose) return;
      throw badColumn(path[0]!);
    }
    const sources = this.#sourcesNamed(path.slice(0, -1), sight);
    const [nearest] = sources;
    const anyHidden = this.#everyNamed(path.slice(0, -1), sight).some((source) => source.hidden.has(name));
    if (!nearest || anyHidden || !nearest.columns.has(name)) throw badColumn(path.join('.'));
    for (const origin of nearest.columns.get(name)!) this.#use(origin);
  }

  /** The nearest sources of a name; several only where a statement names two alike, which engines refuse. */
  #sourcesNamed(path: readonly string[], sight: Sight | undefined): readonly SourceInSight[] {
    for (let at = sight; at; at = at.outer) {
      const found = at.sources.filter((source) => this.#isNamed(source, path));
      if (found.length) return found;
    }
    return [];
  }

  #everyNamed(path: readonly string[], sight: Sight | undefined): readonly SourceInSight[] {
    const found: SourceInSight[] = [];
    for (let at = sight; at; at = at.outer) found.push(...at.sources.filter((source) => this.#isNamed(source, path)));
    return found;
  }

  #isNamed(source: SourceInSight, path: readonly string[]): boolean {
    const [name, schema] = [path.at(-1)!, path.at(-2)];
    if (path.length > 2 || this.#foldTable(source.alias) !== this.#foldTable(name)) return false;
    return schema === undefined || (source.schema !== undefined && source.schema === schema);
  }

  #use({ table, column }: Origin): void {
    this.#columnsOf(table).add(column);
  }

  #columnsOf(table: TableScope): Set<string> {
    const columns = this.#used.get(table) ?? new Set<string>();
    this.#used.set(table, columns);
    return columns;
  }

  #source(
    source: SourceNames,
    before: Sight,
    outer: Sight | undefined,
    ctes: Ctes | undefined,
  ): readonly SourceInSight[] {
    switch (source.kind) {
      case 'table':
        return [this.#table(source, ctes)];
      case 'derived': {
        const names = this.query(source.query, source.lateral ? before : outer, ctes);
        return [computed(source.alias ?? '', renamed(names, source.columns), (name) => this.#fold(name))];
      }
      case 'function': {
        this.#part(source.part, before, ctes);
        const names = renamed(source.outputs, source.columns);
        return [computed(source.alias ?? '', names, (name) => this.#fold(name))];
      }
      case 'join':
        return this.#join(source, before, outer, ctes);
    }
  }

  #table(source: TableNames, ctes: Ctes | undefined): SourceInSight {
    const cte = source.schema === undefined ? findCte(ctes, this.#foldTable(source.name)) : undefined;
    if (cte) {
      return computed(source.alias ?? source.name, renamed(cte(), source.columns), (name) => this.#fold(name));
    }
    const table = findTable(this.#scope, source);
    this.#columnsOf(table);
    const hidden = new Set((table.hidden ?? []).map((name) => this.#fold(name)));
    if (source.columns && hidden.size) throw badColumn(`${source.name} (${source.columns.join(', ')})`);
    // An index read from end to end gives the order of what it is over, which may be hidden.
    const index = source.indexes?.find((name) => name.toUpperCase() !== 'PRIMARY');
    if (index !== undefined && hidden.size) throw badColumn(index);
    const names = renamed(table.columns, source.columns);
    return {
      alias: source.alias ?? source.name,
      ...(source.alias === undefined && table.schema !== undefined ? { schema: table.schema } : {}),
      ...(source.alias === undefined && table.schema === undefined && this.#scope.searchPath[0] !== undefined
        ? { schema: this.#scope.searchPath[0] }
        : {}),
      columns: new Map(names.map((name, at) => [this.#fold(name), [{ table, column: table.columns[at]! }]])),
      hidden,
    };
  }

  #join(source: JoinNames, before: Sight, outer: Sight | undefined, ctes: Ctes | undefined): readonly SourceInSight[] {
    const left = this.#source(source.left, before, outer, ctes);
    const withLeft: Sight = { sources: [...before.sources, ...left], outer: before.outer };
    const right = this.#source(source.right, withLeft, outer, ctes);
    if (source.natural && [...left, ...right].some((one) => one.hidden.size)) throw badColumn('NATURAL JOIN');
    for (const using of source.using) {
      const name = this.#fold(using);
      for (const side of [left, right]) {
        if (side.some((one) => one.hidden.has(name)) || !side.some((one) => one.columns.has(name))) {
          throw badColumn(using);
        }
        for (const one of side) for (const origin of one.columns.get(name) ?? []) this.#use(origin);
      }
    }
    const both = [...left, ...right];
    if (source.on) this.#part(source.on, { sources: [...before.sources, ...both], outer: before.outer }, ctes);
    if (source.alias !== undefined) return [this.#joinAs(source.alias, source, both)];
    if (source.usingAlias === undefined) return both;
    return [...both, computed(source.usingAlias, source.using, (name) => this.#fold(name))];
  }

  /** `(a JOIN b) AS alias`, which hides the names of a and b. */
  #joinAs(alias: string, { columns: given, using, natural }: JoinNames, both: readonly SourceInSight[]): SourceInSight {
    const hidden = new Set(both.flatMap((one) => [...one.hidden]));
    if (!given) return { alias, columns: new Map(both.flatMap((one) => [...one.columns])), hidden };
    // The columns of a NATURAL JOIN stand in an order that is not worked out here.
    if (hidden.size || natural) throw badColumn(alias);
    const merged = using.map((name) => this.#fold(name));
    const all = both.flatMap((one) => [...one.columns]);
    const columns = [
      ...merged.map((name) => [name, all.flatMap(([own, origins]) => (own === name ? origins : []))] as const),
      ...all.filter(([name]) => !merged.includes(name)),
    ];
    const names = renamed(
      columns.map(([name]) => name),
      given,
    );
    return { alias, columns: new Map(columns.map(([, origins], at) => [this.#fold(names[at]!), origins])), hidden };
  }
}
