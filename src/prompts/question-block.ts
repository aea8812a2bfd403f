import type { Calendar } from '#src/domain/calendar.ts';
import type { Engine } from '#src/domain/catalog.ts';
import { asData } from '#src/domain/m-schema.ts';
import type { Turn } from '#src/domain/question.ts';
import { isUtc } from '#src/domain/time-zone.ts';

/** What every generator's prompt says of the question. */
export interface AskedQuestion extends Calendar {
  readonly text: string;
  readonly hint: string;
  readonly engine: Engine;
  /** Relative dates with their bounds, a line each: `"last month" = from 2026-10-01, before 2026-11-01`. */
  readonly dates: readonly string[];
  /** How columns of instants are read where the asker's zone is not the database's, a line each. */
  readonly instants?: readonly string[];
  /** Stored values that the question names, a line each: `shop.country = 'Norway'`. */
  readonly values: readonly string[];
  /** Earlier turns of the thread, oldest first. */
  readonly earlier: readonly Turn[];
}

const ENGINE_NAMES: Readonly<Record<Engine, string>> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mysql: 'MySQL 8',
  mariadb: 'MariaDB',
};

export const engineName = (engine: Engine): string => ENGINE_NAMES[engine];

const TURNS_SHOWN = 3;

/** The schema, questions about it that were answered, what is known of the question, and the question last, where models read best. */
export function questionBlock(schema: string, asked: AskedQuestion, answered?: string): string {
  const turns = asked.earlier
    .slice(-TURNS_SHOWN)
    .map(
      ({ text, sql, wrong }) => `Question: ${asData(text)}${sql ? `\nQuery${saidWrong(wrong)}: ${asData(sql)}` : ''}`,
    );
  return [
    `<schema>\n${schema}\n</schema>`,
    ...(answered === undefined ? [] : [answered]),
    ...(turns.length ? [`<thread>\n${turns.join('\n')}\n</thread>`] : []),
    ...knownLines(asked),
    ...(asked.hint ? [`Hint: ${asData(asked.hint)}`] : []),
    `Question: ${asData(asked.text)}`,
  ].join('\n');
}

/** What is known of the question besides its words, a line each: stored values that it names, its relative dates with their bounds, zones. */
export const knownLines = (asked: AskedQuestion): readonly string[] => [
  ...(asked.values.length ? [`Stored values: ${asked.values.map(asData).join('; ')}`] : []),
  ...(asked.dates.length ? [`Today is ${asked.today}${inZone(asked)}. ${asked.dates.map(asData).join('; ')}.`] : []),
  ...(asked.instants?.length ? [`${asked.instants.map(asData).join('; ')}.`] : []),
];

/** The asker's zone, where it is not that of the database. */
const inZone = ({ timeZone }: AskedQuestion): string =>
  timeZone === undefined || isUtc(timeZone) ? '' : ` in ${timeZone}`;

/** What the thread said of an earlier query. */
export const saidWrong = (wrong: boolean | undefined): string => (wrong ? ' (said to be wrong)' : '');
