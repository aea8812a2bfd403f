import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openMysql } from '#adapters/database/mysql/open-mysql.ts';
import { openPostgres } from '#adapters/database/postgres/open-postgres.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { Secret } from '#src/domain/secret.ts';
import type { Database } from '#src/ports/database.ts';

/** What a server does to whoever connects: after how much of the protocol it turns bad, and how. */
type Behaviour = (socket: Socket, heard: Buffer[]) => void;

const never = new AbortController().signal;
const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-hostile-'));
const canaryFile = path.join(folder, 'canary.txt');
writeFileSync(canaryFile, 'CANARY-OF-THE-HOST');

/** Everything that the server was sent comes to `heard`. */
async function serve(behaviour: Behaviour) {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => heard.push(bytes));
    behaviour(socket, heard);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Writes as fast as the other side reads. */
function flood(socket: Socket, bytes: Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(bytes));
    if (!socket.destroyed) socket.once('drain', write);
  };
  write();
}

function drip(socket: Socket, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    socket.write(bytes.subarray(at % bytes.length, (at % bytes.length) + 1));
    at += 1;
  }, 100);
  socket.once('close', () => clearInterval(timer));
}

const message = (type: string, body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const POSTGRES_HELLO = Buffer.concat([
  message('R', int32(0)),
  message('K', Buffer.concat([int32(1), int32(2)])),
  message('Z', Buffer.from('I')),
]);
const GIANT = Buffer.concat([Buffer.from('D'), int32(0x7fff_ffff)]);
const ROW_DESCRIPTION = message(
  'T',
  Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.from('__proto__\0'),
    int32(0),
    Buffer.from([0, 0]),
    int32(25),
    Buffer.from([255, 255]),
    int32(-1),
    Buffer.from([0, 0]),
  ]),
);
const DATA_ROW = message('D', Buffer.concat([Buffer.from([0, 1]), int32(1_000), Buffer.alloc(1_000, 'x')]));

/** Plays PostgreSQL until somebody is in, then does what it does to every message. */
const afterHello =
  (then: (socket: Socket) => void): Behaviour =>
  (socket) => {
    let greeted = false;
    socket.on('data', () => {
      if (greeted) return then(socket);
      greeted = true;
      socket.write(POSTGRES_HELLO);
    });
  };

const POSTGRES: Readonly<Record<string, Behaviour>> = {
  'says nothing': () => undefined,
  'hangs up at once': (socket) => socket.destroy(),
  'sends garbage without end': (socket) => flood(socket, Buffer.alloc(64 * 1024, 0xa7)),
  'announces a message of two gigabytes': (socket) => socket.write(GIANT),
  'drips its greeting': (socket) => drip(socket, POSTGRES_HELLO),
  'greets and falls silent': afterHello(() => undefined),
  'greets and hangs up': afterHello((socket) => socket.destroy()),
  'answers everything with rows without end': afterHello((socket) => {
    socket.write(ROW_DESCRIPTION);
    flood(socket, Buffer.concat(Array.from({ length: 50 }, () => DATA_ROW)));
  }),
  'sends notices without end': afterHello((socket) => flood(socket, message('N', Buffer.from('SNOTICE\0Mx\0\0')))),
  'asks for a file to be copied in': afterHello((socket) =>
    socket.write(message('G', Buffer.concat([Buffer.from([0]), Buffer.from([0, 0])]))),
  ),
};

const packet = (sequence: number, body: Buffer) =>
  Buffer.concat([
    Buffer.from([body.length & 255, (body.length >> 8) & 255, (body.length >> 16) & 255, sequence]),
    body,
  ]);
const MYSQL_HELLO = packet(
  0,
  Buffer.concat([
    Buffer.from([10]),
    Buffer.from('5.5.5-10.11.0-MariaDB\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678'),
    Buffer.from([0, 0xff, 0xf7, 33, 2, 0, 0xff, 0x81, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('mysql_native_password\0'),
  ]),
);
const OK = (sequence: number) => packet(sequence, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
const COLUMN = packet(
  2,
  Buffer.concat([
    Buffer.from('\x03def\x00\x00\x00\x09__proto__\x00\x0c'),
    Buffer.from([33, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0]),
  ]),
);

const afterLogin =
  (then: (socket: Socket) => void): Behaviour =>
  (socket) => {
    socket.write(MYSQL_HELLO);
    let logged = false;
    socket.on('data', () => {
      if (logged) return then(socket);
      logged = true;
      socket.write(OK(2));
    });
  };
const fileRequest = (socket: Socket) =>
  socket.write(packet(1, Buffer.concat([Buffer.from([0xfb]), Buffer.from(canaryFile)])));

const MYSQL: Readonly<Record<string, Behaviour>> = {
  'says nothing': () => undefined,
  'hangs up at once': (socket) => socket.destroy(),
  'sends garbage without end': (socket) => flood(socket, Buffer.alloc(64 * 1024, 0xa7)),
  'announces a packet of sixteen megabytes': (socket) => socket.write(Buffer.from([255, 255, 255, 0])),
  'drips its greeting': (socket) => drip(socket, MYSQL_HELLO),
  'logs in and falls silent': afterLogin(() => undefined),
  'logs in and hangs up': afterLogin((socket) => socket.destroy()),
  'answers everything with rows without end': afterLogin((socket) => {
    socket.write(Buffer.concat([packet(1, Buffer.from([1])), COLUMN, packet(3, Buffer.from([254, 0, 0, 2, 0]))]));
    flood(socket, packet(4, Buffer.concat([Buffer.from([252, 232, 3]), Buffer.alloc(1_000, 'x')])));
  }),
  'asks for a file instead of an answer': afterLogin(fileRequest),
  'asks for a file as soon as somebody logs in': (socket) => {
    socket.write(MYSQL_HELLO);
    socket.on('data', () => fileRequest(socket));
  },
};

const target = (port: number) => ({
  id: 'hostile',
  host: '127.0.0.1',
  port,
  database: 'x',
  user: 'u',
  password: new Secret('CANARY-PASSWORD'),
  tls: false,
});

const statement = {
  text: 'SELECT 1',
  asker: '',
  searchPath: ['public'],
  readable: [],
  tables: [],
} as unknown as ReadOnlySql;
const LIMITS = { ...ANSWER_LIMITS, timeoutMs: 500 };
/** Connecting may take five seconds, a statement its limit and three, and both come after each other. */
const DEADLINE_MS = 20_000;

async function endures(open: (port: number) => Database, behaviour: Behaviour): Promise<void> {
  const server = await serve(behaviour);
  const database = open(server.port);
  const started = performance.now();
  const results = await Promise.all([
    database.ping(never),
    database.run(statement, LIMITS, never),
    database.probeRole(never),
    database.estimate(statement, never),
  ]);
  const elapsed = performance.now() - started;
  try {
    assert.ok(elapsed < DEADLINE_MS, `it took ${Math.round(elapsed)} ms`);
    for (const result of results) assert.equal(result.ok, false, JSON.stringify(result));
    assert.doesNotMatch(Buffer.concat(server.heard).toString('latin1'), /CANARY-OF-THE-HOST/);
  } finally {
    server.close();
    void database.close();
  }
}

/** What was kept of all that is sent would be several gigabytes by the time that a flood is given up. */
const GROWTH_MB = 1_024;

async function enduresFlood(open: (port: number) => Database, behaviour: Behaviour): Promise<void> {
  const before = process.memoryUsage().rss;
  await endures(open, behaviour);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grown < GROWTH_MB, `memory grew by ${Math.round(grown)} MB`);
}

const floods = (behaviours: Readonly<Record<string, Behaviour>>, are: boolean) =>
  Object.entries(behaviours).filter(([what]) => /without end|announces/.test(what) === are);

const postgres = (port: number) => openPostgres(target(port));
const mariadb = (port: number) => openMysql({ ...target(port), engine: 'mariadb' });

describe.each([
  ['PostgreSQL', postgres, POSTGRES],
  ['MariaDB', mariadb, MYSQL],
] as const)('a hostile %s server', (_, open, behaviours) => {
  it.concurrent.each(floods(behaviours, false))('that %s is given up, and reads no file', async (_, behaviour) => {
    await endures(open, behaviour);
  });

  // One after the other: memory is the whole process's.
  it.each(floods(behaviours, true))('that %s is given up, and is not kept in memory', async (_, behaviour) => {
    await enduresFlood(open, behaviour);
  });
});
