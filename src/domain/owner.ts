import { readGrantee } from './access.ts';
import type { RegisteredDatabase } from './registered-database.ts';

/** A person or a user group of the chat surface that owns a database, and so may administer it. */
export interface Owner {
  readonly kind: 'user' | 'group';
  readonly id: string;
}

/** The owner of a database where it is written `user:ID` or `group:ID`. In other words it is only told to those who ask. */
export function ownerOf({ owner }: Pick<RegisteredDatabase, 'owner'>): Owner | undefined {
  const named = owner === undefined ? undefined : readGrantee(owner);
  return named?.kind === 'user' || named?.kind === 'group' ? { kind: named.kind, id: named.id } : undefined;
}
