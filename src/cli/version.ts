import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Of the package that this is a part of. */
export function versionOf(): string {
  const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
