import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ExploredPair, Rejection } from '#src/domain/explored-pair.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { Unprintable } from '#src/sql/unprintable.ts';

/** A query as every part of a pair needs it. */
export interface WrittenQuery {
  readonly sql: string;
  readonly edl: string;
  /** The statement as it is read again: resolved. */
  readonly query: QueryIr;
  /** What the steps compile to, where that is another text. */
  readonly again?: string;
}

/** The SQL of a query with its steps in words, both ways; else why there is none. */
export function writeQuery(query: QueryIr, catalog: DatabaseCatalog): WrittenQuery | Rejection {
  try {
    return explainQuery(printSql(query, catalog.engine), catalog);
  } catch (error) {
    if (error instanceof Unprintable) return 'no query';
    throw error;
  }
}

/** A statement with its steps in words, both ways; else why it is none that is kept. */
export function explainQuery(sql: string, catalog: DatabaseCatalog): WrittenQuery | Rejection {
  const { engine } = catalog;
  const explained = explain(sql, engine, catalog);
  if (!explained.ok || explained.value.unknown.length || !explained.value.certificate.complete) return 'not explained';
  const { text, query } = explained.value;
  const compiled = compile(text, { engine, catalog });
  if (!compiled.ok) return 'not the same again';
  return { sql, edl: text, query, ...(compiled.value.sql === sql ? {} : { again: compiled.value.sql }) };
}

/** By how much of the statement there is to get right: joins, conditions, groups, queries within. */
export function difficultyOf({ edl }: Pick<WrittenQuery, 'edl'>): ExploredPair['difficulty'] {
  const steps = edl.split('\n').length;
  return steps <= 3 ? 'simple' : steps <= 5 ? 'moderate' : 'challenging';
}
