import type { Reader } from '#src/domain/access.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Intent } from '#src/domain/question.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import type { ActionPorts } from '../press.ts';
import type { Block } from '../views/message.ts';
import { type FormValues, textIn } from './form-values.ts';
import { selectInput } from './inputs.ts';

/** Any database that fits, in the list of them. */
const ANY = 'any database';
const MOST_DATABASES = SLACK_LIMITS.selectOptions - 1;

/** The databases of which somebody may read something. */
export async function readableIds(
  reader: Reader,
  { querent }: Pick<ActionPorts, 'querent'>,
): Promise<readonly DatabaseId[]> {
  const databases = await querent.access.readableBy(reader);
  return databases.flatMap(({ databaseId, tables }) => (tables?.some(({ readable }) => readable) ? [databaseId] : []));
}

/** Of which database a question is asked: one that its asker may ask, or any that fits. */
export const databaseInput = (readable: readonly DatabaseId[], initial?: DatabaseId): Block =>
  selectInput('database', {
    label: 'Database',
    choices: [
      { text: 'Any that fits', value: ANY },
      ...readable.slice(0, MOST_DATABASES).map((id) => ({ text: id, value: id })),
    ],
    initial: readable.find((id) => id === initial) ?? ANY,
  });

/** What was picked of them, as far as whoever sends it may ask it now. */
export function pickedDatabase(values: FormValues, readable: readonly DatabaseId[]): Intent {
  const picked = textIn(values, 'database') ?? ANY;
  return picked !== ANY && readable.includes(picked) ? { kind: 'from', databaseId: picked } : { kind: 'any' };
}
