import { OPERATOR } from '#src/domain/question.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Querent } from '#src/service/querent.ts';

const never = new AbortController().signal;

/** Registers a database as an admin does, whatever its role is warned of, and lets everybody ask it. */
export async function registerOpen(querent: Querent, database: RegisteredDatabase): Promise<void> {
  const options = { acceptWarnings: ['all'], replace: false };
  const registered = await querent.databases.register(database, options, OPERATOR, never);
  if (!registered.ok) throw new Error(registered.failure.kind);
  const grant = { effect: 'grant', databaseId: database.id, to: { kind: 'everyone' } } as const;
  const opened = await querent.access.change(database.id, () => [grant], OPERATOR);
  if (opened.kind !== 'changed') throw new Error(opened.kind);
}
