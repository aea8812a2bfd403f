import type { Engine } from '#src/domain/catalog.ts';
import type { LoggedStatement } from '#src/ports/query-log.ts';
import { lexSql, SqlSyntaxError } from '#src/sql/reader/lex-sql.ts';

const NOTHING = /^(?:--[^\n]*\s*)*$/;

/** The statements of a text, each ended by a semicolon; one that stands there several times was run as often. */
export function statementsIn(text: string, engine: Engine): readonly LoggedStatement[] {
  const statements = splitAt(text, semicolons(text, engine))
    .map((one) => one.trim())
    .filter((one) => !NOTHING.test(one));
  return [...Map.groupBy(statements, (one) => one)].map(([one, all]) => ({ text: one, calls: all.length }));
}

/** Where statements end; of a text of which some part is no SQL of the engine, at semicolons that end a line. */
function semicolons(text: string, engine: Engine): readonly number[] {
  try {
    return lexSql(text, engine)
      .filter(({ upper }) => upper === ';')
      .map(({ start }) => start);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return [...text.matchAll(/;[ \t]*$/gm)].map(({ index }) => index);
    throw error;
  }
}

function splitAt(text: string, places: readonly number[]): readonly string[] {
  const starts = [0, ...places.map((place) => place + 1)];
  return starts.map((start, at) => text.slice(start, places[at] ?? text.length));
}
