// Installs the pinned packages when they are missing or older than the lockfile, then checks that `npm run` will find
// Node 24. Plain JavaScript: it is what an older Node runs before the pinned one is there.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const installed = path.join(root, 'node_modules', '.package-lock.json');
const lock = path.join(root, 'package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('Installing the pinned packages (once, about half a minute) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const install = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (install.status !== 0) {
    console.error(
      'npm ci failed. Its own message is above; check that the npm registry can be reached, then run this again.',
    );
    process.exit(1);
  }
}

const found = spawnSync('node', ['-p', 'process.versions.node'], {
  encoding: 'utf8',
  env: { ...process.env, PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH ?? ''}` },
});
const version = (found.stdout ?? '').trim();
if (!(Number.parseInt(version, 10) >= 24)) {
  console.error(
    `Querent needs Node 24 or newer and found ${version || 'none'}; npm has no Node package for this platform, so please install Node 24 from nodejs.org and run this again.`,
  );
  process.exit(1);
}
