import type { Engine } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { QueryIr } from '#src/edl/query-ir.ts';
import { lexSql, SqlSyntaxError, type SqlToken } from '#src/edl/sql/lex-sql.ts';
import { parseSql } from '#src/edl/sql/parse-sql.ts';
import { MYSQL_FUNCTIONS } from './functions.ts';
import type { Scope } from './scope.ts';

const MAX_TOKENS = 5_000;
const MAX_DEPTH = 64;

/** Words that no plain SELECT holds outside quotes (safety.md GATE-2 and GATE-4). */
const REFUSED_WORDS = new Set(
  `INTO OUTFILE DUMPFILE PROCEDURE LOCK UPDATE DELETE INSERT LOAD CALL SET RECURSIVE JSON_TABLE
   CURRENT_USER CURRENT_ROLE SESSION_USER SYSTEM_USER SQL_CALC_FOUND_ROWS`.split(/\s+/),
);

/** Words that stand before a parenthesis without being calls. */
const OPENING_WORDS = new Set(
  `SELECT DISTINCT ALL FROM JOIN ON USING WHERE AND OR XOR NOT IN LIKE BETWEEN IS CASE WHEN THEN ELSE BY HAVING UNION
   EXCEPT INTERSECT AS WITH OVER EXISTS ANY SOME VALUES LIMIT OFFSET INTERVAL DIV MOD REGEXP RLIKE PARTITION ORDER
   SEPARATOR ESCAPE`.split(/\s+/),
);
/** Types that carry a size. */
const SIZED_TYPES = new Set('CHAR DECIMAL BINARY DATETIME TIME DOUBLE FLOAT NCHAR VARCHAR'.split(' '));

class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/**
 * Reads a MySQL or MariaDB statement. Neither engine's own grammar can be had, so the text is refused on its tokens first
 * (hidden comments, INTO, calls that are not on the list), and then two independent parsers must both see one SELECT over
 * the same tables; any doubt refuses (specs/tech.md section 7).
 */
export async function readMysql(sql: string, engine: Engine, scope: Scope): Promise<Result<TableUse[]>> {
  try {
    checkTokens(lexSql(sql, engine), sql);
    const parsed = parseSql(sql, engine);
    if (!parsed.ok) {
      const { code, message } = parsed.problems[0]!;
      const keyword = code === 'S_SEVERAL' ? 'more than one statement' : firstWord(sql);
      const known = code === 'S_SEVERAL' || (code === 'S_NOT_SELECT' && STATEMENTS.has(keyword));
      return fail(known ? { kind: 'write-refused', keyword } : { kind: 'unreadable-sql', detail: message });
    }
    const ours = tablesOf(parsed.value, engine);
    const theirs = await secondTables(sql);
    if (!theirs) return fail({ kind: 'unreadable-sql', detail: 'the second parser cannot read it as one SELECT' });
    const [left, right] = [namesOf(ours.tables, ours.ctes), namesOf(theirs, ours.ctes)];
    if (left.join() !== right.join()) {
      return fail({ kind: 'unreadable-sql', detail: 'two parsers see different tables in it' });
    }
    return ok(ours.tables.map((table) => inScope(table, scope)));
  } catch (error) {
    if (error instanceof Refused) return fail(error.failure);
    if (error instanceof SqlSyntaxError) return fail({ kind: 'unreadable-sql', detail: error.message });
    throw error;
  }
}

/** Statements that are not a SELECT. */
const STATEMENTS = new Set(
  `ALTER ANALYZE BEGIN CALL COMMIT CREATE DELETE DESC DESCRIBE DO DROP EXECUTE EXPLAIN FLUSH GRANT HANDLER INSERT INSTALL
   KILL LOAD LOCK OPTIMIZE PREPARE RENAME REPLACE RESET REVOKE ROLLBACK SET SHOW SHUTDOWN START TABLE TRUNCATE UNLOCK
   UPDATE USE VALUES XA`.split(/\s+/),
);

const firstWord = (sql: string) => /[A-Za-z]+/.exec(sql)?.[0]?.toUpperCase() ?? 'no statement';

function checkTokens(tokens: readonly SqlToken[], sql: string): void {
  if (tokens.length > MAX_TOKENS) throw unreadable(`it has more than ${MAX_TOKENS} parts`);
  let depth = 0;
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    const { kind, upper } = token;
    // What lies between tokens is blank or a comment.
    if (sql.slice(end, token.start).includes('#')) throw unreadable('it holds a # comment');
    end = token.end;
    const next = tokens[at + 1];
    if (kind === 'parameter' || upper === '@') throw unreadable('it holds a variable or parameter');
    if (upper === '-' && next?.upper === '-' && next.start === token.end)
      throw unreadable('it holds -- without a blank');
    if (upper === '(') depth += 1;
    if (upper === ')') depth -= 1;
    if (depth > MAX_DEPTH) throw unreadable('it is nested too deeply');
    if (upper === ';' && next?.kind !== 'end')
      throw new Refused({ kind: 'write-refused', keyword: 'more than one statement' });
    if (kind === 'word' && REFUSED_WORDS.has(upper)) throw new Refused({ kind: 'write-refused', keyword: upper });
    if (upper === 'FOR' && next?.upper === 'SHARE') throw new Refused({ kind: 'write-refused', keyword: 'FOR SHARE' });
    if (next?.upper === '(') checkCall(token, tokens[at - 1]);
  }
}

/** A name before a parenthesis must be a known function, by its bare name alone. */
function checkCall(token: SqlToken, before: SqlToken | undefined): void {
  const { kind, upper, value } = token;
  if (kind === 'name') {
    // `cte` (columns) AS …; anything else quoted is somebody's own function.
    if (before?.upper !== 'WITH') throw new Refused({ kind: 'function-refused', name: value });
    return;
  }
  if (kind !== 'word' || OPENING_WORDS.has(upper)) return;
  const known = MYSQL_FUNCTIONS.has(upper.toLowerCase()) || (SIZED_TYPES.has(upper) && before?.upper === 'AS');
  if (!known || before?.upper === '.') throw new Refused({ kind: 'function-refused', name: value });
}

const unreadable = (detail: string) => new Refused({ kind: 'unreadable-sql', detail });

interface TableName {
  readonly schema?: string;
  readonly name: string;
}

/** The tables that our reader sees, CTEs hidden where they are visible and nowhere else. */
function tablesOf(
  query: QueryIr,
  engine: Engine,
): { readonly tables: TableName[]; readonly ctes: ReadonlySet<string> } {
  const tables = new Map<string, TableName>();
  const ctes = new Set<string>();
  const walk = (node: unknown, hidden: ReadonlySet<string>): void => {
    if (Array.isArray(node)) for (const part of node) walk(part, hidden);
    else if (node !== null && typeof node === 'object') walkNode(node as Record<string, unknown>, hidden);
  };
  const walkNode = (node: Record<string, unknown>, hidden: ReadonlySet<string>): void => {
    if (node.kind === 'verbatim-query') throw unreadable('it holds a query of a kind that is not checked');
    if (node.kind === 'verbatim') checkQuoted(String(node.sql), engine);
    if (node.kind === 'table') {
      const { schema, name } = node as unknown as TableName;
      if (schema === undefined && hidden.has(name.toLowerCase())) return;
      tables.set(`${schema ?? ''}.${name}`, { name, ...(schema === undefined ? {} : { schema }) });
    }
    let visible = hidden;
    for (const cte of (node.ctes ?? []) as { readonly name: string; readonly query: QueryIr }[]) {
      walk(cte.query, visible);
      ctes.add(cte.name.toLowerCase());
      visible = new Set([...visible, cte.name.toLowerCase()]);
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'ctes' && key !== 'span') walk(value, visible);
  };
  walk(query, new Set());
  return { tables: [...tables.values()], ctes };
}

/** A quoted expression may hold no query: its tables would go unseen. */
function checkQuoted(sql: string, engine: Engine): void {
  const words = lexSql(sql, engine).filter(({ kind }) => kind === 'word');
  if (words.some(({ upper }) => ['SELECT', 'FROM', 'TABLE', 'VALUES', 'LATERAL'].includes(upper))) {
    throw unreadable('a part of it that reads tables is of a kind that is not checked');
  }
}

/** The tables that the second parser sees; undefined when it does not read one SELECT. */
async function secondTables(sql: string): Promise<TableName[] | undefined> {
  const { default: module } = await import('node-sql-parser');
  const parser = new module.Parser();
  const text = sql.trim().replace(/;\s*$/, '');
  for (const database of ['mysql', 'mariadb']) {
    try {
      const { ast, tableList } = parser.parse(text, { database });
      const statements = Array.isArray(ast) ? ast : [ast];
      if (statements.length !== 1 || statements[0]?.type !== 'select') return undefined;
      return tableList.map((entry) => {
        const [action, schema, name] = entry.split('::');
        if (action !== 'select') throw new Refused({ kind: 'write-refused', keyword: String(action).toUpperCase() });
        return { name: name!, ...(schema && schema !== 'null' ? { schema } : {}) };
      });
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
  }
  return undefined;
}

function namesOf(tables: readonly TableName[], ctes: ReadonlySet<string>): string[] {
  const names = tables.map(({ name }) => name.toLowerCase()).filter((name) => !ctes.has(name) && name !== 'dual');
  return [...new Set(names)].sort();
}

function inScope(table: TableName, scope: Scope): TableUse {
  const own = table.schema === undefined || scope.searchPath.some((name) => name === table.schema);
  // DUAL is a word for "no table".
  if (own && table.name.toLowerCase() === 'dual') return { name: 'dual', columns: [] };
  const found = own && scope.tables.find((one) => one.name.toLowerCase() === table.name.toLowerCase());
  if (!found)
    throw new Refused({ kind: 'table-refused', table: table.schema ? `${table.schema}.${table.name}` : table.name });
  return found;
}
