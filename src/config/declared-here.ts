import { existsSync } from 'node:fs';
import { DECLARED_FILE } from '#src/domain/declared-file.ts';
import type { DatabaseId } from '#src/domain/ids.ts';

/** The databases that the declared configuration here names; none where there is none that can be read. */
export async function declaredHere(): Promise<readonly DatabaseId[]> {
  if (!existsSync(DECLARED_FILE)) return [];
  const { readConfigFile } = await import('./declared.ts'); // it brings the reader of YAML
  const declared = readConfigFile(DECLARED_FILE);
  return declared.ok ? declared.value.map(({ database }) => database.id) : [];
}
