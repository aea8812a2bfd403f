import { existsSync } from 'node:fs';
import type { DatabaseId } from '#src/domain/ids.ts';

/** The declared configuration, where no other file is named. */
export const DECLARED_FILE = 'querent.config.yaml';

/** Whether the declared configuration here names a database. */
export async function isDeclared(id: DatabaseId): Promise<boolean> {
  const { readConfigFile } = await import('#src/config/declared.ts'); // it brings the reader of YAML
  const declared = existsSync(DECLARED_FILE) ? readConfigFile(DECLARED_FILE) : undefined;
  return declared?.ok === true && declared.value.some(({ database }) => database.id === id);
}
