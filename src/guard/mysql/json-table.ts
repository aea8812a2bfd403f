import type { Part, SourceNames } from '../query-names.ts';
import type { TokenCursor } from './token-cursor.ts';

const TYPES =
  `INT INTEGER TINYINT SMALLINT MEDIUMINT BIGINT DECIMAL NUMERIC DOUBLE FLOAT REAL BOOLEAN BOOL CHAR VARCHAR TEXT
  TINYTEXT MEDIUMTEXT LONGTEXT DATE TIME DATETIME TIMESTAMP YEAR JSON`.split(/\s+/);

interface Around {
  expression(): Part;
  blank(from: number): void;
}

/** `JSON_TABLE(value, 'path' COLUMNS (…)) alias`: but for the value, constants alone. Throws Refused. */
export function readJsonTable(cursor: TokenCursor, around: Around): SourceNames {
  const names: string[] = [];

  function column(): void {
    if (cursor.accept('NESTED')) {
      cursor.accept('PATH');
      cursor.take('string');
      columns();
      return;
    }
    names.push(cursor.name());
    if (cursor.accept('FOR', 'ORDINALITY')) return;
    readType(cursor);
    const exists = cursor.at;
    if (cursor.accept('EXISTS')) around.blank(exists);
    cursor.expect('PATH');
    cursor.take('string');
    const otherwise = cursor.at;
    while (readOtherwise(cursor));
    if (cursor.at > otherwise) around.blank(otherwise);
  }

  function columns(): void {
    cursor.expect('COLUMNS');
    cursor.parenthesised(() => cursor.listOf(column));
  }

  cursor.expect('JSON_TABLE');
  const part = cursor.parenthesised(() => {
    const value = around.expression();
    cursor.expect(',');
    cursor.take('string');
    columns();
    return value;
  });
  const alias = cursor.alias();
  if (alias === undefined) throw cursor.unexpected();
  return { kind: 'function', outputs: names, part, alias };
}

function readType(cursor: TokenCursor): void {
  if (!cursor.acceptOneOf(TYPES)) throw cursor.unexpected();
  if (cursor.is('(')) cursor.parenthesised(() => cursor.listOf(() => cursor.take('number')));
  cursor.accept('UNSIGNED');
  if (cursor.accept('CHARACTER', 'SET')) cursor.take('word');
  if (cursor.accept('COLLATE')) cursor.take('word');
}

/** `NULL ON EMPTY`, `ERROR ON ERROR`, `DEFAULT '0' ON EMPTY`. */
function readOtherwise(cursor: TokenCursor): boolean {
  const word = cursor.acceptOneOf(['NULL', 'ERROR', 'DEFAULT']);
  if (word === undefined) return false;
  if (word === 'DEFAULT') cursor.take('string', 'number');
  cursor.expect('ON');
  if (!cursor.accept('EMPTY')) cursor.expect('ERROR');
  return true;
}
