import type {
  Answer,
  Answered,
  CatalogAnswer,
  Clarification,
  ClarificationOption,
  Failed,
  OfferedQuestion,
  OutcomeQuestion,
} from '#src/domain/answer.ts';
import { stepText } from '#src/domain/edl.ts';
import { sayEvidence } from '#src/domain/evidence.ts';
import { type NumberCheck, sayChecks } from '#src/domain/number-check.ts';
import { sayOrigin } from '#src/domain/origin.ts';
import { sayWords } from '#src/domain/reading.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { textTable } from '#src/terminal/table.ts';
import { type AskedAt, askCommand } from './ask-command.ts';

const ROWS_SHOWN = 40;
/** Characters of a line of a table: what a wide window shows without wrapping. */
const TABLE_WIDTH = 140;

/** An answer as text for a terminal. */
export function answerText(given: Answer, at: AskedAt = {}): string {
  switch (given.kind) {
    case 'answer':
      return answeredText(given);
    case 'catalog':
      return catalogText(given);
    case 'courtesy':
      return [given.text, ...offerLines(given.offered, at)].join('\n');
    case 'clarification':
      return clarificationText(given, at);
    case 'outcomes':
      return outcomesText(given);
    case 'failure':
      return failedText(given, at);
  }
}

function failedText({ failure, databaseId, offered = [] }: Failed, at: AskedAt): string {
  const asked = failure.kind === 'declined' ? [`(asked ${databaseId})`] : [];
  return [sayToOperator(failure), ...asked, ...offerLines(offered, at)].join('\n');
}

/** The questions that are offered, each as the command that asks it. */
function offerLines(offered: readonly OfferedQuestion[], at: AskedAt): string[] {
  if (!offered.length) return [];
  return [
    'I can answer, for example:',
    ...offered.map(({ text, databaseId }) => `  ${askCommand(text, databaseId, at) ?? text}`),
  ];
}

function clarificationText({ prompt, options, reason, question }: Clarification, at: AskedAt): string {
  const first = options[0] && askCommand(question.text, options[0].databaseId, at);
  const example = first === undefined ? '' : `, for example:\n  ${first}\n`;
  return [prompt, ...options.map(optionLine), `Ask again with --db NAME${example || '. '}(${reason})`].join('\n');
}

function optionLine(option: ClarificationOption, at: number): string {
  const { databaseId, tables, rows, latest, owner, used, onlyHere, description } = option;
  const told = [
    ...(rows === undefined ? [] : [`about ${rows.toLocaleString('en-US')} rows`]),
    ...(latest === undefined ? [] : [`up to ${latest}`]),
    ...(owner === undefined ? [] : [`owned by ${owner}`]),
    ...(used ? [`asked ${used === 1 ? 'once' : `${used} times`} here`] : []),
  ];
  const alone = onlyHere.length ? `; it alone holds ${onlyHere.slice(0, 3).join(', ')}` : '';
  const apart = told.length ? ` (${told.join(', ')})` : '';
  return `  ${at + 1}. ${databaseId}: ${tables.join(', ')}${apart}${alone}${description ? ` — ${description}` : ''}`;
}

function outcomesText({ prompt, outcomes, reason }: OutcomeQuestion): string {
  const lines = outcomes.flatMap(({ label, differs, sql }, at) => [
    `  ${at + 1}. ${label}`,
    ...(differs.length ? [`     ${differs.join(' ')}`] : []),
    `     ${sql}`,
  ]);
  return [prompt, ...lines, `Ask again and say which. (${reason})`].join('\n');
}

function catalogText({ text, columns, rows }: CatalogAnswer): string {
  const table = { columns: columns.map((name) => ({ name, type: 'text', kind: 'text' as const })), rows };
  return [
    text,
    ...(rows.length ? [textTable(table, { rows: rows.length }).text] : []),
    '(from the catalog; no query ran)',
  ].join('\n');
}

function answeredText(given: Answered): string {
  return [
    `\n${given.takeaway}\n`,
    ...rowLines(given),
    sourceLine(given),
    ...readingLines(given),
    ...whyLines(given),
    ...given.caveats.map((caveat) => `! ${caveat}`),
    '\nHow this was computed',
    ...given.edl.short.map((line) => `  ${line.text}`),
    ...checkLines(given.checks),
    '\nSteps (EDL)',
    ...given.edl.steps.map((step) => `  ${stepText(step)}`),
    `\nSQL\n  ${given.sql}`,
  ].join('\n');
}

/** The rows, unless the takeaway says all of them. */
function rowLines({ table, display }: Answered): string[] {
  const { rows } = table;
  if (!rows.length || (rows.length === 1 && table.columns.length === 1)) return [];
  const more = rows.length - ROWS_SHOWN;
  const { text, left } = textTable(table, { rows: ROWS_SHOWN, width: TABLE_WIDTH, ...(display ? { display } : {}) });
  const columns = `${left.length} more ${left.length === 1 ? 'column' : 'columns'}`;
  return [
    text,
    ...(more > 0 ? [`… ${more.toLocaleString('en-US')} more rows (--json has them all)`] : []),
    ...(left.length ? [`… ${columns} to the right (--json has them all): ${left.join(', ')}`] : []),
    '',
  ];
}

function sourceLine({ databaseId, tables, table, origin }: Answered): string {
  const rows = `${table.rows.length} ${table.rows.length === 1 ? 'row' : 'rows'}`;
  return [databaseId, tables.join(', '), rows, `${Math.round(table.elapsedMs)} ms`, sayOrigin(origin)].join(' · ');
}

/** What the numbers were tested for. */
function checkLines(checks: readonly NumberCheck[]): string[] {
  const said = sayChecks(checks);
  if (said === undefined) return [];
  return [
    `\n${said}`,
    ...checks.flatMap(({ says }) => (says ? [`  ${says.charAt(0).toUpperCase()}${says.slice(1)}`] : [])),
  ];
}

/** How the query reads; --edit takes the ids that --json lists. */
const readingLines = ({ reading }: Answered): string[] => (reading ? [`Read as: ${sayWords(reading.line)}`] : []);

/** Why this database, where another was possible. */
function whyLines({ databaseId, databases, probability }: Answered): string[] {
  if (databases.length <= 1 && probability >= 1) return [];
  const why = sayEvidence(databases.find((one) => one.databaseId === databaseId)?.evidence ?? []);
  const sure = Math.round(100 * probability);
  return [`Why ${databaseId} (${sure} % sure): ${why.join(', ') || 'closest in meaning'}`];
}
