import type { DatabaseId } from '#src/domain/ids.ts';
import type { StateFile } from './state-file.ts';

/** The databases that are registered now; within the transaction that asks, none comes or goes. */
export const registeredIn = ({ all }: StateFile): ReadonlySet<DatabaseId> =>
  new Set(all('SELECT id FROM databases').map((row) => String(row.id)));
