import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { describe, it } from 'vitest';
import { sayFailure } from '#src/domain/failure.ts';
import { openAt } from './open-at.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/tls');
const read = (name: string) => readFileSync(path.join(fixtures, name), 'utf8');
const never = new AbortController().signal;

/** Says yes to encryption, shows its certificate, and hangs up on whoever takes it. */
async function serve(certificate: string | undefined) {
  const heard: string[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (!certificate) return socket.write('N');
      socket.write('S');
      const secure = new tls.TLSSocket(socket, {
        isServer: true,
        key: read(`${certificate}.key`),
        cert: read(`${certificate}.pem`),
      });
      secure.on('error', () => undefined);
      secure.on('data', (bytes) => {
        heard.push(bytes.toString('latin1'));
        secure.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, heard, close: () => server.close() };
}

async function ping(certificate: string | undefined, ca = true) {
  const server = await serve(certificate);
  const authority = ca ? `&ca=${encodeURIComponent(path.join(fixtures, 'ca.pem'))}` : '';
  const database = await openAt(`postgres://reader:pa55word@localhost:${server.port}/shop?tls=on${authority}`);
  const pinged = await database.ping(never);
  await database.close();
  server.close();
  assert.ok(!pinged.ok);
  return { failure: pinged.failure, heard: server.heard.join('') };
}

describe('a server that shows a certificate', () => {
  it('is talked to where the certificate is right', async () => {
    const { failure, heard } = await ping('good');
    assert.match(heard, /reader/);
    assert.equal(failure.kind, 'database-unreachable');
  });

  it.each([
    ['expired', true, 'expired', /has expired/],
    ['named', true, 'wrong-name', /another name/],
    ['good', false, 'untrusted', /not known here/],
    [undefined, true, 'not-offered', /offers no encryption/],
  ] as const)('is told nothing where it is %s (authority known: %s): %s', async (certificate, ca, fault, sentence) => {
    const { failure, heard } = await ping(certificate, ca);
    assert.equal(failure.kind === 'tls-refused' ? failure.fault : JSON.stringify(failure), fault);
    assert.match(sayFailure(failure), sentence);
    assert.equal(heard, '');
  });
});
