import type { Engine } from '#src/domain/catalog.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import { badColumn, badTable, unreadable } from './refused.ts';
import type { Scope, TableScope } from './scope.ts';
import type {
  ColumnShape,
  CombinedShape,
  Comparison,
  CteShape,
  ItemShape,
  JoinShape,
  Part,
  QueryShape,
  SelectShape,
  SourceShape,
  TableShape,
} from './shape.ts';

/**
 * Finds the table and column behind every name of a statement and refuses what the scope does not show (GATE-7,
 * GATE-8). A name that is found nowhere is refused too. Wherever an engine's lookup could be read in two ways, a hidden
 * column of that name in sight, near or far, refuses. Throws Refused. Returns the tables with the columns that are read.
 */
export function resolveNames(query: QueryShape, scope: Scope): TableUse[] {
  const resolver = new Resolver(scope);
  resolver.query(query, undefined, undefined);
  return resolver.tables();
}

/** A source as its names are seen: what it shows, and what of it is hidden. */
interface Seen {
  readonly alias: string;
  readonly schema?: string;
  readonly columns: ReadonlyMap<string, readonly Origin[]>;
  readonly hidden: ReadonlySet<string>;
}

interface Origin {
  readonly table: TableScope;
  readonly column: string;
}

interface Sight {
  readonly sources: readonly Seen[];
  readonly outer: Sight | undefined;
}

interface Ctes {
  readonly byName: ReadonlyMap<string, () => readonly string[]>;
  readonly outer: Ctes | undefined;
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
  query(query: QueryShape, outer: Sight | undefined, outerCtes: Ctes | undefined): readonly string[] {
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

  #combined(query: CombinedShape, outer: Sight | undefined, ctes: Ctes | undefined): readonly string[] {
    const names = this.query(query.left, outer, ctes);
    this.query(query.right, outer, ctes);
    this.#ordering(query.order, names, outer, ctes);
    this.#part(query.rest, outer, ctes);
    return names;
  }

  /** A CTE is resolved when it is first looked at: a recursive WITH lets one name those after it. */
  #withCtes(ctes: readonly CteShape[], outer: Sight | undefined, outerCtes: Ctes | undefined): Ctes | undefined {
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
    for (const cte of ctes) find(visible, this.#foldTable(cte.name))?.();
    return visible;
  }

  #lazily(cte: CteShape, outer: Sight | undefined, ctes: Ctes | undefined): () => readonly string[] {
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
  #firstNames(query: QueryShape): readonly string[] {
    if (query.kind === 'combined') return this.#firstNames(query.left);
    if (query.kind === 'values') return query.names;
    return query.items.map((item) => item.name ?? '');
  }

  #select(query: SelectShape, outer: Sight | undefined, ctes: Ctes | undefined): readonly string[] {
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

  #item(item: ItemShape, sight: Sight, ctes: Ctes | undefined): readonly string[] {
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

  #all(source: Seen): readonly string[] {
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

  #column({ path, loose }: ColumnShape, sight: Sight | undefined, aliases: readonly string[]): void {
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
  #sourcesNamed(path: readonly string[], sight: Sight | undefined): readonly Seen[] {
    for (let at = sight; at; at = at.outer) {
      const found = at.sources.filter((source) => this.#isNamed(source, path));
      if (found.length) return found;
    }
    return [];
  }

  #everyNamed(path: readonly string[], sight: Sight | undefined): readonly Seen[] {
    const found: Seen[] = [];
    for (let at = sight; at; at = at.outer) found.push(...at.sources.filter((source) => this.#isNamed(source, path)));
    return found;
  }

  #isNamed(source: Seen, path: readonly string[]): boolean {
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

  #source(source: SourceShape, before: Sight, outer: Sight | undefined, ctes: Ctes | undefined): readonly Seen[] {
    switch (source.kind) {
      case 'table':
        return [this.#table(source, ctes)];
      case 'derived': {
        const names = this.query(source.query, source.lateral ? before : outer, ctes);
        return [plain(source.alias ?? '', renamed(names, source.columns), (name) => this.#fold(name))];
      }
      case 'function': {
        this.#part(source.part, before, ctes);
        const names = renamed(source.outputs, source.columns);
        return [plain(source.alias ?? '', names, (name) => this.#fold(name))];
      }
      case 'join':
        return this.#join(source, before, outer, ctes);
    }
  }

  #table(source: TableShape, ctes: Ctes | undefined): Seen {
    const cte = source.schema === undefined ? find(ctes, this.#foldTable(source.name)) : undefined;
    if (cte) {
      return plain(source.alias ?? source.name, renamed(cte(), source.columns), (name) => this.#fold(name));
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

  #join(source: JoinShape, before: Sight, outer: Sight | undefined, ctes: Ctes | undefined): readonly Seen[] {
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
    return [...both, plain(source.usingAlias, source.using, (name) => this.#fold(name))];
  }

  /** `(a JOIN b) AS alias`, which hides the names of a and b. */
  #joinAs(alias: string, { columns: given, using, natural }: JoinShape, both: readonly Seen[]): Seen {
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

function find(ctes: Ctes | undefined, name: string): (() => readonly string[]) | undefined {
  for (let at = ctes; at; at = at.outer) {
    const found = at.byName.get(name);
    if (found) return found;
  }
  return undefined;
}

/** A source whose columns were computed: nothing of it is hidden. */
function plain(alias: string, names: readonly string[], fold: (name: string) => string): Seen {
  return { alias, columns: new Map(names.map((name) => [fold(name), []])), hidden: new Set() };
}

const renamed = (names: readonly string[], given: readonly string[] = []): readonly string[] =>
  names.length < given.length ? given : names.map((name, at) => given[at] ?? name);

/** As the server would: an exact name in its schema, else the first schema of the search path; never a system catalog. */
function findTable(scope: Scope, { schema, name }: { readonly schema?: string; readonly name: string }): TableScope {
  const label = schema === undefined ? name : `${schema}.${name}`;
  const isNamed = (table: TableScope) =>
    table.name === name ||
    (scope.engine !== 'postgres' && !scope.caseSensitive && table.name.toLowerCase() === name.toLowerCase());
  const within = (wanted: string | undefined) =>
    scope.tables.find((table) => isNamed(table) && (table.schema === undefined || table.schema === wanted));
  if (schema !== undefined) {
    const found = scope.engine === 'postgres' || scope.searchPath.includes(schema) ? within(schema) : undefined;
    if (!found) throw badTable(label);
    return found;
  }
  if (scope.engine === 'postgres' && name.startsWith('pg_')) throw badTable(label);
  for (const one of scope.searchPath.length ? scope.searchPath : [undefined]) {
    const found = within(one);
    if (found) return found;
    if (scope.hiddenTables?.some((table) => table.name === name && table.schema === one)) break;
  }
  throw badTable(label);
}

/**
 * A recursive CTE must have an end in sight (GATE-11): in one arm that reads it, a comparison of one of its
 * columns, or an equality that joins it to a table; on SQLite a LIMIT. Throws Refused. The limits of the run are the wall behind it.
 */
export function checkRecursion(query: QueryShape): void {
  eachQuery(query, (one) => {
    for (const cte of one.ctes) {
      if (!cte.recursive || (cte.query.kind === 'combined' && cte.query.limited)) continue;
      const arms = armsOf(cte.query).filter((arm) => arm.sources.some((source) => reads(source, cte.name)));
      if (arms.length && !arms.every((arm) => isBounded(arm, cte.name))) {
        throw unreadable('it repeats itself without an end: add a bound, such as WHERE n < 100');
      }
    }
  });
}

function armsOf(query: QueryShape): SelectShape[] {
  if (query.kind === 'select') return [query];
  return query.kind === 'combined' ? [...armsOf(query.left), ...armsOf(query.right)] : [];
}

const sameName = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

export function leaves(source: SourceShape): readonly SourceShape[] {
  return source.kind === 'join' ? [...leaves(source.left), ...leaves(source.right)] : [source];
}

function onsWithin(source: SourceShape): readonly Part[] {
  if (source.kind !== 'join') return [];
  return [...(source.on ? [source.on] : []), ...onsWithin(source.left), ...onsWithin(source.right)];
}

function reads(source: SourceShape, name: string): boolean {
  return leaves(source).some(
    (leaf) =>
      (leaf.kind === 'table' && leaf.schema === undefined && sameName(leaf.name, name)) ||
      (leaf.kind === 'derived' && armsOf(leaf.query).some((arm) => arm.sources.some((one) => reads(one, name)))),
  );
}

function isBounded(arm: SelectShape, name: string): boolean {
  const sources = arm.sources.flatMap(leaves);
  const own = new Set(sources.flatMap((source) => (reads(source, name) ? [(source.alias ?? name).toLowerCase()] : [])));
  const alone = sources.every((source) => reads(source, name));
  const isOwn = ({ path }: ColumnShape) => (path.length > 1 ? own.has(path.at(-2)!.toLowerCase()) : alone || 'unsure');
  const mentions = (part: Part) => part.columns.some((column) => isOwn(column) !== false);
  const others = (part: Part) => part.columns.some((column) => isOwn(column) !== true);
  return arm.comparisons.some(({ operator, left, right }: Comparison) =>
    operator === '<'
      ? mentions(left) || mentions(right)
      : (mentions(left) && others(right)) || (mentions(right) && others(left)),
  );
}

/** Calls `seen` for a query and all below it. */
export function eachQuery(query: QueryShape, seen: (query: QueryShape) => void): void {
  seen(query);
  for (const cte of query.ctes) eachQuery(cte.query, seen);
  if (query.kind === 'combined') {
    eachQuery(query.left, seen);
    eachQuery(query.right, seen);
  }
  if (query.kind === 'select') {
    for (const source of query.sources.flatMap(leaves)) if (source.kind === 'derived') eachQuery(source.query, seen);
  }
  for (const part of eachPart(query)) for (const inner of part.queries) eachQuery(inner, seen);
}

/** The expressions of a query itself. */
export function eachPart(query: QueryShape): readonly Part[] {
  const parts: Part[] = [...query.order, query.rest];
  if (query.kind === 'values') parts.push(query.values);
  if (query.kind !== 'select') return parts;
  parts.push(query.where, query.having, ...query.group, ...query.items.map((item) => item.part));
  parts.push(...query.sources.flatMap(onsWithin));
  for (const source of query.sources.flatMap(leaves)) if (source.kind === 'function') parts.push(source.part);
  return parts;
}
