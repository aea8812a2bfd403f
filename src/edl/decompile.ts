import {
  type CaseWhen,
  type ColumnIr,
  canonical,
  type ExpressionIr,
  type ItemIr,
  isCondition,
  type JoinIr,
  mapParts,
  type QueryIr,
  type SelectIr,
  type SetOperationIr,
  type SortKeyIr,
  type SourceIr,
  SPANS,
  visit,
} from '#src/sql/query-ir.ts';
import {
  type EdlExpression,
  type EdlItem,
  type EdlSortKey,
  type EdlSource,
  type EdlText,
  needsStep,
  type StepBody,
  type StepNode,
} from './edl-ast.ts';

export interface Decompiled {
  readonly text: EdlText;
  /** Which step says a node of the query: every node that was put into words is here. */
  readonly saidBy: ReadonlyMap<object, number>;
  /** The step that says LIMIT and OFFSET of a SELECT or set operation. */
  readonly limits: ReadonlyMap<object, number>;
}

/** QueryIR → EDL steps (sources.md#edl-both-ways), and which step says which node. */
export function decompile(query: QueryIr): Decompiled {
  const writer = new Writer(namesIn(query));
  writer.query(query, false);
  return { text: { steps: writer.steps }, saidBy: writer.saidBy, limits: writer.limits };
}

/** What one SELECT has bound so far. */
interface TellingBlock {
  /** Expressions that have a name already, by their canonical text. */
  readonly bound: Map<string, { readonly name: string; readonly expression: ExpressionIr }>;
  /** Subqueries that have been told already, by their canonical text. */
  readonly told: Map<string, { readonly step: number; readonly query: QueryIr }>;
}

const newBlock = (): TellingBlock => ({ bound: new Map(), told: new Map() });

class Writer {
  readonly steps: StepNode[] = [];
  readonly saidBy = new Map<object, number>();
  readonly limits = new Map<object, number>();
  readonly #used: Set<string>;
  #own = 0;
  /** Nodes put into words for the step that is being written. */
  #said: object[] = [];

  constructor(used: Set<string>) {
    this.#used = used;
  }

  #add(body: StepBody, said: readonly object[]): number {
    const number = this.steps.length + 1;
    this.steps.push({ number, body });
    for (const node of said) this.saidBy.set(node, number);
    return number;
  }

  /** Makes a step of what `write` puts into words; steps that `write` adds itself come before it. */
  #step(write: () => StepBody): number {
    const around = this.#said;
    const said: object[] = [];
    this.#said = said;
    const body = write();
    this.#said = around;
    return this.#add(body, said);
  }

  #say(node: object): void {
    this.#said.push(node);
  }

  /** Writes the steps of a query and gives the number of its last one. */
  query(query: QueryIr, nested: boolean, name?: string): number {
    if (query.kind === 'verbatim-query') {
      return this.#step(() => {
        this.#say(query);
        return { kind: 'verbatim', sql: query.sql, ...(name === undefined ? {} : { name }) };
      });
    }
    for (const cte of query.ctes) {
      const told = this.query(cte.query, false, cte.name);
      this.saidBy.set(cte, told);
    }
    return query.kind === 'select' ? this.#select(query, nested, name) : this.#setOperation(query, nested, name);
  }

  #setOperation(query: SetOperationIr, nested: boolean, name: string | undefined): number {
    const left = this.query(query.left, nested);
    const right = this.query(query.right, nested);
    const ordered = hasTail(query);
    const applied = this.#step(() => {
      this.#say(query);
      const named = name === undefined || ordered ? {} : { name };
      return { kind: 'set', operator: query.operator, left, right, ...named };
    });
    if (!ordered) return applied;
    const last = this.#tail(query, applied, newBlock());
    // A name is given by closing a block: the ordered result is selected whole.
    return name === undefined ? last : this.#named(last, name);
  }

  #named(step: number, name: string): number {
    const scan = this.#step(() => ({ kind: 'scan', source: { kind: 'step', step, alias: name }, nested: false }));
    return this.#step(() => ({
      kind: 'select',
      input: scan,
      distinct: false,
      items: [{ expression: { kind: 'star' } }],
      name,
    }));
  }

  #select(query: SelectIr, nested: boolean, name: string | undefined): number {
    const block = newBlock();
    const brief = this.#brief(query, nested, name);
    if (brief !== undefined) return brief;
    let last = this.#scan(query.from, nested);
    for (const join of query.joins) last = this.#join(join, block);
    const { where, having } = query;
    if (where) {
      last = this.#step(() => ({ kind: 'reserve', input: last, condition: this.#expression(where, block) }));
    }
    const names = this.#itemNames(query);
    const bind = (aggregated: boolean) => {
      for (const item of query.items) {
        if (isMeasured(item.expression) === aggregated) this.#bindItem(item, names, block);
      }
    };
    bind(false);
    if (query.groupBy.length) {
      last = this.#step(() => ({
        kind: 'group',
        input: last,
        keys: query.groupBy.map((key) => this.#expression(key, block)),
      }));
    }
    bind(true);
    if (having) last = this.#step(() => ({ kind: 'having', input: last, condition: this.#expression(having, block) }));
    last = this.#tail(query, last, block);
    return this.#step(() => {
      this.#say(query);
      const items = query.items.map((item) => this.#item(item, block));
      return { kind: 'select', input: last, distinct: query.distinct, items, ...(name === undefined ? {} : { name }) };
    });
  }

  /** A nested query of one table, or of plain items over it, in one step. */
  #brief(query: SelectIr, nested: boolean, name: string | undefined): number | undefined {
    const { from } = query;
    if (from?.kind !== 'table') return undefined;
    const bare =
      nested &&
      name === undefined &&
      query.joins.length === 0 &&
      !query.where &&
      !query.having &&
      query.groupBy.length === 0 &&
      !hasTail(query) &&
      query.items.every(({ expression }) => isPlain(expression));
    if (!bare) return undefined;
    return this.#step(() => {
      this.#say(query);
      const source = this.#source(from);
      const items = query.items.map((item) => this.#item(item, newBlock()));
      return { kind: 'subquery', source, distinct: query.distinct, items };
    });
  }

  #scan(from: SourceIr | undefined, nested: boolean): number {
    return this.#step(() => {
      const source = from && this.#source(from);
      return { kind: 'scan', source, nested };
    });
  }

  #source(source: SourceIr): EdlSource {
    this.#say(source);
    if (source.kind === 'verbatim') return { kind: 'verbatim', sql: source.sql };
    const alias = source.alias === undefined ? {} : { alias: source.alias };
    if (source.kind === 'derived') return { kind: 'step', step: this.query(source.query, true), ...alias };
    const schema = source.schema === undefined ? {} : { schema: source.schema };
    return { kind: 'table', name: source.name, ...schema, ...alias };
  }

  #join(join: JoinIr, block: TellingBlock): number {
    return this.#step(() => {
      this.#say(join);
      return {
        kind: 'join',
        type: join.type,
        natural: join.natural === true,
        source: this.#source(join.source),
        on: join.on && this.#expression(join.on, block),
        using: join.using ?? [],
      };
    });
  }

  #tail(query: SelectIr | SetOperationIr, from: number, block: TellingBlock): number {
    let last = from;
    if (query.orderBy.length) {
      last = this.#step(() => ({
        kind: 'sort',
        input: last,
        keys: query.orderBy.map((key) => this.#sortKey(key, block)),
      }));
    }
    if (query.limit !== undefined || query.offset !== undefined) {
      last = this.#step(() => ({ kind: 'limit', input: last, count: query.limit, offset: query.offset }));
      this.limits.set(query, last);
    }
    return last;
  }

  #sortKey(key: SortKeyIr, block: TellingBlock): EdlSortKey {
    this.#say(key);
    return {
      expression: this.#expression(key.expression, block),
      descending: key.descending,
      ...(key.nulls ? { nulls: key.nulls } : {}),
    };
  }

  /** Which items may lend their alias to a step: no column of the name may be meant anywhere in the SELECT. */
  #itemNames(query: SelectIr): ReadonlyMap<ItemIr, string> {
    const columns = new Set<string>();
    const { items, ...clauses } = query;
    visit([clauses, items.map(({ expression }) => expression)], (node) => {
      if (node.kind === 'column' && node.table === undefined) columns.add(node.name.toLowerCase());
    });
    const aliases = query.items.map((item) => item.alias?.toLowerCase());
    const names = new Map<ItemIr, string>();
    for (const [at, item] of query.items.entries()) {
      const alias = item.alias?.toLowerCase();
      if (item.alias === undefined || alias === undefined || columns.has(alias)) continue;
      if (aliases.indexOf(alias) !== at) continue;
      names.set(item, item.alias);
    }
    return names;
  }

  /** Computes an item in a step of its own, under its alias. */
  #bindItem(item: ItemIr, names: ReadonlyMap<ItemIr, string>, block: TellingBlock): void {
    const name = names.get(item);
    if (name === undefined || !earnsStep(item.expression)) return;
    if (block.bound.has(canonical(item.expression))) return;
    this.#bind(item.expression, name, block);
  }

  /** Computes an expression in a step, under the given name or one of our own, which is what it gives back. */
  #bind(expression: ExpressionIr, given: string | undefined, block: TellingBlock): string {
    let name = given ?? '';
    this.#step(() => {
      const words = this.#words(expression, block);
      // Named after its parts, so that our names rise with the steps.
      name = given ?? this.#ownName();
      return { kind: 'compute', name, expression: words };
    });
    block.bound.set(canonical(expression), { name, expression });
    return name;
  }

  #item(item: ItemIr, block: TellingBlock): EdlItem {
    this.#say(item);
    const expression = this.#expression(item.expression, block);
    // A bound name heads its column by itself.
    const heads = expression.kind === 'column' && expression.table === undefined && expression.name === item.alias;
    const bound = heads && block.bound.get(canonical(item.expression))?.name === item.alias;
    return { expression, ...(item.alias === undefined || bound ? {} : { alias: item.alias }) };
  }

  /** An expression with its subqueries told before it and its computations bound to names. */
  #expression(expression: ExpressionIr, block: TellingBlock): EdlExpression {
    const bound = block.bound.size ? block.bound.get(canonical(expression)) : undefined;
    if (bound) {
      this.#alike(bound.expression, expression);
      return { kind: 'column', name: bound.name };
    }
    if (!needsStep(expression)) return this.#words(expression, block);
    return { kind: 'column', name: this.#bind(expression, undefined, block) };
  }

  /** Two trees of one text: what is said of the first is said of the second. */
  #alike(first: unknown, second: unknown): void {
    if (first === second || first === null || second === null) return;
    if (typeof first !== 'object' || typeof second !== 'object') return;
    const step = this.saidBy.get(first);
    if (step !== undefined) this.saidBy.set(second, step);
    const limit = this.limits.get(first);
    if (limit !== undefined) this.limits.set(second, limit);
    const parts = new Map<string, unknown>(Object.entries(second));
    for (const [key, value] of Object.entries(first)) if (!SPANS.has(key)) this.#alike(value, parts.get(key));
  }

  #ownName(): string {
    do this.#own += 1;
    while (this.#used.has(`v${this.#own}`));
    return `v${this.#own}`;
  }

  #words(expression: ExpressionIr, block: TellingBlock): EdlExpression {
    this.#say(expression);
    if (expression.kind === 'column') return columnWords(expression);
    const { span: _, ...words } = mapParts<QueryIr, number>(expression, {
      expression: (part) => this.#expression(part, block),
      query: (query) => this.#subquery(query, block),
      when: (when) => this.#when(when, block),
      sortKey: (key) => this.#sortKey(key, block),
    });
    return words;
  }

  #when(when: CaseWhen<QueryIr>, block: TellingBlock): CaseWhen<number> {
    this.#say(when);
    return { condition: this.#expression(when.condition, block), result: this.#expression(when.result, block) };
  }

  #subquery(query: QueryIr, block: TellingBlock): number {
    const key = canonical(query);
    const told = block.told.get(key);
    if (told !== undefined) {
      this.#alike(told.query, query);
      return told.step;
    }
    const step = this.query(query, true);
    block.told.set(key, { step, query });
    return step;
  }
}

/** A column as steps name it. */
function columnWords({ kind, table, name }: ColumnIr): EdlExpression {
  // A dot in a name must not be taken for the one between table and column.
  if (table === undefined && name.includes('.')) return { kind, name, whole: true };
  return { kind, name, ...(table === undefined ? {} : { table }) };
}

const hasTail = (query: SelectIr | SetOperationIr) =>
  query.orderBy.length > 0 || query.limit !== undefined || query.offset !== undefined;

/** Columns, literals, stars and aggregates of them: nothing that takes a step of its own. */
function isPlain(expression: ExpressionIr): boolean {
  let plain = !isCondition(expression);
  visit(expression, (node) => {
    const isQuery = node.kind === 'query' || node.kind === 'in-query' || node.kind === 'exists';
    if (isQuery || needsStep(node)) plain = false;
  });
  return plain;
}

/** Does the expression hold an aggregate or a window of its own level? */
function isMeasured(expression: ExpressionIr): boolean {
  let measured = false;
  visit(expression, (node) => {
    if (node.kind === 'aggregate' || node.kind === 'window' || node.kind === 'list') measured = true;
  });
  return measured;
}

/** Worth a step under its own name: all that computes. */
const earnsStep = (expression: ExpressionIr): boolean =>
  needsStep(expression) || expression.kind === 'arithmetic' || expression.kind.startsWith('date-');

/** Every identifier of a query, so that a name of our own takes none. */
function namesIn(query: QueryIr): Set<string> {
  const names = new Set<string>();
  visit(query, (node) => {
    for (const name of [node.name, node.alias, node.table]) if (name !== undefined) names.add(name);
  });
  return names;
}
