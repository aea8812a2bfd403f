import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { describe, it } from 'vitest';
import {
  CheckedSocket,
  checkAddress,
  type EgressPolicy,
  EgressRefused,
  OPERATORS_POLICY,
  refusedTarget,
} from '#adapters/network/egress.ts';

const closed: EgressPolicy = { privateRanges: [], lowPorts: [], loopback: false };
const open: EgressPolicy = { privateRanges: ['10.1.0.0/16', 'fd12::/16'], lowPorts: [443], loopback: false };
const LOOPBACKS = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'];

describe('an address from a form', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '100.100.100.200',
    '::',
    'fe80::1',
    'ff02::1',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
  ])('is refused where it is %s, whatever the operator opened', (address) => {
    const everything = { privateRanges: ['0.0.0.0/0', '::/0'], lowPorts: [], loopback: true };
    assert.throws(() => checkAddress(address, 5432, everything), EgressRefused);
    assert.throws(() => checkAddress(address, 5432, OPERATORS_POLICY), EgressRefused);
  });

  it.each(LOOPBACKS)('is refused where it is this machine, unless that was opened: %s', (address) => {
    const ranges = { ...closed, privateRanges: ['0.0.0.0/0', '::/0'] };
    assert.throws(() => checkAddress(address, 5432, ranges), EgressRefused);
    checkAddress(address, 5432, { ...closed, loopback: true });
    checkAddress(address, 5432, OPERATORS_POLICY);
  });

  it.each(['10.0.0.5', '172.20.1.1', '192.168.1.10', '100.64.0.1', 'fc00::1', 'fd12::1', '::ffff:10.1.2.3'])(
    'is refused where it is private: %s',
    (address) => assert.throws(() => checkAddress(address, 5432, closed), EgressRefused),
  );

  it.each(['10.1.2.3', 'fd12::1', '::ffff:10.1.2.3', '93.184.216.34', '2606:2800:220:1::1'])(
    'is taken where it is public or opened: %s',
    (address) => checkAddress(address, 5432, open),
  );

  it('has no low port, unless that was opened', () => {
    assert.throws(() => checkAddress('93.184.216.34', 22, open), EgressRefused);
    checkAddress('93.184.216.34', 443, open);
  });

  it('says nothing of where the name leads', () => {
    assert.throws(
      () => checkAddress('169.254.169.254', 5432, closed),
      (error: Error) => !/169|254/.test(error.message),
    );
  });

  it('is looked up before anything is sent there; a name that leads nowhere now is left to the connection', async () => {
    const leads = (address: string) => async () => [{ address, family: 4 }];
    const target = { host: 'db.example', port: 5432 };
    assert.equal(await refusedTarget(target, closed, leads('10.0.0.5')), 'private-network');
    assert.equal(await refusedTarget(target, closed, leads('127.0.0.1')), 'loopback');
    assert.equal(await refusedTarget(target, closed, leads('93.184.216.34')), undefined);
    assert.equal(await refusedTarget({ host: '2130706433', port: 22 }, closed, leads('93.184.216.34')), 'low-port');
    const nowhere = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    assert.equal(await refusedTarget(target, closed, nowhere), undefined);
  });
});

describe('a socket under a policy', () => {
  const listening = async (work: (port: number) => Promise<void>) => {
    const server = net.createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await work((server.address() as AddressInfo).port);
    server.close();
  };
  const outcome = (socket: net.Socket) =>
    new Promise<string>((done) => {
      socket.once('error', (error) => done(error.name));
      socket.once('connect', () => done('connected'));
    });

  it('connects where that is open, by a name of several addresses of which one answers, and by an address', () =>
    listening(async (port) => {
      const both = async () => [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ];
      for (const host of ['localhost', '127.0.0.1']) {
        const socket = new CheckedSocket({ ...closed, loopback: true }, both);
        const ended = outcome(socket.connect({ port, host }));
        assert.equal(await ended, 'connected');
        socket.destroy();
      }
    }));

  it('connects nowhere else', () =>
    listening(async (port) => {
      for (const host of ['localhost', '127.0.0.1'])
        assert.equal(await outcome(new CheckedSocket(closed).connect({ port, host })), 'EgressRefused');
    }));
});

describe('a name that leads elsewhere the second time', () => {
  it('is looked at the second time, and connected to the address that was looked at', async () => {
    const heard: string[] = [];
    const server = net.createServer((socket) => {
      heard.push('connected');
      socket.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answers = ['93.184.216.34', '127.0.0.1'];
    let asked = 0;
    const resolve = async () => [{ address: answers[asked++]!, family: 4 }];
    const connect = () =>
      new Promise<string>((done) => {
        const socket = new CheckedSocket(closed, resolve);
        socket.once('error', (error) => done(error.name));
        socket.once('connect', () => done('connected'));
        socket.connect(port, 'db.example');
        // Nobody answers at the public address from here; that it was tried is enough.
        setTimeout(() => done(`connecting to ${answers[asked - 1]}`), 300).unref();
        setTimeout(() => socket.destroy(), 400).unref();
      });
    assert.match(await connect(), /connecting to 93|Error/);
    assert.equal(await connect(), 'EgressRefused');
    assert.deepEqual(heard, []);
    assert.equal(asked, 2);
    server.close();
  });

  it('is refused where one of its addresses is bad', async () => {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const socket = new CheckedSocket(closed, resolve);
    const error = new Promise<Error>((done) => socket.once('error', done));
    socket.connect(5432, 'db.example');
    assert.equal((await error).name, 'EgressRefused');
  });
});
