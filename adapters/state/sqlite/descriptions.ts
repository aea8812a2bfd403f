import { z } from 'zod';
import type { DescribedThing, Description } from '#src/domain/description.ts';
import type { DescriptionStore } from '#src/ports/description-store.ts';
import { registeredIn } from './registered-in.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, readStored, text } from './stored.ts';

const schema = z.exactOptional(text);
const About: z.ZodType<DescribedThing> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('table'), table: text, schema }),
  z.strictObject({ kind: z.literal('column'), table: text, schema, column: text }),
]);

/** One thing is written one way, so that it is found again. */
function keyOf(about: DescribedThing): string {
  const { table } = about;
  const schema = about.schema === undefined ? {} : { schema: about.schema };
  const column = about.kind === 'column' ? { column: about.column } : {};
  return JSON.stringify({ kind: about.kind, ...schema, table, ...column });
}

/** What the company says of its data. A line that another version wrote is passed over. */
export function sqliteDescriptions(file: StateFile): DescriptionStore {
  const { all, change, transaction } = file;
  return {
    descriptions: async () =>
      all('SELECT database_id, about, text FROM descriptions ORDER BY database_id, about').flatMap(
        (row): Description[] => {
          const databaseId = String(row.database_id);
          const about = ifReadable(() => readStored(About, String(row.about), `a description of ${databaseId}`));
          return about ? [{ databaseId, about, text: String(row.text) }] : [];
        },
      ),
    saveDescription: async ({ databaseId, about, text: said }, at) =>
      transaction(() => {
        if (!registeredIn(file).has(databaseId)) return false;
        change(
          'INSERT OR REPLACE INTO descriptions VALUES (?, ?, ?, ?)',
          ...[databaseId, keyOf(about), said, at.toISOString()],
        );
        return true;
      }),
    removeDescription: async (id, about) =>
      change('DELETE FROM descriptions WHERE database_id = ? AND about = ?', id, keyOf(about)) === 1,
  };
}
