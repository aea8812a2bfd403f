import { dateUnit } from '../dates.ts';
import { type EngineFamily, familyOf } from '../functions.ts';
import type { CastType, ExpressionIr, TypeName } from '../query-ir.ts';
import type { Cursor } from './cursor.ts';

/** Above comparisons: a value alone. */
const VALUE_LEVEL = 6;

/** INTERVAL '7 days', INTERVAL '1' MONTH, INTERVAL 7 DAY; throws on what is none of them. */
export function readInterval(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  cursor.expect('INTERVAL');
  if (cursor.token.kind === 'string') {
    const parsed = intervalText(cursor.token.value);
    if (parsed) {
      cursor.take();
      return { ...parsed, span: cursor.spanFrom(first) };
    }
  }
  if (cursor.is('(') && !cursor.mysql) throw cursor.unexpected('a text');
  const read = cursor.expression(VALUE_LEVEL);
  const amount: ExpressionIr =
    read.kind === 'text' && /^-?\d+(?:\.\d+)?$/.test(read.value)
      ? { kind: 'number', text: read.value, ...(read.span ? { span: read.span } : {}) }
      : read;
  const unit = dateUnit(cursor.token.value);
  if (!unit || amount.kind === 'text') throw cursor.unexpected('a unit of time');
  cursor.take();
  if (cursor.is('TO')) throw cursor.unexpected();
  return { kind: 'interval', amount, unit, span: cursor.spanFrom(first) };
}

function intervalText(text: string): ExpressionIr | undefined {
  const [, amount, word = ''] = /^\s*([+-]?\d+(?:\.\d+)?)\s+([A-Za-z]+)\s*$/.exec(text) ?? [];
  const unit = dateUnit(word);
  if (amount === undefined || !unit) return undefined;
  return { kind: 'interval', amount: { kind: 'number', text: amount.replace('+', '') }, unit };
}

/** CAST, with the readings that say it shorter: a date literal, a year as a number. */
export function castTo(argument: ExpressionIr, type: CastType): ExpressionIr {
  if (argument.kind === 'text') {
    const iso = /^\d{4}-\d{2}-\d{2}$/.test(argument.value);
    if (type.name === 'DATE' && iso) return { kind: 'date', value: argument.value };
    if (type.name === 'TIMESTAMP' && (iso || /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(argument.value))) {
      return { kind: 'timestamp', value: argument.value };
    }
    if (type.name === 'verbatim' && /^interval$/i.test(type.sql)) {
      const interval = intervalText(argument.value);
      if (interval) return interval;
    }
  }
  return { kind: 'cast', argument, type };
}

const TYPES: Readonly<Record<EngineFamily, Readonly<Record<string, TypeName>>>> = {
  sqlite: { DATE: 'DATE', DATETIME: 'TIMESTAMP', TIMESTAMP: 'TIMESTAMP', BOOLEAN: 'BOOLEAN', BIGINT: 'BIGINT' },
  postgres: {
    INT: 'INTEGER',
    INTEGER: 'INTEGER',
    INT4: 'INTEGER',
    BIGINT: 'BIGINT',
    INT8: 'BIGINT',
    FLOAT: 'REAL',
    FLOAT8: 'REAL',
    'DOUBLE PRECISION': 'REAL',
    NUMERIC: 'DECIMAL',
    DECIMAL: 'DECIMAL',
    TEXT: 'TEXT',
    VARCHAR: 'TEXT',
    'CHARACTER VARYING': 'TEXT',
    DATE: 'DATE',
    TIMESTAMP: 'TIMESTAMP',
    'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
    BOOLEAN: 'BOOLEAN',
    BOOL: 'BOOLEAN',
  },
  mysql: {
    SIGNED: 'INTEGER',
    'SIGNED INTEGER': 'INTEGER',
    INT: 'INTEGER',
    INTEGER: 'INTEGER',
    DOUBLE: 'REAL',
    DECIMAL: 'DECIMAL',
    CHAR: 'TEXT',
    DATE: 'DATE',
    DATETIME: 'TIMESTAMP',
  },
};

/** A type name with its numbers; the cursor ends behind it. `first` is where its text begins. */
export function readType(cursor: Cursor, first: number): CastType {
  const words: string[] = [];
  const isWord = () => cursor.token.kind === 'word' && /^[A-Z_][A-Z0-9_]*$/.test(cursor.token.upper);
  if (!isWord()) throw cursor.unexpected('a type');
  words.push(cursor.take().upper);
  const more = new Set('PRECISION VARYING UNSIGNED SIGNED INTEGER INT WITH WITHOUT TIME ZONE LOCAL'.split(' '));
  while (isWord() && more.has(cursor.token.upper) && !(cursor.is('WITH') && !cursor.is('WITH', 'TIME'))) {
    words.push(cursor.take().upper);
  }
  const numbers: number[] = [];
  if (cursor.accept('(')) {
    do {
      if (cursor.token.kind !== 'number') throw cursor.unexpected('a number');
      numbers.push(Number(cursor.take().value));
    } while (cursor.accept(','));
    cursor.expect(')');
  }
  while (isWord() && (cursor.is('WITH', 'TIME') || cursor.is('WITHOUT', 'TIME'))) {
    words.push(...[cursor.take(), cursor.take(), cursor.take()].map((token) => token.upper));
  }
  let array = false;
  while (cursor.is('[', ']')) {
    array = true;
    cursor.position += 2;
  }
  const text = words.join(' ');
  const name = array ? undefined : typeName(text, numbers, cursor);
  if (!name) return { name: 'verbatim', sql: cursor.textFrom(first) };
  // SQLite takes lengths and heeds none.
  const [precision, scale] = name === 'DECIMAL' ? numbers : [];
  return {
    name,
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
  };
}

function typeName(text: string, numbers: readonly number[], cursor: Cursor): TypeName | undefined {
  const family = familyOf(cursor.engine);
  let name = TYPES[family][text];
  if (!name && family === 'sqlite') {
    // SQLite goes by the affinity that the name's letters give.
    if (/INT/.test(text)) name = 'INTEGER';
    else if (/CHAR|CLOB|TEXT/.test(text)) name = 'TEXT';
    else if (/REAL|FLOA|DOUB/.test(text)) name = 'REAL';
    else if (/^(?:NUMERIC|DECIMAL|NUMBER)$/.test(text)) name = 'DECIMAL';
  }
  if (numbers.length > 0 && name !== 'DECIMAL') return family === 'sqlite' && name !== undefined ? name : undefined;
  return name;
}
