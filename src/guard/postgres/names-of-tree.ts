import type {
  A_Indirection,
  Alias,
  CommonTableExpr,
  JoinExpr,
  JsonTable,
  Node,
  RangeFunction,
  RangeTableSample,
  SelectStmt,
  TypeName,
  WithClause,
} from '@pgsql/types';
import {
  type ColumnName,
  type Comparison,
  type CteNames,
  type ItemNames,
  NOTHING,
  type Part,
  type QueryNames,
  type SourceNames,
  together,
} from '../query-names.ts';
import { badFunction, notARead, unreadable } from '../refused.ts';
import type { Scope } from '../scope.ts';
import { CallCheck } from './check-calls.ts';
import { checkFields, checkInline } from './check-fields.ts';
import { columnName } from './column-name.ts';
import { conditionsOf, onConditions } from './conditions.ts';
import { FUNCTION_COLUMNS } from './grammar.ts';
import { OwnCodeCheck } from './own-code.ts';
import {
  bodyOf,
  fieldsOf,
  fieldsOfColumn,
  given,
  isNode,
  isStar,
  lastName,
  names,
  onlyBodyOf,
  statementName,
  text,
  typeOf,
} from './tree.ts';

export interface PostgresNames {
  readonly query: QueryNames;
  readonly functions: readonly string[];
}

/** Checks a SelectStmt against the closed lists and gives its names. Throws Refused. */
export function namesOfTree(select: SelectStmt, scope: Scope): PostgresNames {
  const calls = new CallCheck(scope, new OwnCodeCheck(scope, select));
  const query = new TreeReader(calls).query(select);
  return { query, functions: [...calls.functions].sort() };
}

/** What a source is called, and its columns from the first on. */
interface GivenNames {
  readonly alias?: string;
  readonly columns?: readonly string[];
}

class TreeReader {
  readonly #calls: CallCheck;

  constructor(calls: CallCheck) {
    this.#calls = calls;
  }

  query(select: SelectStmt): QueryNames {
    checkFields('SelectStmt', select);
    const { withClause, sortClause = [], limitCount, limitOffset, op, valuesLists } = select;
    const ctes = this.#ctes(withClause);
    const order = [...this.#distinctOn(select), ...sortClause.map((key) => this.#part(key))];
    const rest = this.#parts([limitCount, limitOffset]);
    if (op !== undefined && op !== 'SETOP_NONE') {
      const left = this.query(given(select.larg));
      const right = this.query(given(select.rarg));
      return { kind: 'combined', ctes, left, right, order, rest };
    }
    if (valuesLists) {
      const rows = valuesLists.map((row) => bodyOf(row, 'List')?.items ?? []);
      const values = this.#parts(rows.flat());
      return { kind: 'values', names: rows[0]?.map((_, at) => `column${at + 1}`) ?? [], values, ctes, order, rest };
    }
    const { fromClause = [], whereClause, windowClause = [], targetList = [], groupClause = [], havingClause } = select;
    const sources = fromClause.map((source) => this.#source(source));
    const conditions = [...conditionsOf(whereClause), ...fromClause.flatMap(onConditions)];
    const windows = windowClause.map((one) => this.#part(one));
    const ons = fromClause.flatMap((source) => this.#onsInSight(source));
    return {
      kind: 'select',
      ctes,
      sources,
      items: targetList.map((target) => this.#item(target)),
      where: together([this.#parts([whereClause]), ...windows, ...ons]),
      group: groupClause.map((key) => this.#part(key)),
      having: this.#parts([havingClause]),
      comparisons: conditions.map(
        ({ operator, left, right }): Comparison => ({ operator, left: this.#part(left), right: this.#part(right) }),
      ),
      order,
      rest,
    };
  }

  #ctes(clause: WithClause | undefined): CteNames[] {
    if (!clause) return [];
    checkInline('withClause', clause);
    return (clause.ctes ?? []).map((item) => {
      const cte = onlyBodyOf(item, 'CommonTableExpr');
      checkFields('CommonTableExpr', cte);
      const query = bodyOf(cte.ctequery, 'SelectStmt');
      if (!query) throw notARead(statementName(cte.ctequery));
      const columns = names(cte.aliascolnames);
      const added = this.#addedColumns(cte);
      return {
        name: given(cte.ctename),
        recursive: clause.recursive === true,
        ...(columns.length ? { columns } : {}),
        ...(added.length ? { added } : {}),
        query: this.query(query),
      };
    });
  }

  /** SEARCH and CYCLE name columns of the CTE itself, and give it more. */
  #addedColumns({ search_clause: search, cycle_clause: cycle }: CommonTableExpr): readonly string[] {
    if (search) checkInline('search_clause', search);
    if (cycle) checkInline('cycle_clause', cycle);
    const marks = this.#parts([cycle?.cycle_mark_value, cycle?.cycle_mark_default]);
    if (marks.columns.length || marks.queries.length) throw unreadable('the mark of a CYCLE is no constant');
    return [search?.search_seq_column, cycle?.cycle_mark_column, cycle?.cycle_path_column].filter(
      (name) => name !== undefined,
    );
  }

  /** DISTINCT ON looks names up as ORDER BY does; plain DISTINCT is an empty node. */
  #distinctOn({ distinctClause = [] }: SelectStmt): Part[] {
    return distinctClause.filter((key) => Object.keys(key).length).map((key) => this.#part(key));
  }

  #item(item: Node): ItemNames {
    const target = onlyBodyOf(item, 'ResTarget');
    checkFields('ResTarget', target);
    const value = given(target.val);
    const fields = fieldsOfColumn(value);
    if (isStar(fields.at(-1))) return { star: names(fields.slice(0, -1)), part: NOTHING };
    const indirection = bodyOf(value, 'A_Indirection');
    if (indirection && isStar(indirection.indirection?.at(-1))) return { star: starOf(indirection), part: NOTHING };
    return { name: target.name ?? columnName(value), part: this.#part(value) };
  }

  #source(source: Node): SourceNames {
    const type = typeOf(source);
    if ('RangeVar' in source) {
      const { schemaname, relname, alias } = this.#checked(type, source.RangeVar);
      const schema = schemaname === undefined ? {} : { schema: schemaname };
      return { kind: 'table', ...schema, name: given(relname), ...this.#alias(alias) };
    }
    if ('RangeSubselect' in source) {
      const { alias, subquery, lateral } = this.#checked(type, source.RangeSubselect);
      const names = this.#alias(alias);
      const query = this.query(onlyBodyOf(subquery, 'SelectStmt'));
      return { kind: 'derived', query, lateral: lateral === true, ...names };
    }
    if ('JsonTable' in source) return this.#jsonTable(this.#checked(type, source.JsonTable));
    if ('RangeFunction' in source) return this.#functionSource(this.#checked(type, source.RangeFunction));
    if ('RangeTableSample' in source) return this.#sampled(this.#checked(type, source.RangeTableSample));
    if ('JoinExpr' in source) return this.#join(this.#checked(type, source.JoinExpr));
    throw unreadable(`${type} is not supported`);
  }

  #checked<Body extends object>(type: string, body: Body): Body {
    checkFields(type, body);
    return body;
  }

  #alias(alias: Alias | undefined, field = 'alias'): GivenNames {
    if (!alias) return {};
    checkInline(field, alias);
    const columns = names(alias.colnames);
    return { alias: given(alias.aliasname), ...(columns.length ? { columns } : {}) };
  }

  #jsonTable({ context_item, pathspec, on_error, columns = [], alias }: JsonTable): SourceNames {
    const own = this.#alias(alias);
    for (const [field, child] of Object.entries({ context_item, pathspec, on_error }))
      if (child) checkInline(field, child);
    const outputs = columns.flatMap((column) => this.#jsonColumns(column));
    const part = this.#part(given(context_item));
    return { kind: 'function', outputs, part, ...own, alias: own.alias ?? 'json_table' };
  }

  /** The names of a JSON_TABLE's columns; their paths and defaults are constants. */
  #jsonColumns(item: Node): readonly string[] {
    const column = onlyBodyOf(item, 'JsonTableColumn');
    checkFields('JsonTableColumn', column);
    const { typeName, pathspec, format, on_empty, on_error, columns = [], name } = column;
    if (typeName) this.#type(typeName);
    for (const [field, child] of Object.entries({ pathspec, format, on_empty, on_error }))
      if (child) checkInline(field, child);
    const nested = columns.flatMap((one) => this.#jsonColumns(one));
    return name === undefined ? nested : [name, ...nested];
  }

  #sampled({ method, args = [], repeatable, relation }: RangeTableSample): SourceNames {
    const called = names(method).join('.');
    if (!['bernoulli', 'system'].includes(called)) throw badFunction(called);
    this.#parts([...args, repeatable]);
    return this.#source(given(relation));
  }

  #join(join: JoinExpr): SourceNames {
    const own = this.#alias(join.alias);
    const { alias: usingAlias } = this.#alias(join.join_using_alias, 'join_using_alias');
    if (join.usingClause || join.isNatural) this.#calls.operator(['='], [undefined, undefined]);
    return {
      kind: 'join',
      left: this.#source(given(join.larg)),
      right: this.#source(given(join.rarg)),
      natural: join.isNatural === true,
      using: names(join.usingClause),
      ...(usingAlias === undefined ? {} : { usingAlias }),
      ...(own.alias === undefined ? {} : { on: together(this.#onParts(join)) }),
      ...own,
    };
  }

  #functionSource({ alias, functions = [], coldeflist = [], ordinality }: RangeFunction): SourceNames {
    const own = this.#alias(alias);
    const declared = [...coldeflist];
    const parts: Part[] = [];
    const outputs: string[] = [];
    let firstName: string | undefined;
    for (const item of functions) {
      const [node, columns] = onlyBodyOf(item, 'List').items ?? [];
      const call = bodyOf(node, 'FuncCall');
      if (!node || !call) throw unreadable('a source that is no table, query or function is not supported');
      const name = lastName(call.funcname);
      firstName ??= name;
      parts.push(this.#part(node));
      declared.push(...(bodyOf(columns, 'List')?.items ?? []));
      const known = FUNCTION_COLUMNS.get(name);
      const several = name === 'unnest' ? (call.args ?? []).length : 1;
      // The one column of a function is called as its alias, if it has one and stands alone.
      const scalar = functions.length === 1 ? (own.alias ?? name) : name;
      if (known) outputs.push(...known);
      else if (!declared.length) outputs.push(...Array.from({ length: several }, () => scalar));
    }
    for (const definition of declared) {
      const column = onlyBodyOf(definition, 'ColumnDef');
      checkFields('ColumnDef', column);
      this.#type(given(column.typeName));
      outputs.push(given(column.colname));
    }
    if (ordinality) outputs.push('ordinality');
    return { kind: 'function', outputs, part: together(parts), ...own, alias: own.alias ?? given(firstName) };
  }

  /** The conditions of a join and of those in it, but for what has an alias: its names are its own. */
  #onParts({ quals, larg, rarg }: JoinExpr): Part[] {
    return [this.#parts([quals]), ...this.#onsInSight(larg), ...this.#onsInSight(rarg)];
  }

  #onsInSight(source: Node | undefined): Part[] {
    const join = bodyOf(source, 'JoinExpr');
    return join && !join.alias ? this.#onParts(join) : [];
  }

  #type(type: TypeName): void {
    this.#calls.type(type);
    this.#parts(type.typmods ?? []);
  }

  #parts(nodes: readonly (Node | undefined)[]): Part {
    return together(nodes.flatMap((node) => (node ? [this.#part(node)] : [])));
  }

  /** What an expression reads, after every node of it was checked. `part`: a node, or what one holds. */
  #part(part: object): Part {
    const columns: ColumnName[] = [];
    const stars: (readonly string[])[] = [];
    const queries: QueryNames[] = [];
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) {
        for (const item of value) walk(item);
        return;
      }
      if (value === null || typeof value !== 'object') return;
      if (isNode(value)) visit(value);
      else for (const [field, child] of fieldsOf(value)) walkField(field, child);
    };
    const walkField = (field: string, child: unknown) => {
      if (isTypeName(field, child)) return this.#type(child);
      if (isInline(child)) checkInline(field, child);
      walk(child);
    };
    const visit = (node: Node): void => {
      for (const [type, body] of fieldsOf(node)) checkFields(type, isObject(body) ? body : {});
      if ('SelectStmt' in node) {
        queries.push(this.query(node.SelectStmt));
        return;
      }
      if ('ColumnRef' in node) {
        const fields = fieldsOfColumn(node);
        if (isStar(fields.at(-1))) stars.push(names(fields.slice(0, -1)));
        else columns.push({ path: names(fields) });
        return;
      }
      if ('A_Const' in node) return;
      if ('A_Indirection' in node && indirected(node.A_Indirection, columns, stars)) return;
      if ('CollateClause' in node) {
        this.#calls.collation(node.CollateClause);
        walk(node.CollateClause.arg);
        return;
      }
      this.#checkCalls(node);
      for (const [, body] of fieldsOf(node))
        for (const [field, child] of fieldsOf(isObject(body) ? body : {}))
          if (!NAMING.has(field)) walkField(field, child);
    };
    walk(part);
    return { columns, stars, queries, ...bareName(part) };
  }

  /** What a node calls: by its name, by an operator that is written, or by one that is meant. */
  #checkCalls(node: Node): void {
    if ('FuncCall' in node) this.#calls.call(node.FuncCall);
    if ('SQLValueFunction' in node) this.#calls.valueFunction(node.SQLValueFunction);
    if ('A_Expr' in node) this.#calls.expression(node.A_Expr);
    if ('SubLink' in node) {
      const { testexpr, operName } = node.SubLink;
      if (testexpr) this.#calls.operator(operName ? names(operName) : ['='], [testexpr, undefined]);
    }
    if ('SortBy' in node) {
      const { useOp, node: key } = node.SortBy;
      if (useOp) this.#calls.operator(names(useOp), [key, key]);
    }
    if ('CaseExpr' in node && node.CaseExpr.arg) this.#calls.operator(['='], [node.CaseExpr.arg, undefined]);
  }
}

/** Fields that hold names and no expressions. */
const NAMING = new Set(['funcname', 'name', 'operName', 'useOp', 'collname', 'colnames', 'funcformat']);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isTypeName = (field: string, child: unknown): child is TypeName => field === 'typeName' && isObject(child);
/** What stands bare under a field, without a node's name around it. */
const isInline = (child: unknown): child is object =>
  isObject(child) && !Array.isArray(child) && Object.keys(child).length > 0 && !isNode(child);

/** The name of an expression, or of the key of an ORDER BY, that is nothing but an unqualified one. */
function bareName(part: object): { readonly bare?: string } {
  if (!isNode(part)) return {};
  const [field, ...more] = fieldsOfColumn(bodyOf(part, 'SortBy')?.node ?? part);
  return more.length || bodyOf(field, 'String') === undefined ? {} : { bare: text(field) };
}

/**
 * `(s).name`: a column of a source or of a known function, since `(s).f` may as well call a function f (GATE-8). True when
 * it was taken as a name and nothing is left to walk.
 */
function indirected(node: A_Indirection, columns: ColumnName[], stars: (readonly string[])[]): boolean {
  const { indirection: steps = [], arg } = node;
  const [first, ...more] = steps.filter((step) => bodyOf(step, 'A_Indices') === undefined);
  if (!first) return false;
  if (steps.length === 1 && isStar(first)) {
    stars.push(starOf(node));
    return true;
  }
  if (more.length || steps[0] !== first) throw unreadable('a field of a field is not supported');
  const field = text(first);
  if (bodyOf(arg, 'ColumnRef')) {
    columns.push({ path: [...names(fieldsOfColumn(arg)), field] });
    return true;
  }
  const call = bodyOf(arg, 'FuncCall');
  if (!call || !FUNCTION_COLUMNS.get(lastName(call.funcname))?.includes(field))
    throw unreadable('a field of an expression is not supported');
  return false;
}

/** The source of `(s).*`. */
function starOf({ arg, indirection = [] }: A_Indirection): readonly string[] {
  const fields = fieldsOfColumn(arg);
  if (indirection.length !== 1 || !fields.length) throw unreadable('the fields of an expression are not supported');
  return names(fields);
}
