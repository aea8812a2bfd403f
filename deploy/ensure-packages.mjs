// Plain JavaScript: it is what an older Node runs before the pinned one is there.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Installs the pinned packages where they are missing or older than the lockfile. A sentence where that fails, else
 * undefined.
 */
export function ensurePackages(root) {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return undefined;
  console.error('Installing the pinned packages (once, about half a minute) …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2], // standard output is the command's
    shell: process.platform === 'win32', // where npm is a script
  });
  return install.status === 0
    ? undefined
    : 'npm ci failed. Its own message is above; check that the npm registry can be reached, then run this again.';
}
