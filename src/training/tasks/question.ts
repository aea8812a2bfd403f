import { sayWords } from '#src/domain/reading.ts';
import { columnGraph } from '#src/explore/column-graph.ts';
import { shownSchema } from '#src/explore/model/shown-schema.ts';
import { wordingPrompt } from '#src/prompts/explore-wording.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { readingOf } from '#src/reading/reading.ts';
import type { AtHand } from '../at-hand.ts';
import { jsonText, leftOut, type Made } from '../lesson.ts';

/** Question from SQL: what exploring asks a model about a query that the program wrote. */
export async function questionLesson({ pair, place, sql, explained, settings }: AtHand): Promise<Made> {
  if (pair.byProgram) return leftOut('a program worded the question');
  const { catalog } = place;
  const { schema } = shownSchema(columnGraph(catalog), columnsIn(explained.query, catalog));
  if (!schema.tables.length) return leftOut('it reads no column that may be shown');
  const calendar = { today: settings.today };
  const reading = readingOf(sql, catalog, { question: pair.question, calendar });
  const stiff = reading ? sayWords(reading.line) : explained.edl.short.map(({ text }) => text).join(' ');
  return {
    kind: 'answer',
    messages: wordingPrompt(schema, { question: stiff, sql, edl: explained.text }),
    answer: jsonText({ question: pair.question }),
  };
}
