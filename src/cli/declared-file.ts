import type { DatabaseId } from '#src/domain/ids.ts';

/** Whether the declared configuration here names a database. */
export async function isDeclared(id: DatabaseId): Promise<boolean> {
  const { declaredHere } = await import('#src/config/declared-here.ts'); // help does not want it
  return (await declaredHere()).includes(id);
}
