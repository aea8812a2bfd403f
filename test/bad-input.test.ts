import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, inject, it } from 'vitest';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { openPostgres } from '#adapters/database/postgres/open-postgres.ts';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { partsOf } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import type { Answer } from '#src/domain/answer.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { Secret } from '#src/domain/secret.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { openQuerent } from '#src/service/querent.ts';
import { querentIn } from '#test/cli/run-querent.ts';
import { registerOpen } from '#test/support/register-open.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';
import { eventually } from '#test/support/wait.ts';

const never = new AbortController().signal;
const scratch = () => mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));

function sqliteFile(script: string): string {
  const file = path.join(scratch(), 'data.sqlite');
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
  return file;
}

/** A Querent of one SQLite database, asked as the command line asks. */
async function askOf(script: string, text: string): Promise<Answer> {
  const clock = { now: () => new Date('2025-03-15T12:00:00Z'), elapsed: () => performance.now() };
  const querent = openQuerent({ ...partsOf(readConfig({ QUERENT_HOME: scratch() })), clock });
  try {
    await registerOpen(querent, { id: 'data', url: `sqlite:${sqliteFile(script)}` });
    return await querent.ask({ text, asker: OPERATOR, place: { kind: 'terminal' } }, {}, never);
  } finally {
    await querent.close();
  }
}

/** A sentence for people: it ends, says no host, path or driver word, and what to do next. */
function assertSentence(failure: Failure): void {
  const text = sayFailure(failure);
  assert.match(text, /[.?]$/);
  assert.doesNotMatch(text, /127\.0\.0\.1|ECONN|ENOENT|\/tmp|password authentication|undefined|\[object/);
}

const target = () => {
  const url = new URL(inject('postgresUrl'));
  return { id: 'x', host: url.hostname, port: Number(url.port), database: 'postgres', user: url.username, tls: false };
};

describe('a database that cannot be used', () => {
  it('is unreachable when nobody listens there', async () => {
    const probe = net.createServer().listen(0);
    const { port } = probe.address() as net.AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const database = openPostgres({ ...target(), port, password: new Secret('x') });
    const pinged = await database.ping(never);
    assert.ok(!pinged.ok && pinged.failure.kind === 'database-unreachable');
    assertSentence(pinged.failure);
    assert.ok(sayToOperator(pinged.failure).includes(`at ${target().host}, port ${port}.`));
    await database.close();
  });

  it('refuses a wrong password in words of ours', async () => {
    const database = openPostgres({ ...target(), password: new Secret('wrong') });
    const pinged = await database.ping(never);
    assert.ok(!pinged.ok && pinged.failure.kind === 'wrong-credentials');
    assertSentence(pinged.failure);
    await database.close();
  });

  it.each([
    ['is missing', () => path.join(scratch(), 'missing.sqlite'), /there is no such file/],
    ['is no database', () => import.meta.filename, /is no SQLite database/],
    ['is a folder', scratch, /it is no file/],
  ])(
    'is unreachable when the file %s; whoever runs Querent is told which and why, those who ask are not',
    async (_, make, says) => {
      const file = make();
      const database = openSqlite({ id: 'x', file });
      for (const tried of [
        await database.ping(never),
        await database.catalog({}, never),
        await database.probeRole(never),
      ]) {
        assert.ok(!tried.ok);
        assert.equal(tried.failure.kind, 'database-unreachable');
        assertSentence(tried.failure);
        assert.doesNotMatch(sayFailure(tried.failure), /server|address/);
        assert.match(sayToOperator(tried.failure), says);
        assert.ok(sayToOperator(tried.failure).includes(file));
      }
      await database.close();
    },
  );

  it('says so when it has no tables', async () => {
    const database = openSqlite({ id: 'x', file: sqliteFile('PRAGMA user_version = 1') });
    const catalog = await database.catalog({}, never);
    assert.equal(catalog.ok ? '' : catalog.failure.kind, 'database-empty');
    await database.close();
  });

  it.each([
    'nonsense',
    'http://x/y',
    'postgres://host/db',
    'postgres://user@host/',
    'postgres://user@/db',
    'oracle://u@h/d',
  ])('is refused by its address: %s', (url) => {
    const parsed = parseDatabaseUrl(url);
    assert.ok(!parsed.ok);
    assertSentence(parsed.failure);
  });

  it('needs the password that its registration names', async () => {
    const opened = await openDatabase({ id: 'x', url: 'postgres://u@h/d', secret: 'env:NOT_SET' }, {});
    assert.ok(!opened.ok);
    assert.match(sayFailure(opened.failure), /NOT_SET is not set/);
  });

  it('never keeps a password in the address', () => {
    const parsed = parseDatabaseUrl('postgres://me:s3cret%21@db.example.com:6543/sales?schemas=a,b');
    assert.ok(parsed.ok);
    assert.doesNotMatch(parsed.value.url, /s3cret/);
    assert.equal(parsed.value.password, 's3cret!');
  });

  it('goes away in the middle of a query, and comes back for the next', async () => {
    const url = new URL(await shopOnPostgres());
    const database = openPostgres({
      ...target(),
      database: url.pathname.slice(1),
      user: url.username,
      password: new Secret('reader'),
    });
    const catalog = await database.catalog({}, never);
    assert.ok(catalog.ok);
    const scope = wholeCatalog(catalog.value);
    const slow = await judge('SELECT count(*) FROM generate_series(1, 1000000000000)', 'postgres', scope);
    assert.ok(slow.ok);
    const running = database.run(slow.value, ANYWAY_LIMITS, never);
    await asAdmin('postgres', (client) =>
      eventually('the query to run', async () => {
        const { rowCount } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE '%generate_series%'`,
          [url.pathname.slice(1)],
        );
        return rowCount;
      }),
    );
    const ended = await running;
    assert.ok(!ended.ok && ended.failure.kind === 'database-unreachable' && ended.failure.retry);
    assertSentence(ended.failure);
    const next = await judge('SELECT 1', 'postgres', scope);
    assert.ok(next.ok && (await database.run(next.value, ANSWER_LIMITS, never)).ok);
    await database.close();
  });
});

describe('data of any shape', () => {
  it('is answered from 10,000 columns', async () => {
    const tables = Array.from(
      { length: 10 },
      (_, at) =>
        `CREATE TABLE wide_${at} (${Array.from({ length: 1_000 }, (_, column) => `measure_${at}_${column} REAL`).join(', ')});`,
    );
    const answer = await askOf(
      `${tables.join('\n')} CREATE TABLE parcels (id INTEGER PRIMARY KEY, weight REAL); INSERT INTO parcels VALUES (1, 2), (2, 3);`,
      'How many parcels are there?',
    );
    assert.equal(answer.kind === 'answer' && answer.takeaway, '2 parcels.');
  }, 180_000);

  it('says that no rows match', async () => {
    const answer = await askOf(
      "CREATE TABLE parcels (id INTEGER, city TEXT); INSERT INTO parcels VALUES (1, 'Oslo');",
      'parcels with id above 100',
    );
    assert.equal(answer.kind === 'answer' && answer.takeaway, 'No parcels with id over 100.');
  });

  it('says that a column has no values at all', async () => {
    const answer = await askOf(
      'CREATE TABLE parcels (id INTEGER PRIMARY KEY, remark TEXT); INSERT INTO parcels VALUES (1, NULL), (2, NULL);',
      'show the id and remark of parcels',
    );
    assert.ok(answer.kind === 'answer');
    assert.ok(answer.caveats.includes('A column has no values at all.'));
  });

  it('cuts a 100,000-character cell and says so', async () => {
    const answer = await askOf(
      `CREATE TABLE notes (id INTEGER, body TEXT); INSERT INTO notes VALUES (1, '${'x'.repeat(100_000)}');`,
      'show the body of notes',
    );
    assert.ok(answer.kind === 'answer');
    assert.ok(answer.caveats.includes('Very long values are cut.'));
    assert.ok(String(answer.table.rows[0]?.[0]).length < 70_000);
  });

  it('reads dates that are stored as text', async () => {
    const answer = await askOf(
      "CREATE TABLE visits (id INTEGER, day TEXT); INSERT INTO visits VALUES (1, '2024-05-06'), (2, '2025-02-03');",
      'How many visits in 2025?',
    );
    assert.equal(answer.kind === 'answer' && answer.takeaway, '1 visit in 2025.');
  });

  it('shows binary as its size', async () => {
    const answer = await askOf(
      "CREATE TABLE pictures (id INTEGER, content BLOB); INSERT INTO pictures VALUES (1, x'00ff10');",
      'show the content of pictures',
    );
    assert.equal(answer.kind === 'answer' && answer.takeaway, '1 picture: content (3 bytes).');
  });
});

describe('the command line given nonsense', () => {
  const run = (...args: readonly string[]) => querentIn(scratch())(args);

  it.each([
    [['frobnicate'], 2, /^Unknown command 'frobnicate'\. `querent --help` says more\.$/m],
    [['ask', '--nope'], 2, /^Unknown option '--nope'\. `querent ask --help` says more\.$/m],
    [['ask', 'two', 'words'], 2, /in quotes/],
    [['ask', 'how many?'], 1, /No database is registered yet/],
    [['ask', 'x', '--database-url', 'postgres://h/d'], 1, /user name is missing/],
    [['register'], 2, /^Missing required argument 'url'\./],
    [['register', 'sqlite:/nowhere/at-all.sqlite'], 1, /at \/nowhere\/at-all\.sqlite: there is no such file/],
    [['register', 'sqlite:README.md'], 1, /README\.md: it is no SQLite database/],
    [['ask', 'x', '--database-url', 'sqlite:src'], 1, /src: it is no file/],
    [
      ['register', 'mariadb://u:p@127.0.0.1:1/shop'],
      1,
      /shop is not reachable at 127\.0\.0\.1, port 1\. Check its address/,
    ],
    [['index'], 1, /No database is registered yet/],
    [['serve'], 2, /SLACK_BOT_TOKEN/],
    [
      ['demo', '--port', 'x'],
      2,
      /^Option '--port <number>' argument 'x' is invalid\. It takes a whole number from 0 to 65535\./,
    ],
    [['--help'], 0, /Usage: querent COMMAND/],
    [['ask', '--help'], 0, /--database-url/],
  ] as const)('%j ends with code %d and a sentence', async (args, code, says) => {
    const ran = await run(...args);
    assert.equal(ran.code, code, ran.all);
    assert.match(ran.all, says);
  });

  it('ends the same in a process of its own, without a stack', () => {
    const ran = spawnSync(process.execPath, ['bin/querent.mjs', 'ask', 'two', 'words'], { encoding: 'utf8' });
    assert.equal(ran.status, 2);
    assert.equal(ran.stderr, 'Put the question in quotes, as one argument. `querent ask --help` says more.\n');
    assert.equal(ran.stdout, '');
  });

  it('answers from a file without registering it, as one JSON object', async () => {
    const file = sqliteFile(
      'CREATE TABLE parcels (id INTEGER PRIMARY KEY, weight REAL); INSERT INTO parcels VALUES (1, 2.5), (2, 3.5);',
    );
    const ran = await run('ask', 'average weight of parcels', '--database-url', `sqlite:${file}`, '--json');
    assert.equal(ran.code, 0);
    const json = JSON.parse(ran.out);
    assert.deepEqual(Object.keys(json), [
      'answer',
      'database',
      'probability',
      'confidence',
      'sql',
      'edl',
      'reading',
      'columns',
      'rows',
      'truncated',
      'caveats',
      'remedies',
      'checks',
      'decision',
      'timings',
      'candidates',
      'trace',
      'origin',
    ]);
    assert.equal(json.decision, 'post');
    assert.ok(json.confidence > 0 && json.confidence < 1);
    assert.deepEqual([json.sql, json.rows, json.truncated], ['SELECT AVG(weight) FROM parcels', [[3]], false]);
  });
});
