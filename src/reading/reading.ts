import { createHash } from 'node:crypto';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type Reading, type ReadingChange, type ReadingEdit, sayWords, type Words } from '#src/domain/reading.ts';
import { printSql } from '#src/sql/print-sql.ts';
import { Unprintable } from '#src/sql/unprintable.ts';
import { keepsCurrencies } from './currencies.ts';
import { filterParts } from './filter-parts.ts';
import { groupingParts } from './grouping-part.ts';
import { columnsPart, measureParts } from './measure-part.ts';
import { orderParts } from './order-parts.ts';
import { type Outline, outlineOf } from './outline.ts';
import type { Edit, Part, ReadFor } from './part.ts';
import { finished } from './rewriting.ts';
import { periodWords } from './say-expression.ts';
import { between, listed, name, overWords, text } from './say-names.ts';
import { readStatement, type Statement, sourcesIn } from './statement.ts';
import { tablePart } from './table-part.ts';
import { timeParts } from './time-parts.ts';

export type { ReadFor } from './part.ts';

/** So many changes of a part are offered, the nearest. */
const MOST_EDITS = 8;

interface Read {
  readonly statement: Statement;
  readonly line: Words;
  readonly parts: readonly Part[];
}

/**
 * How a statement reads, in a person's words, with what each part can be changed to; nothing where a part of it cannot be said, for
 * a line that leaves one out would be wrong. Whoever wrote it: it is told by the statement alone.
 */
export function readingOf(sql: string, catalog: DatabaseCatalog, read: ReadFor): Reading | undefined {
  const made = readParts(sql, catalog, read);
  if (!made) return undefined;
  const parts = made.parts.map((part) => ({
    kind: part.kind,
    words: sayWords(part.words),
    edits: part.edits.slice(0, MOST_EDITS).map((edit): ReadingEdit => ({ id: idOf(part, edit), words: edit.words })),
  }));
  return { line: made.line, parts };
}

/** A statement after a change of its reading. */
export interface EditedStatement {
  readonly sql: string;
  readonly change: ReadingChange;
  /** What the part says now; nothing where it is gone. */
  readonly becomes: string | undefined;
}

/** A statement as it is after a change; nothing where the change cannot be made of it. */
export function editStatement(
  sql: string,
  catalog: DatabaseCatalog,
  read: ReadFor,
  id: string,
): EditedStatement | undefined {
  const made = readParts(sql, catalog, read);
  const found = made?.parts.flatMap((part) =>
    part.edits.flatMap((edit) => (idOf(part, edit) === id ? [{ part, edit }] : [])),
  )[0];
  const edited = made && found && printed(found.edit, made.statement);
  if (!found || edited === undefined) return undefined;
  const { part, edit } = found;
  const change = { part: part.kind, from: sayWords(part.words), to: edit.becomes ?? edit.words };
  return { sql: edited, change, becomes: edit.becomes };
}

function printed({ query }: Edit, statement: Statement): string | undefined {
  try {
    return printSql(finished(query, statement), statement.catalog.engine);
  } catch (error) {
    if (error instanceof Unprintable) return undefined;
    throw error;
  }
}

const LONGEST_ID = 60;

/** What an edit does, as an id that can be typed; with a mark where that alone would not tell it from another. */
function idOf({ kind }: Part, { words, does }: Edit): string {
  const plain = words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-|-$/g, '');
  const isWhole =
    does === undefined && plain.length <= LONGEST_ID && /^[a-z0-9_-]+$/.test(plain) && !/[^\p{L}\p{N}_ ]/u.test(words);
  const said = `${kind}-${plain.replace(/[^a-z0-9_-]/g, '').slice(0, LONGEST_ID)}`;
  return isWhole
    ? said
    : `${said}-${createHash('sha256')
        .update(does ?? words)
        .digest('hex')
        .slice(0, 6)}`;
}

function readParts(sql: string, catalog: DatabaseCatalog, read: ReadFor): Read | undefined {
  try {
    return partsOfStatement(sql, catalog, read);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // nested deeper than the stack
    throw error;
  }
}

function partsOfStatement(sql: string, catalog: DatabaseCatalog, read: ReadFor): Read | undefined {
  const statement = readStatement(sql, catalog);
  const outline = statement && outlineOf(statement, read.calendar);
  const order = outline && orderParts(outline);
  const time = outline && timeWords(outline);
  if (!outline || !order || !time) return undefined;
  const parts = [
    ...headParts(outline, read),
    ...timeParts(outline, read),
    ...filterParts(outline, read),
    ...groupingParts(outline, read),
    ...order,
  ].map((part) => ({
    ...part,
    edits: part.edits.filter((edit) => edit.becomes !== sayWords(part.words) && isSound(part, edit, outline.statement)),
  }));
  const rest = parts.filter(({ kind, isUnsaid }) => !isUnsaid && SAID_AFTER.has(kind)).map(({ words }) => words);
  const line = between([headWords(outline), ...time, ...rest, ...joinedWords(outline)], ' · ');
  return { statement: outline.statement, line, parts };
}

const SAID_AFTER: ReadonlySet<string> = new Set(['filter', 'grouping', 'order', 'limit']);

/** No change adds up several currencies where one was added up at a time. */
function isSound({ kind }: Part, { query }: Edit, statement: Statement): boolean {
  return keepsCurrencies(query, statement) || (kind !== 'grouping' && !keepsCurrencies(statement.query, statement));
}

function headParts(outline: Outline, read: ReadFor): readonly Part[] {
  const { columns } = outline;
  const shown: Part[] = columns.length
    ? [
        {
          kind: 'columns',
          words: listed(
            columns.map(({ words }) => words),
            'and',
          ),
          edits: columnsPart(outline, read),
        },
      ]
    : [];
  return [...measureParts(outline, read), ...shown, tablePart(outline, read)];
}

/** What is measured or listed, and of which rows. */
function headWords({ statement, measures, columns }: Outline): Words {
  const over = overWords(statement);
  if (columns.length) {
    const once = statement.query.distinct ? [text(', each once')] : [];
    return [
      ...listed(
        columns.map(({ words }) => words),
        'and',
      ),
      text(' of '),
      ...over,
      ...once,
    ];
  }
  const said = listed(
    measures.map(({ words }) => words),
    'and',
  );
  const tellsTable = said.some((word) => word.isName && word.text === over[0]?.text);
  return tellsTable && over.length === 1 ? said : [...said, text(' over '), ...over];
}

function timeWords({ periods, statement }: Outline): readonly Words[] | undefined {
  const said = periods.map((period) => periodWords(period, statement));
  return said.every((words) => words !== undefined) ? said : undefined;
}

/** What is joined beside what the parts name: it may leave rows out, or keep ones that have nothing there. */
function joinedWords({ statement }: Outline): readonly Words[] {
  const { query, sources, grain } = statement;
  const { joins: _, from: _from, ...clauses } = query;
  const named = sourcesIn(clauses, statement);
  const leads = (from: (typeof sources)[number]): boolean =>
    sources.some((one) => one.joined?.to === from && (named.has(one) || leads(one)));
  return sources.flatMap((source): readonly Words[] => {
    const { joined, optional, table } = source;
    if (!grain || source === grain) {
      return optional && joined ? [[name(joined.to.table.name), text(' without any included')]] : [];
    }
    if (named.has(source) || leads(source) || optional) return [];
    return [[text('joined with '), name(table.name)]];
  });
}
