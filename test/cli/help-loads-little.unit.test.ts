import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** What a module imports whenever it is loaded: neither types alone nor what is imported once it is wanted. */
function importedBy(file: string): readonly string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s(?!type\b)[^;'(=]*?\bfrom\s*'([^']+)'|^import '([^']+)'/gm);
  return [...statements].map(([, from, alone]) => {
    const target = from ?? alone ?? '';
    if (target.startsWith('#')) return target.slice(1);
    return target.startsWith('.') ? path.join(path.dirname(file), target) : target;
  });
}

function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (existsSync(path.join(root, file))) for (const one of importedBy(file)) loadedWith(one, seen);
  return seen;
}

it('help loads no adapter, no pipeline, no settings and no package but the reader of arguments', () => {
  const loaded = [...loadedWith('src/cli/main.ts')];
  const ours = loaded.filter((one) => /^(?:src|adapters|schemas-index)\//.test(one));
  assert.ok(ours.includes('src/cli/ask.ts') && ours.length > 30, ours.join(' '));
  assert.deepEqual(
    ours.filter((one) => !/^src\/(?:cli|terminal|domain)\//.test(one)),
    [],
  );
  const packages = loaded.filter((one) => !ours.includes(one) && !one.startsWith('node:'));
  assert.deepEqual(packages, ['@commander-js/extra-typings']);
});
