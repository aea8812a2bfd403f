import { bad, type EdlErrorCode, type EdlProblem, type EdlResult, good } from '#src/sql/problem.ts';
import {
  allOf,
  type CteIr,
  EMPTY_SELECT,
  type ExpressionIr,
  type ItemIr,
  type JoinIr,
  mapParts,
  type QueryIr,
  type SelectIr,
  type SortKeyIr,
  type SourceIr,
  type Span,
} from '#src/sql/query-ir.ts';
import {
  type EdlExpression,
  type EdlItem,
  type EdlSortKey,
  type EdlSource,
  type EdlText,
  isOwnName,
  type StepBody,
  type StepNode,
} from './edl-ast.ts';
import { EdlSyntaxError } from './lex-edl.ts';

/**
 * EDL steps → QueryIR by the rules for blocks (docs/edl.md, B1 to B9): a block is one SELECT that grows step by
 * step until a Select closes it. Never throws; a broken rule is a problem with its code and step.
 *
 * @param lenient lets a column be of a table that nothing here is called: the catalog is asked about it later.
 */
export function assemble(text: EdlText, lenient = false): EdlResult<QueryIr> {
  const [first, ...more] = text.steps;
  if (!first) return bad({ code: 'E_EMPTY', message: 'There are no steps.' });
  try {
    const assembler = new Assembler([first, ...more], lenient);
    return good(assembler.result(), assembler.warnings);
  } catch (error) {
    if (error instanceof EdlSyntaxError) return bad(error.problem);
    throw error;
  }
}

interface Join {
  readonly body: Extract<StepBody, { kind: 'join' }>;
  readonly step: StepNode;
}

/** An expression and the step that says it. */
interface Said<T> {
  readonly of: T;
  readonly step: StepNode;
}

type SelectSaid = Said<{ readonly distinct: boolean; readonly items: readonly EdlItem[] }>;

interface EdlBlock {
  readonly opened: StepNode;
  readonly source: EdlSource | undefined;
  /** A set operation or a quoted query: closed from the start. */
  readonly whole: Extract<StepBody, { kind: 'set' | 'verbatim' }> | undefined;
  readonly joins: Join[];
  readonly where: Said<EdlExpression>[];
  readonly bound: { readonly name: string; readonly said: Said<EdlExpression> }[];
  group: Said<readonly EdlExpression[]> | undefined;
  having: Said<EdlExpression>[];
  sort: Said<Extract<StepBody, { kind: 'sort' }>['keys']> | undefined;
  limit: Said<Extract<StepBody, { kind: 'limit' }>> | undefined;
  select: SelectSaid | undefined;
  name: string | undefined;
  /** Its latest step, and the latest that is not of the Compute kind. */
  latest: number;
  latestClause: number;
  reached: boolean;
}

/** The aliases that an expression may use: its own block's first, then those of the blocks around it. */
interface BlockAliases {
  readonly aliases: readonly { readonly alias: string; readonly table: string | undefined }[];
  readonly outer: BlockAliases | undefined;
}

class Assembler {
  readonly warnings: EdlProblem[] = [];
  readonly #steps: readonly StepNode[];
  readonly #lenient: boolean;
  readonly #owner = new Map<number, EdlBlock>();
  readonly #blocks: EdlBlock[] = [];
  #current: StepNode;

  constructor(steps: readonly [StepNode, ...StepNode[]], lenient: boolean) {
    this.#steps = steps;
    this.#lenient = lenient;
    [this.#current] = steps;
    for (const step of steps) {
      this.#current = step;
      this.#add(step);
    }
  }

  result(): QueryIr {
    // After the constructor the current step is the last one.
    const block = this.#block(this.#current.number);
    if (!isClosed(block)) {
      this.#fail('E_RESULT_NOT_CLOSED', `The last block is never closed; end with "Select … in #${block.latest}."`);
    }
    const query = this.#query(block, undefined);
    const ctes = this.#blocks.flatMap((one): CteIr[] => {
      if (one.name === undefined || one === block) return [];
      return [{ name: one.name, query: this.#query(one, undefined), ...this.#located(one.opened) }];
    });
    for (const one of this.#blocks) {
      if (one.reached) continue;
      this.warnings.push({
        code: 'E_REF_UNDEFINED',
        message: `The result of step #${one.latest} is never used.`,
        step: one.opened.number,
      });
    }
    if (ctes.length === 0) return query;
    if (query.kind === 'verbatim-query') {
      return {
        ...EMPTY_SELECT,
        ctes,
        items: [{ expression: { kind: 'star' } }],
        from: { kind: 'derived', query, alias: 'result' },
      };
    }
    return { ...query, ctes };
  }

  #fail(code: EdlErrorCode, message: string, suggestion?: string): never {
    throw new EdlSyntaxError({
      code,
      message,
      step: this.#current.number,
      ...(this.#current.span ? { at: this.#current.span.start } : {}),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }

  #located(step: StepNode): { readonly span?: Span } {
    return step.span ? { span: step.span } : {};
  }

  #add(step: StepNode): void {
    const { body, number } = step;
    switch (body.kind) {
      case 'scan':
        this.#open(step, body.source);
        return;
      case 'subquery': {
        const block = this.#open(step, body.source);
        block.select = { of: body, step };
        return;
      }
      case 'verbatim': {
        const block = this.#open(step, undefined, body);
        block.name = body.name;
        return;
      }
      case 'set': {
        for (const operand of [body.left, body.right]) this.#closed(operand);
        const block = this.#open(step, undefined, body);
        this.#name(block, body.name);
        return;
      }
      case 'join':
        this.#join(step, body);
        return;
      case 'compute': {
        const block = this.#openBlock();
        if (block.bound.some(({ name }) => name === body.name)) {
          this.#fail('E_NAME_DUP', `[${body.name}] is computed twice.`, 'Give the second one another name.');
        }
        block.bound.push({ name: body.name, said: { of: body.expression, step } });
        this.#extend(block, number, true);
        return;
      }
      default:
        this.#clause(step, body);
    }
  }

  #open(step: StepNode, source: EdlSource | undefined, whole?: EdlBlock['whole']): EdlBlock {
    if (source?.kind === 'step') this.#closed(source.step);
    const block: EdlBlock = {
      opened: step,
      source,
      whole,
      joins: [],
      where: [],
      bound: [],
      group: undefined,
      having: [],
      sort: undefined,
      limit: undefined,
      select: undefined,
      name: undefined,
      latest: step.number,
      latestClause: step.number,
      reached: false,
    };
    this.#blocks.push(block);
    this.#owner.set(step.number, block);
    return block;
  }

  #extend(block: EdlBlock, number: number, computes = false): void {
    this.#owner.set(number, block);
    block.latest = number;
    if (!computes) block.latestClause = number;
  }

  /** B3: Join and the Compute kind attach to the block that was opened last and is still open. */
  #openBlock(): EdlBlock {
    const block = this.#blocks.findLast((one) => !isClosed(one));
    return block ?? this.#fail('E_NO_OPEN_BLOCK', 'No block is open here.', 'Begin with "Retrieve all rows from …".');
  }

  #join(step: StepNode, body: Extract<StepBody, { kind: 'join' }>): void {
    if (body.source.kind === 'step') this.#closed(body.source.step);
    let block = this.#openBlock();
    const isRedundant =
      block.latest === block.opened.number &&
      block.source?.kind === 'table' &&
      body.source.kind === 'table' &&
      block.source.name === body.source.name &&
      block.source.alias === body.source.alias &&
      this.#blocks.some((one) => one !== block && !isClosed(one));
    if (isRedundant) {
      // B8: the authors scan a table before they join it.
      this.#blocks.splice(this.#blocks.indexOf(block), 1);
      this.#owner.delete(block.opened.number);
      const absorbed = block.opened.number;
      block = this.#openBlock();
      this.#owner.set(absorbed, block);
    }
    if (block.where.length || block.group) {
      this.#fail('E_ORDER', 'Join comes before Reserve Rows and Group.', 'Join all tables first.');
    }
    block.joins.push({ body, step });
    this.#extend(block, step.number);
  }

  #clause(
    step: StepNode,
    body: Extract<StepBody, { kind: 'reserve' | 'group' | 'having' | 'sort' | 'limit' | 'select' }>,
  ): void {
    const block = this.#block(body.input);
    const closed = isClosed(block);
    if (closed && body.kind !== 'sort' && body.kind !== 'limit') {
      this.#fail(
        'E_BLOCK_CLOSED',
        `#${body.input} is the end of its block.`,
        `Go on from it with "Retrieve all rows from the result of #${body.input} aliased as [r]."`,
      );
    }
    if (body.input !== block.latest && body.input !== block.latestClause) {
      this.#fail('E_REF_STALE', `#${body.input} is not the latest step of its block.`, `Write #${block.latest}.`);
    }
    switch (body.kind) {
      case 'reserve':
        if (block.group) {
          this.#fail(
            'E_RESERVE_AFTER_GROUP',
            'After Group, rows are groups.',
            `Write "Reserve the grouped rows of #${body.input} where …".`,
          );
        }
        block.where.push({ of: body.condition, step });
        break;
      case 'group':
        if (block.group) this.#fail('E_DUP_CLAUSE', 'The block has two Group steps.');
        block.group = { of: body.keys, step };
        break;
      case 'having':
        block.having.push({ of: body.condition, step });
        break;
      case 'sort':
        if (block.sort) this.#fail('E_DUP_CLAUSE', 'The block has two Sort steps.', 'Name all keys in one step.');
        if (closed && block.limit) this.#fail('E_BLOCK_CLOSED', `#${body.input} is limited already.`, SCAN_AGAIN);
        block.sort = { of: body.keys, step };
        break;
      case 'limit':
        if (block.limit) this.#fail('E_DUP_CLAUSE', 'The block has two Limit steps.', SCAN_AGAIN);
        block.limit = { of: body, step };
        break;
      case 'select':
        block.select = { of: body, step };
        this.#name(block, body.name);
        break;
    }
    this.#extend(block, step.number);
  }

  #name(block: EdlBlock, name: string | undefined): void {
    if (name === undefined) return;
    if (this.#blocks.some((one) => one.name?.toLowerCase() === name.toLowerCase())) {
      this.#fail('E_NAME_DUP', `Two results are called [${name}].`);
    }
    block.name = name;
  }

  /** The block of a step that an earlier step made. */
  #block(number: number): EdlBlock {
    const block = this.#owner.get(number);
    if (block) return block;
    if (number >= this.#current.number && this.#steps.some((step) => step.number === number)) {
      this.#fail(
        'E_CYCLE',
        `#${number} is not done yet at step #${this.#current.number}.`,
        'Use results of earlier steps.',
      );
    }
    return this.#fail('E_REF_UNDEFINED', `There is no step #${number} before this one.`);
  }

  /** A closed block, named by its latest step. */
  #closed(number: number): EdlBlock {
    const block = this.#block(number);
    if (!isClosed(block)) {
      this.#fail(
        'E_BLOCK_NOT_CLOSED',
        `#${number} is not a result yet.`,
        `Close it with "Select … in #${block.latest}."`,
      );
    }
    if (number !== block.latest) {
      this.#fail('E_REF_STALE', `#${number} is not the latest step of its block.`, `Write #${block.latest}.`);
    }
    return block;
  }

  // Blocks → queries

  #query(block: EdlBlock, outer: BlockAliases | undefined): QueryIr {
    block.reached = true;
    const { whole } = block;
    if (whole?.kind === 'verbatim') return { kind: 'verbatim-query', sql: whole.sql, ...this.#located(block.opened) };
    if (whole?.kind === 'set') {
      const scope: BlockAliases = { aliases: [], outer };
      return {
        kind: 'set-operation',
        ctes: [],
        operator: whole.operator,
        left: this.#query(this.#block(whole.left), outer),
        right: this.#query(this.#block(whole.right), outer),
        ...this.#tail(block, scope),
        ...this.#located(block.opened),
      };
    }
    return block.select
      ? this.#select(block, block.select, outer)
      : this.#fail('E_BLOCK_NOT_CLOSED', `Step #${block.latest} ends no block.`);
  }

  #select(block: EdlBlock, select: SelectSaid, outer: BlockAliases | undefined): SelectIr {
    const from = block.source && this.#source(block.source, block.opened, outer);
    const joined = block.joins.map((join) => ({ ...join, source: this.#source(join.body.source, join.step, outer) }));
    const sources = [...(from ? [from] : []), ...joined.map(({ source }) => source)];
    const scope: BlockAliases = { aliases: sources.map(aliasOf), outer };
    this.#checkAliases(scope, block);
    const into = (said: Said<EdlExpression>) => this.#expression(said, block, scope);
    const joins = joined.map(
      ({ body, step, source }): JoinIr => ({
        type: body.type,
        ...(body.natural ? { natural: true as const } : {}),
        source,
        on: body.on && into({ of: body.on, step }),
        ...(body.using.length ? { using: body.using } : {}),
        ...this.#located(step),
      }),
    );
    const { group } = block;
    const items = select.of.items.map((item) => this.#item(item, select.step, block, scope));
    return {
      ...EMPTY_SELECT,
      distinct: select.of.distinct,
      items,
      from,
      joins,
      where: allOf(block.where.map(into).flatMap(parts('and'))),
      groupBy: group?.of.map((key) => into({ of: key, step: group.step })) ?? [],
      having: allOf(block.having.map(into).flatMap(parts('and'))),
      ...this.#tail(block, scope),
      ...this.#located(select.step),
    };
  }

  #checkAliases(scope: BlockAliases, block: EdlBlock): void {
    const seen = new Set<string>();
    for (const { alias } of scope.aliases) {
      if (alias && seen.has(alias)) {
        this.#current = block.joins.at(-1)?.step ?? block.opened;
        this.#fail(
          'E_ALIAS_DUP',
          `Two tables of the block are called [${alias}].`,
          'Give one an alias: "aliased as [b]".',
        );
      }
      seen.add(alias);
    }
  }

  #tail(block: EdlBlock, scope: BlockAliases): Pick<SelectIr, 'orderBy' | 'limit' | 'offset'> {
    const { sort, limit } = block;
    const orderBy = sort ? sort.of.map((key) => this.#sortKey({ of: key, step: sort.step }, block, scope)) : [];
    return { orderBy, limit: limit?.of.count, offset: limit?.of.offset };
  }

  #sortKey({ of, step }: Said<EdlSortKey>, block: EdlBlock, scope: BlockAliases): SortKeyIr {
    return {
      expression: this.#expression({ of: of.expression, step }, block, scope),
      descending: of.descending,
      ...(of.nulls ? { nulls: of.nulls } : {}),
      ...this.#located(step),
    };
  }

  #source(source: EdlSource, step: StepNode, outer: BlockAliases | undefined): SourceIr {
    this.#current = step;
    const located = this.#located(step);
    if (source.kind === 'verbatim') return { kind: 'verbatim', sql: source.sql, ...located };
    const alias = source.alias === undefined ? {} : { alias: source.alias };
    if (source.kind === 'step') {
      return { kind: 'derived', query: this.#query(this.#block(source.step), outer), ...alias, ...located };
    }
    for (const block of this.#blocks) if (block.name === source.name) block.reached = true;
    const schema = source.schema === undefined ? {} : { schema: source.schema };
    return { kind: 'table', name: source.name, ...schema, ...alias, ...located };
  }

  #item(item: EdlItem, step: StepNode, block: EdlBlock, scope: BlockAliases): ItemIr {
    const { expression } = item;
    const bound =
      expression.kind === 'column' && expression.table === undefined
        ? block.bound.find(({ name }) => name === expression.name)
        : undefined;
    const alias = item.alias ?? (bound && !isOwnName(bound.name) ? bound.name : undefined);
    return {
      expression: this.#expression({ of: expression, step }, block, scope),
      ...(alias === undefined ? {} : { alias }),
      ...this.#located(step),
    };
  }

  /** An expression with bound names written out, dotted names split, and steps replaced by their queries. */
  #expression(
    said: Said<EdlExpression>,
    block: EdlBlock,
    scope: BlockAliases,
    visible = block.bound.length,
  ): ExpressionIr {
    const { of, step } = said;
    if (of.kind === 'column') return this.#column(of, step, block, scope, visible);
    const { span: _, ...bare } = mapParts<number, QueryIr>(of, {
      expression: (part) => this.#expression({ of: part, step }, block, scope, visible),
      query: (number) => this.#subquery(number, step, scope),
    });
    return flattened({ ...bare, ...this.#located(step) });
  }

  #subquery(number: number, step: StepNode, scope: BlockAliases): QueryIr {
    this.#current = step;
    return this.#query(this.#closed(number), scope);
  }

  #column(
    column: Extract<EdlExpression, { kind: 'column' }>,
    step: StepNode,
    block: EdlBlock,
    scope: BlockAliases,
    visible: number,
  ): ExpressionIr {
    const located = this.#located(step);
    this.#current = step;
    if (column.table !== undefined) {
      return { kind: 'column', table: this.#qualifier(column.table, scope), name: column.name, ...located };
    }
    // B7: a bound name means its expression; within that, only names bound before it.
    const at = block.bound.findLastIndex(({ name }, index) => index < visible && name === column.name);
    const bound = block.bound[at];
    if (bound) return this.#expression(bound.said, block, scope, at);
    const dot = column.whole ? -1 : column.name.indexOf('.');
    if (dot > 0) {
      const [left, right] = [column.name.slice(0, dot), column.name.slice(dot + 1)];
      const table = aliasIn(left, scope) ?? tableIn(left, scope);
      if (table !== undefined) return { kind: 'column', table, name: right, ...located };
      if (/^\w+\.\w+$/.test(column.name)) {
        if (this.#lenient) return { kind: 'column', table: left, name: right, ...located };
        const known = scope.aliases.map(({ alias }) => `[${alias}]`).join(', ');
        this.#fail('E_COLUMN_UNKNOWN', `Nothing here is called [${left}].`, known && `Here there are ${known}.`);
      }
    }
    return { kind: 'column', name: column.name, ...located };
  }

  /** `from the [t] table` may name the table of an aliased source. */
  #qualifier(table: string, scope: BlockAliases): string {
    return aliasIn(table, scope) ?? tableIn(table, scope) ?? table;
  }
}

const SCAN_AGAIN = 'Close the block and scan its result: "Retrieve all rows from the result of #k aliased as [r]."';

const isClosed = (block: EdlBlock) => block.select !== undefined || block.whole !== undefined;

function aliasOf(source: SourceIr): BlockAliases['aliases'][number] {
  if (source.kind === 'verbatim') return { alias: '', table: undefined };
  const table = source.kind === 'table' ? source.name : undefined;
  return { alias: (source.alias ?? table ?? '').toLowerCase(), table: table?.toLowerCase() };
}

/** The alias as the text spells it, if a block from here outwards has it. */
function aliasIn(name: string, scope: BlockAliases | undefined): string | undefined {
  for (let at = scope; at; at = at.outer) {
    // What a quoted source is called stands in its SQL.
    const quoted = at.aliases.some(({ alias, table }) => alias === '' && table === undefined);
    if (quoted || at.aliases.some(({ alias }) => alias === name.toLowerCase())) return name;
  }
  return undefined;
}

/** The alias of the one source that reads the table. */
function tableIn(name: string, scope: BlockAliases | undefined): string | undefined {
  for (let at = scope; at; at = at.outer) {
    const [found, ...others] = at.aliases.filter(({ table }) => table === name.toLowerCase());
    if (found && !others.length) return found.alias;
  }
  return undefined;
}

const parts = (kind: 'and') => (condition: ExpressionIr) => (condition.kind === kind ? condition.parts : [condition]);

/** NOT LIKE and the like are one condition, whichever way they are written. */
function flattened(node: ExpressionIr): ExpressionIr {
  return node.kind === 'not' && 'negated' in node.part ? { ...node.part, negated: !node.part.negated } : node;
}
