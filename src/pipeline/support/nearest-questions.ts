import type { Calendar } from '#src/domain/calendar.ts';
import type { Table } from '#src/domain/catalog.ts';
import type { RankedSchema } from '#src/domain/schema-slice.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { plan } from '#src/planner/plan.ts';

const OFFERED = 2;
const LOOKED_AT = 4;

/** Questions about the tables nearest to one that cannot be answered; the planner can answer each of them. */
export function nearestQuestions({ catalog, ranked }: RankedSchema, calendar: Calendar): string[] {
  const tables = ranked.length ? ranked : catalog.tables;
  const possible = tables.slice(0, LOOKED_AT).flatMap(questionsOf);
  return possible
    .filter((question) => plan({ question, catalog, ranked, ...calendar }).kind === 'planned')
    .slice(0, OFFERED);
}

function questionsOf(table: Table): string[] {
  const name = splitIdentifier(table.title ?? table.name).join(' ');
  const grouping = table.columns.find(
    ({ kind, valuesComplete, values }) => kind === 'text' && valuesComplete && values.length > 1 && values.length <= 30,
  );
  return [
    ...(grouping
      ? [`How many ${name} are there by ${splitIdentifier(grouping.title ?? grouping.name).join(' ')}?`]
      : []),
    `How many ${name} are there?`,
  ];
}
