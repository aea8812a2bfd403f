import { loadModule, parseSync } from 'libpg-query';
import type { Failure } from '#src/domain/failure.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { POSTGRES_FUNCTIONS } from './functions.ts';
import type { Scope } from './scope.ts';

type Node = { readonly [key: string]: unknown };

/** Node types of PostgreSQL's grammar that a read may hold; a type not listed is a refusal (safety.md GATE-4). */
const NODES = new Set(
  `SelectStmt ResTarget ColumnRef A_Star String Integer Float Boolean BitString A_Const A_Expr BoolExpr NullTest
   BooleanTest FuncCall RangeVar RangeSubselect RangeFunction JoinExpr SubLink CaseExpr CaseWhen CoalesceExpr MinMaxExpr
   TypeCast TypeName SortBy WithClause CommonTableExpr WindowDef List A_ArrayExpr A_Indirection A_Indices RowExpr
   SQLValueFunction GroupingSet GroupingFunc CollateClause NamedArgExpr JsonFuncExpr`.split(/\s+/),
);

const TYPES = new Set(
  `bool boolean int2 int4 int8 smallint integer int bigint float4 float8 real numeric decimal text varchar bpchar char
   name date time timetz timestamp timestamptz interval uuid json jsonb bytea money inet cidr macaddr bit varbit xml
   tsvector tsquery daterange tsrange tstzrange int4range int8range numrange point`.split(/\s+/),
);

class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Reads a statement with PostgreSQL's own grammar (libpg-query) against closed lists of nodes, functions and types. */
export async function readPostgres(sql: string, scope: Scope): Promise<Result<TableUse[]>> {
  await loadModule();
  if (/\bU&"/i.test(sql)) return fail({ kind: 'unreadable-sql', detail: 'it holds an escaped name' });
  let statements: readonly { readonly stmt?: Node }[];
  try {
    statements = (parseSync(sql) as { stmts?: { stmt?: Node }[] }).stmts ?? [];
  } catch (error) {
    return fail({ kind: 'unreadable-sql', detail: error instanceof Error ? error.message : 'syntax error' });
  }
  if (statements.length !== 1) return fail({ kind: 'write-refused', keyword: 'more than one statement' });
  const root = statements[0]?.stmt ?? {};
  const select = root.SelectStmt as Node | undefined;
  if (!select) return fail({ kind: 'write-refused', keyword: statementName(root) });
  const tables = new Map<string, TableUse>();
  try {
    visitSelect(select, { scope, tables, ctes: new Set() });
  } catch (error) {
    if (error instanceof Refused) return fail(error.failure);
    if (error instanceof RangeError) return fail({ kind: 'unreadable-sql', detail: 'it is nested too deeply' });
    throw error;
  }
  return ok([...tables.values()]);
}

/** `DeleteStmt` → `DELETE`, `CreateTableAsStmt` → `CREATE TABLE AS`. */
function statementName(root: Node): string {
  const type = Object.keys(root)[0] ?? 'no statement';
  return type
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

interface Context {
  readonly scope: Scope;
  readonly tables: Map<string, TableUse>;
  /** Names of the CTEs visible here. */
  readonly ctes: ReadonlySet<string>;
}

function visitSelect(select: Node, outer: Context): void {
  if (select.intoClause) throw new Refused({ kind: 'write-refused', keyword: 'SELECT INTO' });
  if (select.lockingClause) throw new Refused({ kind: 'write-refused', keyword: 'FOR UPDATE' });
  const { withClause, larg, rarg, ...rest } = select;
  const context = withClause ? visitWith(withClause as Node, outer) : outer;
  if (larg) visitSelect(larg as Node, context);
  if (rarg) visitSelect(rarg as Node, context);
  visit(rest, context);
}

/** A CTE is visible to those after it, and inside itself only when the clause is recursive. */
function visitWith(clause: Node, outer: Context): Context {
  const ctes = ((clause.ctes as Node[] | undefined) ?? []).map((item) => item.CommonTableExpr as Node);
  const names = ctes.map((cte) => String(cte.ctename));
  let visible = new Set(outer.ctes);
  if (clause.recursive) visible = new Set([...visible, ...names]);
  for (const [at, cte] of ctes.entries()) {
    const query = cte.ctequery as Node | undefined;
    if (!query?.SelectStmt) throw new Refused({ kind: 'write-refused', keyword: statementName(query ?? {}) });
    visitSelect(query.SelectStmt as Node, { ...outer, ctes: visible });
    visible = new Set([...visible, names[at]!]);
  }
  return { ...outer, ctes: visible };
}

function visit(value: unknown, context: Context): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, context);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    if (/^[A-Z]/.test(key)) visitNode(key, child as Node, context);
    else if (key === 'typeName') visitType(child as Node, context);
    else visit(child, context);
  }
}

function visitNode(type: string, node: Node, context: Context): void {
  if (!NODES.has(type)) throw new Refused({ kind: 'unreadable-sql', detail: `${type} is not supported` });
  switch (type) {
    case 'SelectStmt':
      visitSelect(node, context);
      return;
    case 'RangeVar':
      useTable(node, context);
      return;
    case 'FuncCall':
      checkFunction(names(node.funcname));
      break;
    case 'A_Expr': {
      const operator = names(node.name);
      if (operator.length > 1 && operator[0] !== 'pg_catalog') {
        throw new Refused({ kind: 'function-refused', name: operator.join('.') });
      }
      break;
    }
    case 'TypeName':
      visitType(node, context);
      return;
  }
  visit(node, context);
}

function names(value: unknown): string[] {
  return ((value as Node[] | undefined) ?? []).map((item) => String((item.String as Node | undefined)?.sval ?? ''));
}

function checkFunction(name: readonly string[]): void {
  const plain = name[0] === 'pg_catalog' ? name.slice(1) : name;
  if (plain.length !== 1 || !POSTGRES_FUNCTIONS.has(plain[0]!.toLowerCase())) {
    throw new Refused({ kind: 'function-refused', name: name.join('.') });
  }
}

function visitType(node: Node, context: Context): void {
  const name = names(node.names);
  const plain = name[0] === 'pg_catalog' ? name.slice(1) : name;
  if (plain.length !== 1 || !TYPES.has(plain[0]!.toLowerCase())) {
    throw new Refused({ kind: 'function-refused', name: `type ${name.join('.')}` });
  }
  visit(node.typmods, context);
}

function useTable(range: Node, context: Context): void {
  const name = String(range.relname);
  const schema = range.schemaname === undefined ? undefined : String(range.schemaname);
  if (range.catalogname !== undefined) throw new Refused({ kind: 'table-refused', table: name });
  if (schema === undefined && context.ctes.has(name)) return;
  const label = schema === undefined ? name : `${schema}.${name}`;
  const found = schema === undefined ? lookUp(context.scope, name) : exact(context.scope, schema, name);
  if (!found) throw new Refused({ kind: 'table-refused', table: label });
  context.tables.set(`${found.schema ?? ''}\u0000${found.name}`, found);
}

const exact = (scope: Scope, schema: string, name: string) =>
  scope.tables.find((table) => table.name === name && table.schema === schema);

/** As the server would: the first schema of the search path that has the name; never a system catalog. */
function lookUp(scope: Scope, name: string): TableUse | undefined {
  if (/^pg_/i.test(name)) return undefined;
  for (const schema of scope.searchPath) {
    const found = exact(scope, schema, name);
    if (found) return found;
  }
  return undefined;
}
