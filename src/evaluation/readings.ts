import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type PartKind, type Reading, type ReadingEdit, sayWords } from '#src/domain/reading.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { type EditedStatement, editStatement, readingOf } from '#src/reading/reading.ts';

/** What is wrong with an edited statement; nothing where it is as it was asked for. */
export type EditFault =
  | 'not written'
  | 'refused by the gate'
  | 'does not run'
  | 'no reading'
  | 'not as asked'
  | 'another part changed';

export interface TriedEdit {
  readonly kind: PartKind;
  readonly edit: ReadingEdit;
  readonly sql: string | undefined;
  readonly fault: EditFault | undefined;
  /** Milliseconds besides the database: reading the statement, changing it, the gate, and the reading of what it became. */
  readonly ms: number;
}

export interface TriedReading {
  readonly sql: string;
  readonly reading: Reading | undefined;
  readonly ms: number;
  readonly edits: readonly TriedEdit[];
}

interface Over {
  readonly catalog: DatabaseCatalog;
  /** Edited statements are run here, if one is given. */
  readonly database?: Pick<Database, 'run'> | undefined;
  readonly calendar: Calendar;
}

const never = new AbortController().signal;

/** Reads a statement and makes every change that its reading offers. */
export async function tryReading(sql: string, question: string, over: Over): Promise<TriedReading> {
  const started = performance.now();
  const reading = readingOf(sql, over.catalog, { question, calendar: over.calendar });
  const ms = performance.now() - started;
  const edits: TriedEdit[] = [];
  for (const { kind, edits: offered } of reading?.parts ?? [])
    for (const edit of offered) edits.push({ kind, edit, ...(await tryEdit(sql, question, edit, reading, over)) });
  return { sql, reading, ms, edits };
}

async function tryEdit(
  sql: string,
  question: string,
  edit: ReadingEdit,
  before: Reading | undefined,
  { catalog, database, calendar }: Over,
): Promise<Pick<TriedEdit, 'sql' | 'fault' | 'ms'>> {
  const started = performance.now();
  const read = { question, calendar };
  const edited = editStatement(sql, catalog, read, edit.id);
  if (!edited) return { sql: undefined, fault: 'not written', ms: performance.now() - started };
  const judged = await judge(edited.sql, catalog.engine, wholeCatalog(catalog));
  const after = readingOf(edited.sql, catalog, read);
  const ms = performance.now() - started;
  const of = { sql: edited.sql, ms };
  if (!judged.ok) return { ...of, fault: 'refused by the gate' };
  const ran = await database?.run(judged.value, ANSWER_LIMITS, never);
  if (ran && !ran.ok) return { ...of, fault: 'does not run' };
  return { ...of, fault: before && after ? faultOf(before, after, edited) : 'no reading' };
}

/** What a change may change beside its part: one group less leaves nothing to sort or cut. */
const TAKES_ALONG: Partial<Record<PartKind, readonly PartKind[]>> = {
  grouping: ['order', 'limit', 'filter'],
  columns: ['measure', 'order', 'limit', 'grouping'],
  measure: ['grouping', 'order'],
};

function faultOf(before: Reading, after: Reading, { change, becomes }: EditedStatement): EditFault | undefined {
  const { part: kind, from } = change;
  const isOf = (one: PartKind) => one === kind || (kind === 'columns' && one === 'measure');
  const said = ({ parts }: Reading, words: string) =>
    parts.filter((one) => isOf(one.kind) && one.words === words).length;
  const line = sayWords(after.line);
  const isAsAsked =
    becomes === undefined
      ? said(after, from) < said(before, from)
      : said(after, becomes) > said(before, becomes) && (kind === 'date' || line.includes(becomes) || kind === 'table');
  if (!isAsAsked) return 'not as asked';
  if (kind === 'table') return undefined;
  const others = ({ parts }: Reading) =>
    parts
      .filter((one) => one.kind !== kind && !TAKES_ALONG[kind]?.includes(one.kind) && one.kind !== 'date')
      .filter(({ words, kind: other }) => !(other === 'period' && words === 'at any time'))
      .map((one) => `${one.kind} ${one.words}`)
      .sort()
      .join('\n');
  return others(before) === others(after) ? undefined : 'another part changed';
}
