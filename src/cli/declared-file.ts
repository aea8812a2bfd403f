import { declaredHere } from '#src/config/declared-here.ts';
import type { DatabaseId } from '#src/domain/ids.ts';

export { DECLARED_FILE } from '#src/config/declared-here.ts';

/** Whether the declared configuration here names a database. */
export const isDeclared = async (id: DatabaseId): Promise<boolean> => (await declaredHere()).includes(id);
