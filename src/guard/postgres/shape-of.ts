import { POSTGRES_FUNCTIONS } from '../functions.ts';
import { checkFormat, checkLength, checkPattern } from '../patterns.ts';
import { badFunction, notARead, unreadable } from '../refused.ts';
import type { Scope } from '../scope.ts';
import {
  type ColumnShape,
  type Comparison,
  type CteShape,
  type ItemShape,
  NOTHING,
  type Part,
  type QueryShape,
  type SelectShape,
  type SourceShape,
  together,
} from '../shape.ts';
import { isUserFunction } from '../user-functions.ts';
import {
  FUNCTION_COLUMNS,
  INLINE,
  LENGTH_ARGUMENT,
  NODES,
  type Node,
  OPERATORS,
  PATTERN_ARGUMENT,
  PATTERN_OPERATORS,
  TYPES,
  VALUE_FUNCTIONS,
} from './grammar.ts';
import { OwnCodeCheck } from './own-code.ts';

export interface PostgresShape {
  readonly query: QueryShape;
  readonly functions: readonly string[];
}

/** Checks a SelectStmt against the closed lists and gives its shape. Throws Refused. */
export function shapeOf(select: Node, scope: Scope): PostgresShape {
  const reader = new Reader(scope, select);
  const query = reader.query(select);
  return { query, functions: [...reader.functions].sort() };
}

const list = (value: unknown): readonly Node[] => (value as readonly Node[] | undefined) ?? [];
const text = (node: Node | undefined): string => String((node?.String as Node | undefined)?.sval ?? '');
const names = (value: unknown): readonly string[] => list(value).map(text);
const typeOf = (node: Node): string => Object.keys(node)[0] ?? '';
const bodyOf = (node: Node): Node => node[typeOf(node)] as Node;

class Reader {
  readonly functions = new Set<string>();
  readonly #ownCode: OwnCodeCheck;
  readonly #scope: Scope;

  constructor(scope: Scope, statement: Node) {
    this.#ownCode = new OwnCodeCheck(scope, statement);
    this.#scope = scope;
  }

  query(select: Node): QueryShape {
    checkFields('SelectStmt', select);
    const ctes = this.#ctes(select.withClause as Node | undefined);
    const order = [...this.#distinctOn(select), ...list(select.sortClause).map((key) => this.#part(key))];
    const rest = this.#parts([select.limitCount, select.limitOffset]);
    if (select.op !== undefined && select.op !== 'SETOP_NONE') {
      const left = this.query(select.larg as Node);
      const right = this.query(select.rarg as Node);
      return { kind: 'combined', ctes, left, right, order, rest };
    }
    if (select.valuesLists) {
      const rows = list(select.valuesLists).map((row) => list((row.List as Node | undefined)?.items));
      const values = this.#parts(rows.flat());
      return { kind: 'values', names: rows[0]?.map((_, at) => `column${at + 1}`) ?? [], values, ctes, order, rest };
    }
    const sources = list(select.fromClause).map((source) => this.#source(source));
    const conditions = [
      ...(select.whereClause ? conjuncts(select.whereClause as Node) : []),
      ...list(select.fromClause).flatMap(onConditions),
    ];
    const windows = list(select.windowClause).map((one) => this.#part(one));
    const ons = list(select.fromClause).flatMap((source) => this.#onsInSight(source));
    return {
      kind: 'select',
      ctes,
      sources,
      items: list(select.targetList).map((target) => this.#item(target)),
      where: together([this.#parts([select.whereClause]), ...windows, ...ons]),
      group: list(select.groupClause).map((key) => this.#part(key)),
      having: this.#parts([select.havingClause]),
      comparisons: conditions.flatMap((condition) => this.#comparison(condition)),
      order,
      rest,
    } satisfies SelectShape;
  }

  #ctes(clause: Node | undefined): CteShape[] {
    if (!clause) return [];
    checkInline('withClause', clause);
    return list(clause.ctes).map((item) => {
      const cte = item.CommonTableExpr as Node;
      checkFields('CommonTableExpr', cte);
      const query = cte.ctequery as Node;
      if (!query.SelectStmt) throw notARead(statementName(query));
      const columns = names(cte.aliascolnames);
      const added = this.#addedColumns(cte);
      return {
        name: String(cte.ctename),
        recursive: clause.recursive === true,
        ...(columns.length ? { columns } : {}),
        ...(added.length ? { added } : {}),
        query: this.query(query.SelectStmt as Node),
      };
    });
  }

  /** SEARCH and CYCLE name columns of the CTE itself, and give it more. */
  #addedColumns({ search_clause, cycle_clause }: Node): readonly string[] {
    const [search, cycle] = [search_clause as Node | undefined, cycle_clause as Node | undefined];
    if (search) checkInline('search_clause', search);
    if (cycle) checkInline('cycle_clause', cycle);
    const marks = this.#parts([cycle?.cycle_mark_value, cycle?.cycle_mark_default]);
    if (marks.columns.length || marks.queries.length) throw unreadable('the mark of a CYCLE is no constant');
    return [search?.search_seq_column, cycle?.cycle_mark_column, cycle?.cycle_path_column].flatMap((name) =>
      name === undefined ? [] : [String(name)],
    );
  }

  /** DISTINCT ON looks names up as ORDER BY does; plain DISTINCT is an empty node. */
  #distinctOn(select: Node): Part[] {
    return list(select.distinctClause)
      .filter((key) => Object.keys(key).length)
      .map((key) => this.#part(key));
  }

  #item(target: Node): ItemShape {
    const { val, name } = target.ResTarget as Node;
    checkFields('ResTarget', target.ResTarget as Node);
    const value = val as Node;
    const fields = list((value.ColumnRef as Node | undefined)?.fields);
    if (fields.at(-1)?.A_Star) return { star: fields.slice(0, -1).map(text), part: NOTHING };
    if (value.A_Indirection && list((value.A_Indirection as Node).indirection).at(-1)?.A_Star) {
      return { star: starOf(value.A_Indirection as Node), part: NOTHING };
    }
    return { name: name === undefined ? columnName(value) : String(name), part: this.#part(value) };
  }

  #source(source: Node): SourceShape {
    const node = bodyOf(source);
    checkFields(typeOf(source), node);
    const given = this.#alias(node.alias as Node | undefined);
    switch (typeOf(source)) {
      case 'RangeVar':
        return {
          kind: 'table',
          ...(node.schemaname === undefined ? {} : { schema: String(node.schemaname) }),
          name: String(node.relname),
          ...given,
        };
      case 'RangeSubselect': {
        const query = this.query((node.subquery as Node).SelectStmt as Node);
        return { kind: 'derived', query, lateral: node.lateral === true, ...given };
      }
      case 'JsonTable':
        for (const field of ['context_item', 'pathspec', 'on_error'])
          if (node[field]) checkInline(field, node[field] as Node);
        return {
          kind: 'function',
          outputs: list(node.columns).flatMap((column) => this.#jsonColumns(column)),
          part: this.#part(node.context_item as Node),
          ...given,
          alias: given.alias ?? 'json_table',
        };
      case 'RangeFunction':
        return this.#functionSource(node, given);
      case 'RangeTableSample': {
        const method = names(node.method).join('.');
        if (!['bernoulli', 'system'].includes(method)) throw badFunction(method);
        this.#parts([...list(node.args), node.repeatable]);
        return this.#source(node.relation as Node);
      }
      case 'JoinExpr': {
        const { alias: usingAlias } = this.#alias(node.join_using_alias as Node | undefined, 'join_using_alias');
        if (node.usingClause || node.isNatural) this.#operator(['='], [{}, {}]);
        return {
          kind: 'join',
          left: this.#source(node.larg as Node),
          right: this.#source(node.rarg as Node),
          natural: node.isNatural === true,
          using: names(node.usingClause),
          ...(usingAlias === undefined ? {} : { usingAlias }),
          ...(given.alias === undefined ? {} : { on: together(this.#onParts(node)) }),
          ...given,
        };
      }
      default:
        throw unreadable(`${typeOf(source)} is not supported`);
    }
  }

  #alias(alias: Node | undefined, field = 'alias'): { readonly alias?: string; readonly columns?: readonly string[] } {
    if (!alias) return {};
    checkInline(field, alias);
    const columns = names(alias.colnames);
    return { alias: String(alias.aliasname), ...(columns.length ? { columns } : {}) };
  }

  #functionSource(node: Node, given: { readonly alias?: string; readonly columns?: readonly string[] }): SourceShape {
    const declared = [...list(node.coldeflist)];
    const parts: Part[] = [];
    const outputs: string[] = [];
    let firstName: string | undefined;
    const functions = list(node.functions);
    for (const item of functions) {
      const [call, columns] = list((item.List as Node).items);
      if (!call?.FuncCall) throw unreadable('a source that is no table, query or function is not supported');
      const name = names((call.FuncCall as Node).funcname).at(-1)!;
      firstName ??= name;
      parts.push(this.#part(call));
      const ownDefinitions = list((columns?.List as Node | undefined)?.items);
      declared.push(...ownDefinitions);
      const known = FUNCTION_COLUMNS.get(name);
      const several = name === 'unnest' ? list((call.FuncCall as Node).args).length : 1;
      if (known) outputs.push(...known);
      else if (!declared.length)
        outputs.push(...Array.from({ length: several }, () => scalarName(name, given, functions)));
    }
    for (const definition of declared) {
      const column = definition.ColumnDef as Node;
      checkFields('ColumnDef', column);
      this.#type(column.typeName as Node);
      outputs.push(String(column.colname));
    }
    if (node.ordinality) outputs.push('ordinality');
    return { kind: 'function', outputs, part: together(parts), ...given, alias: given.alias ?? firstName! };
  }

  /** The names of a JSON_TABLE's columns; their paths and defaults are constants. */
  #jsonColumns(item: Node): readonly string[] {
    const column = item.JsonTableColumn as Node;
    checkFields('JsonTableColumn', column);
    if (column.typeName) this.#type(column.typeName as Node);
    for (const field of ['pathspec', 'format', 'on_empty', 'on_error']) {
      if (column[field]) checkInline(field, column[field] as Node);
    }
    const nested = list(column.columns).flatMap((one) => this.#jsonColumns(one));
    return column.name === undefined ? nested : [String(column.name), ...nested];
  }

  /** The conditions of a join and of those in it, but for what has an alias: its names are its own. */
  #onParts(join: Node): Part[] {
    return [this.#parts([join.quals]), ...[join.larg, join.rarg].flatMap((side) => this.#onsInSight(side as Node))];
  }

  #onsInSight(source: Node): Part[] {
    const join = source.JoinExpr as Node | undefined;
    return join && !join.alias ? this.#onParts(join) : [];
  }

  #comparison({ operator, left, right }: Condition): Comparison[] {
    return [{ operator, left: this.#part(left), right: this.#part(right) }];
  }

  #parts(nodes: readonly unknown[]): Part {
    return together(nodes.flatMap((node) => (node ? [this.#part(node as Node)] : [])));
  }

  /** What an expression reads, after every node of it was checked. */
  #part(node: Node): Part {
    const columns: ColumnShape[] = [];
    const stars: (readonly string[])[] = [];
    const queries: QueryShape[] = [];
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) {
        for (const item of value) walk(item);
        return;
      }
      if (value === null || typeof value !== 'object') return;
      for (const [key, child] of Object.entries(value)) {
        if (/^[A-Z]/.test(key)) visit(key, child as Node);
        else walkField(key, child);
      }
    };
    const walkField = (field: string, child: unknown) => {
      if (field === 'typeName') this.#type(child as Node);
      else {
        const fields = child !== null && typeof child === 'object' && !Array.isArray(child) ? Object.keys(child) : [];
        if (fields.length && !fields.some((name) => /^[A-Z]/.test(name))) checkInline(field, child as Node);
        walk(child);
      }
    };
    const visit = (type: string, body: Node): void => {
      checkFields(type, body);
      switch (type) {
        case 'SelectStmt':
          queries.push(this.query(body));
          return;
        case 'ColumnRef': {
          const fields = list(body.fields);
          if (fields.at(-1)?.A_Star) stars.push(fields.slice(0, -1).map(text));
          else columns.push({ path: fields.map(text) });
          return;
        }
        case 'A_Const':
          return;
        case 'A_Indirection':
          if (indirected(body, columns, stars)) return;
          break;
        case 'FuncCall':
          this.#call(body);
          break;
        case 'SQLValueFunction':
          if (!VALUE_FUNCTIONS.has(String(body.op)))
            throw badFunction(String(body.op).replace('SVFOP_', '').toLowerCase());
          break;
        case 'A_Expr':
          this.#operator(names(body.name), [body.lexpr, body.rexpr]);
          this.#patternOperator(body);
          break;
        case 'SubLink':
          if (body.testexpr) this.#operator(body.operName ? names(body.operName) : ['='], [body.testexpr, {}]);
          break;
        case 'SortBy':
          if (body.useOp) this.#operator(names(body.useOp), [body.node, body.node]);
          break;
        case 'CaseExpr':
          if (body.arg) this.#operator(['='], [body.arg, {}]);
          break;
        case 'CollateClause': {
          const collation = names(body.collname);
          if (collation.length > 1 && collation[0] !== 'pg_catalog') throw badFunction(collation.join('.'));
          walk(body.arg);
          return;
        }
      }
      for (const [field, child] of Object.entries(body)) if (!NAMING.has(field)) walkField(field, child);
    };
    walk(node);
    const inner = (node.SortBy as Node | undefined)?.node as Node | undefined;
    const bare = list(((inner ?? node).ColumnRef as Node | undefined)?.fields);
    return { columns, stars, queries, ...(bare.length === 1 && bare[0]!.String ? { bare: text(bare[0]) } : {}) };
  }

  #call(call: Node): void {
    const name = names(call.funcname);
    const full = name.join('.');
    const system = name[0] === 'pg_catalog';
    const plain = (system ? name.slice(1) : name).join('.');
    this.functions.add(full);
    if (isUserFunction(name, list(call.args).length, this.#scope)) return;
    // A name that the database defines too might mean its own code.
    const args = list(call.args);
    if (!POSTGRES_FUNCTIONS.has(plain) || (!system && this.#ownCode.functionMayBe(plain, args)))
      throw badFunction(full);
    const pattern = PATTERN_ARGUMENT.get(plain);
    if (pattern !== undefined) checkPattern(constant(args[pattern]));
    const length = LENGTH_ARGUMENT.get(plain);
    if (length !== undefined) checkLength(plain, wholeNumber(args[length]));
    if (plain === 'format') checkFormat(plain, constant(args[0]));
    if (plain === 'similar_to_escape') checkPattern(constant(args[0]));
  }

  #operator(name: readonly string[], operands: readonly unknown[]): void {
    const symbol = name.at(-1)!;
    const system = name[0] === 'pg_catalog' && name.length === 2;
    if ((name.length > 1 && !system) || !OPERATORS.has(symbol.replace(/^(?:NOT )?BETWEEN.*$/, 'BETWEEN'))) {
      throw badFunction(name.join('.'));
    }
    const given = operands.filter((operand) => operand !== undefined) as Node[];
    const symbols = symbol.includes('BETWEEN') ? ['<=', '>='] : [symbol];
    if (!system && symbols.some((one) => this.#ownCode.operatorMayBe(one, given))) throw badFunction(symbol);
  }

  #patternOperator(expression: Node): void {
    const symbol = names(expression.name).at(-1)!;
    // SIMILAR TO keeps its pattern in a call, which is checked as one.
    if (expression.kind === 'AEXPR_SIMILAR') return;
    if (PATTERN_OPERATORS.has(symbol) && expression.lexpr) checkPattern(constant(expression.rexpr as Node));
  }

  #type(type: Node): void {
    checkInline('typeName', type);
    const name = names(type.names);
    const plain = name[0] === 'pg_catalog' ? name.slice(1) : name;
    if (plain.length !== 1 || !TYPES.has(plain[0]!)) throw badFunction(`type ${name.join('.')}`);
    this.#parts(list(type.typmods));
  }
}

/** Fields that hold names and no expressions. */
const NAMING = new Set(['funcname', 'name', 'operName', 'useOp', 'collname', 'colnames', 'funcformat']);

/** `DeleteStmt` → `DELETE`, `CreateTableAsStmt` → `CREATE TABLE AS`. */
export function statementName(root: Node): string {
  const type = Object.keys(root)[0] ?? 'no statement';
  return type
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

const REFUSED_FIELDS: Readonly<Record<string, string>> = { intoClause: 'SELECT INTO', lockingClause: 'FOR UPDATE' };

function checkFields(type: string, node: Node): void {
  const fields = NODES.get(type);
  if (!fields) throw unreadable(`${type} is not supported`);
  checkAll(type, node, fields);
}

function checkInline(field: string, node: Node): void {
  const fields = INLINE.get(field);
  if (!fields) throw unreadable(`${field} is not supported`);
  checkAll(field, node, fields);
}

function checkAll(label: string, node: Node, fields: ReadonlySet<string>): void {
  for (const field of Object.keys(node)) {
    if (fields.has(field) || field === 'location') continue;
    if (REFUSED_FIELDS[field]) throw notARead(REFUSED_FIELDS[field]);
    throw unreadable(`${label}.${field} is not supported`);
  }
}

/**
 * `(s).name`: a column of a source or of a known function, since `(s).f` may as well call a function f (GATE-8). True when
 * it was taken as a name and nothing is left to walk.
 */
function indirected(node: Node, columns: ColumnShape[], stars: (readonly string[])[]): boolean {
  const steps = list(node.indirection);
  const fields = steps.filter((step) => !step.A_Indices);
  if (!fields.length) return false;
  const arg = node.arg as Node;
  if (fields.length === 1 && steps.length === 1 && fields[0]!.A_Star) {
    stars.push(starOf(node));
    return true;
  }
  if (fields.length !== 1 || steps[0] !== fields[0]) throw unreadable('a field of a field is not supported');
  const field = text(fields[0]);
  if (arg.ColumnRef) {
    columns.push({ path: [...list((arg.ColumnRef as Node).fields).map(text), field] });
    return true;
  }
  const call = names((arg.FuncCall as Node | undefined)?.funcname).at(-1);
  if (call === undefined || !FUNCTION_COLUMNS.get(call)?.includes(field)) {
    throw unreadable('a field of an expression is not supported');
  }
  return false;
}

/** The source of `(s).*`. */
function starOf(node: Node): readonly string[] {
  const fields = list(((node.arg as Node).ColumnRef as Node | undefined)?.fields);
  if (list(node.indirection).length !== 1 || !fields.length)
    throw unreadable('the fields of an expression are not supported');
  return fields.map(text);
}

interface Condition {
  readonly operator: '=' | '<';
  readonly left: Node;
  readonly right: Node;
}

/** The comparisons that a condition demands: parts of ANDs. */
function conjuncts(condition: Node): Condition[] {
  const and = condition.BoolExpr as Node | undefined;
  if (and?.boolop === 'AND_EXPR') return list(and.args).flatMap(conjuncts);
  const { kind, name, lexpr, rexpr } = (condition.A_Expr as Node | undefined) ?? {};
  if (!lexpr || !rexpr) return [];
  const [left, right] = [lexpr as Node, rexpr as Node];
  if (kind === 'AEXPR_BETWEEN') return [{ operator: '<', left, right }];
  const symbol = names(name).at(-1)!;
  if (kind !== 'AEXPR_OP') return [];
  if (symbol === '=') return [{ operator: '=', left, right }];
  return ['<', '<=', '>', '>='].includes(symbol) ? [{ operator: '<', left, right }] : [];
}

function onConditions(source: Node): Condition[] {
  const join = source.JoinExpr as Node | undefined;
  if (!join) return [];
  const own = join.quals && join.jointype === 'JOIN_INNER' ? conjuncts(join.quals as Node) : [];
  return [...own, ...[join.larg, join.rarg].flatMap((side) => onConditions(side as Node))];
}

/** A constant text, behind casts. */
function constant(node: Node | undefined): string | undefined {
  if (node?.TypeCast) return constant((node.TypeCast as Node).arg as Node);
  const value = (node?.A_Const as Node | undefined)?.sval as Node | undefined;
  return value && String(value.sval ?? '');
}

function wholeNumber(node: Node | undefined): number | undefined {
  const value = (node?.A_Const as Node | undefined)?.ival as Node | undefined;
  return value && Number(value.ival ?? 0);
}

/** The one column of a function in FROM is called as its alias, if it has one and stands alone. */
const scalarName = (name: string, given: { readonly alias?: string }, functions: readonly Node[]): string =>
  functions.length === 1 ? (given.alias ?? name) : name;

/** How PostgreSQL names a column without an alias (parse_target.c, FigureColname). */
function columnName(node: Node): string {
  const body = bodyOf(node);
  switch (typeOf(node)) {
    case 'ColumnRef':
      return text(list(body.fields).at(-1));
    case 'FuncCall':
      return names(body.funcname).at(-1)!;
    case 'A_Indirection': {
      const field = list(body.indirection).findLast((step) => step.String);
      return field ? text(field) : columnName(body.arg as Node);
    }
    case 'A_Expr':
      return body.kind === 'AEXPR_NULLIF' ? 'nullif' : '?column?';
    case 'TypeCast': {
      const inner = columnName(body.arg as Node);
      return inner === '?column?' ? names((body.typeName as Node).names).at(-1)! : inner;
    }
    case 'CollateClause':
      return columnName(body.arg as Node);
    case 'CaseExpr': {
      const otherwise = body.defresult ? columnName(body.defresult as Node) : '?column?';
      return otherwise === '?column?' ? 'case' : otherwise;
    }
    case 'SubLink':
      return subLinkName(body);
    case 'SQLValueFunction':
      return String(body.op).replace('SVFOP_', '').replace(/_N$/, '').toLowerCase();
    default:
      return NAMES[typeOf(node)] ?? (typeOf(node) === 'MinMaxExpr' ? minMaxName(body) : '?column?');
  }
}

const NAMES: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  GroupingFunc: 'grouping',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
};

const minMaxName = (body: Node) => (body.op === 'IS_LEAST' ? 'least' : 'greatest');

function subLinkName(body: Node): string {
  if (body.subLinkType === 'EXISTS_SUBLINK') return 'exists';
  if (body.subLinkType === 'ARRAY_SUBLINK') return 'array';
  if (body.subLinkType !== 'EXPR_SUBLINK') return '?column?';
  let select = (body.subselect as Node).SelectStmt as Node;
  while (select.larg) select = select.larg as Node;
  const first = list(select.targetList)[0]?.ResTarget as Node | undefined;
  if (!first) return 'column1';
  return first.name === undefined ? columnName(first.val as Node) : String(first.name);
}
