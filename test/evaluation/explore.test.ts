import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, it } from 'vitest';
import type { ExploredPair, Rejected } from '#src/domain/explored-pair.ts';
import { json, scriptedModel } from '../support/scripted-model.ts';
import { makeSqlite } from '../support/small-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const databases = path.join(folder, 'databases');
mkdirSync(databases);
for (const name of ['first', 'second'])
  makeSqlite(
    path.join(databases, `${name}.sqlite`),
    `CREATE TABLE tools (id INTEGER PRIMARY KEY, title TEXT, price REAL, kind TEXT);
     ${Array.from({ length: 12 }, (_, id) => `INSERT INTO tools VALUES (${id}, 'tool ${id}', ${id * 3}, '${id % 3 ? 'garden' : 'kitchen'}');`).join('\n')}`,
  );

const FOR = JSON.stringify({ faithful: true, uses_only_schema: true, ambiguous: false, missing: '' });
let isDead = false;
const server = await scriptedModel(({ messages }) => {
  if (isDead) return (_, response) => json(response, 500, { error: { message: 'CUDA error' } });
  const first = messages[0]?.content ?? '';
  if (first.startsWith('You write questions'))
    return '{"questions": [{"question": "What is the mean price?"}, {"question": "What do the 77 dearest cost on average?"}]}';
  if (first.startsWith('You write one')) return '```sql\nSELECT AVG(price) FROM tools\n```';
  return first.startsWith('You check') ? FOR : 'Sorry.';
});
afterAll(server.stop);

const out = path.join(folder, 'pairs.jsonl');
const rejected = path.join(folder, 'rejected.jsonl');
const explore = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) =>
    execFile(
      process.execPath,
      ['bin/run.mjs', 'src/evaluation/cli/explore.ts', '--databases', databases, '--out', out, '--json', ...args],
      { env: { ...process.env, QUERENT_HOME: path.join(folder, 'home') } },
      (error, printed, err) => resolve({ code: Number(error?.code ?? 0), out: printed, err }),
    ),
  );
const linesOf = <T>(file: string): readonly T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
const withModel = ['--model-url', server.baseUrl, '--model', 'scripted', '--rejected', rejected] as const;

/** Programs are started. */
const PATIENCE_MS = 240_000;

describe('npm run explore with a model', { timeout: PATIENCE_MS }, () => {
  it('says truly what each mechanism wrote, what was not kept and why, and what the model cost', async () => {
    const ended = await explore('--pairs', '20', '--calls', '24', ...withModel);
    assert.equal(ended.code, 0, ended.err);
    const summary = JSON.parse(ended.out.trim().split('\n').at(-1) ?? '') as {
      readonly pairs: number;
      readonly byMechanism: Readonly<Record<string, number>>;
      readonly accepted: number;
      readonly rejected: Readonly<Record<string, number>>;
      readonly calls: number;
      readonly tokens: number;
      readonly executable: number;
      readonly certified: number;
    };
    const pairs = linesOf<ExploredPair>(out);
    const refused = linesOf<Rejected & { readonly db_id: string }>(rejected);
    assert.equal(pairs.length, 20);
    assert.deepEqual([summary.calls, summary.tokens], [server.asked.length, 15 * server.asked.length]);
    assert.ok(summary.calls <= 24);
    const count = (of: readonly { readonly mechanism: string }[], one: string) =>
      of.filter(({ mechanism }) => mechanism === one).length;
    for (const [name, times] of Object.entries(summary.byMechanism)) assert.equal(times, count(pairs, name));
    assert.equal(summary.byMechanism.semantic, 2); // one a database
    assert.equal(
      Object.values(summary.rejected).reduce((sum, times) => sum + times, 0),
      refused.length,
    );
    assert.equal(summary.accepted, Math.round((10_000 * 20) / (20 + refused.length)) / 10_000);
    assert.deepEqual([summary.executable, summary.certified], [1, 1]);
    const lacking = refused.find(({ question }) => question?.includes('77'));
    assert.deepEqual([lacking?.stage, lacking?.reason], ['not faithful', 'the query has no “77”']);
  });

  it('keeps what was made where the server dies, and goes on from it', async () => {
    isDead = true;
    const died = await explore('--pairs', '40', '--resume', ...withModel);
    assert.equal(died.code, 1);
    assert.match(died.err, /The model server reported an error\. .* What was made is kept; --resume goes on\./);
    const kept = linesOf<ExploredPair>(out);
    assert.ok(kept.length >= 20 && kept.length < 40, `${kept.length}`);
    const again = await explore('--pairs', '40', '--resume');
    assert.equal(again.code, 0, again.err);
    const all = linesOf<ExploredPair>(out);
    assert.equal(all.length, 40);
    for (const pair of kept) assert.ok(all.some(({ id, question }) => id === pair.id && question === pair.question));
  });

  it('passes over a database that cannot be read, with a sentence, and explores the others', async () => {
    const mixed = path.join(folder, 'mixed');
    mkdirSync(mixed);
    writeFileSync(path.join(mixed, 'broken.sqlite'), 'no database');
    copyFileSync(path.join(databases, 'first.sqlite'), path.join(mixed, 'first.sqlite'));
    const ended = await explore('--databases', mixed, '--pairs', '10');
    assert.equal(ended.code, 0, ended.err);
    assert.match(ended.err, /^broken: .*broken is not reachable\./m);
    assert.deepEqual([...new Set(linesOf<ExploredPair>(out).map(({ db_id: id }) => id))], ['first']);
  });

  it('says so where none can be read, or the disk is full', async () => {
    const broken = path.join(folder, 'broken');
    const none = path.join(folder, 'none');
    for (const one of [broken, none]) mkdirSync(one);
    writeFileSync(path.join(broken, 'broken.sqlite'), 'no database');
    const full = await explore('--out', '/dev/full', '--pairs', '10');
    const unread = await explore('--databases', broken);
    const empty = await explore('--databases', none);
    assert.deepEqual([unread.code, full.code, empty.code], [1, 1, 2]);
    assert.match(unread.err, /broken is not reachable\./);
    assert.match(full.err, /The disk is full; what was written until then is kept\./);
    assert.match(empty.err, /none holds no database\./);
  });

  it.each([
    [['--mechanisms', 'semantic'], /^Semantic and progressive need a model: give --model-url URL and --model NAME\./],
    [['--mechanisms', 'magic'], /^There is no mechanism magic; there are structural, semantic, progressive\./],
  ] as const)('%j ends with a sentence', async (args, says) => {
    const ended = await explore(...args);
    assert.equal(ended.code, 2);
    assert.match(ended.err, says);
  });
});
