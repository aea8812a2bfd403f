import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { familyOf } from '#src/sql/functions.ts';
import { printSql } from '#src/sql/print-sql.ts';
import { bad, type EdlProblem, type EdlResult, good, orTooDeep } from '#src/sql/problem.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { holdsVerbatim } from '#src/sql/reader/parse-sql.ts';
import { Unprintable } from '#src/sql/unprintable.ts';
import { assemble } from './assemble.ts';
import { quotesSql } from './edl-ast.ts';
import { readMended } from './mend.ts';
import { parseEdl } from './parse-edl.ts';
import { validate } from './validate.ts';

export interface CompileOptions {
  /** The engine to write SQL for. */
  readonly engine: Engine;
  /** Checks tables and columns, and lets an unqualified name find its table. */
  readonly catalog?: DatabaseCatalog;
  /** The engine that quoted parts were written for; default: `engine`. */
  readonly verbatimEngine?: Engine;
}

export interface Compiled {
  readonly sql: string;
  readonly query: QueryIr;
}

/**
 * EDL text → SQL (docs/edl.md). A text that is nearly EDL is read as what it can only mean, with warnings that say how; EDL is
 * read as it stands. Never throws; problems name their step.
 */
export function compile(text: string, options: CompileOptions): EdlResult<Compiled> {
  return orTooDeep('E_SYNTAX', () => compiled(text, options));
}

function compiled(text: string, options: CompileOptions): EdlResult<Compiled> {
  const strict = readEdl(text, options);
  const read = strict.ok ? strict : readMended(text, options, strict.problems);
  if (!read.ok) return read;
  const { engine, verbatimEngine = engine } = options;
  if (familyOf(verbatimEngine) !== familyOf(engine)) {
    const step = quotedStep(text);
    if (step !== undefined || holdsVerbatim(read.value)) {
      return bad({
        code: 'E_VERBATIM_DIALECT',
        message: `SQL quoted for ${verbatimEngine} cannot be compiled for ${engine}.`,
        ...(step === undefined ? {} : { step }),
      });
    }
  }
  try {
    return good({ sql: printSql(read.value, engine), query: read.value }, read.warnings);
  } catch (error) {
    if (error instanceof Unprintable) return bad({ code: error.code, message: error.message });
    throw error;
  }
}

/** EDL text → QueryIR, checked; nothing is mended. */
export function readEdl(text: string, options: CompileOptions): EdlResult<QueryIr> {
  const parsed = parseEdl(text);
  if (!parsed.ok) return parsed;
  const assembled = assemble(parsed.value);
  if (!assembled.ok) return assembled;
  const checked = validate(assembled.value, parsed.value, options.engine, options.catalog);
  const [error, ...more] = checked.problems.filter((problem) => !checked.lenient.has(problem));
  if (error) return bad(error, ...more);
  const warnings: EdlProblem[] = [...assembled.warnings, ...checked.lenient];
  return good(checked.query, warnings);
}

function quotedStep(text: string): number | undefined {
  const parsed = parseEdl(text);
  if (!parsed.ok) return undefined;
  return parsed.value.steps.find(({ body }) => quotesSql(body))?.number;
}
