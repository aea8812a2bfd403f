import dns from 'node:dns';
import net from 'node:net';
import type { EgressFault } from '#src/domain/failure.ts';
import { BoundedSocket } from './bounded-socket.ts';

/** Where a database server may be (NET-1). */
export interface EgressPolicy {
  /** Private ranges that the operator opened, as `10.1.0.0/16`; `any` where the operator named the server at the host (NET-3). */
  readonly privateRanges: readonly string[] | 'any';
  /** Ports below 1024 that the operator opened. */
  readonly lowPorts: readonly number[] | 'any';
  /** This machine itself. */
  readonly loopback: boolean;
}

/** Of a server that the operator named at the host (NET-3): what is not open to anybody is closed to them, too. */
export const OPERATORS_POLICY: EgressPolicy = { privateRanges: 'any', lowPorts: 'any', loopback: true };

/** The address may not be connected to. */
export class EgressRefused extends Error {
  readonly why: EgressFault;

  constructor(why: EgressFault) {
    super(`the address may not be connected to: ${why}`);
    this.name = 'EgressRefused';
    this.why = why;
  }
}

/** Why a connection was refused by its policy; nothing where it failed otherwise. */
export const refusedEgress = (error: unknown): EgressFault | undefined =>
  error instanceof EgressRefused ? error.why : undefined;

/** Never, whatever the operator opened: the link of this machine, metadata services, multicast, nowhere. */
const NEVER = blockList([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '192.0.0.0/24',
  '100.100.100.200/32',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
]);
const LOOPBACK = blockList(['127.0.0.0/8', '::1/128']);
/** Only where the operator opened them. */
const PRIVATE = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  'fc00::/7',
]);

function blockList(ranges: readonly string[]): net.BlockList {
  const list = new net.BlockList();
  for (const range of ranges) {
    const [address, bits] = range.split('/') as [string, string];
    list.addSubnet(address, Number(bits), net.isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** The IPv4 address within an IPv6 one (mapped, compatible or translated), else the address itself. */
function plainAddress(address: string): string {
  const mapped = /^(?:::ffff:|::|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const hex = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!hex) return address;
  const [high, low] = [Number.parseInt(hex[1]!, 16), Number.parseInt(hex[2]!, 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** Throws EgressRefused where an address or port may not be connected to. The error names no address. */
export function checkAddress(address: string, port: number, policy: EgressPolicy): void {
  const plain = plainAddress(address);
  const family = net.isIPv6(plain) ? 'ipv6' : 'ipv4';
  const { privateRanges, lowPorts, loopback } = policy;
  if (!net.isIP(plain)) throw new EgressRefused('no-address');
  if (NEVER.check(plain, family)) throw new EgressRefused('host-services');
  if (LOOPBACK.check(plain, family) && !loopback) throw new EgressRefused('loopback');
  const opened = privateRanges === 'any' || blockList(privateRanges).check(plain, family);
  if (PRIVATE.check(plain, family) && !opened) throw new EgressRefused('private-network');
  if (port < FIRST_HIGH_PORT && lowPorts !== 'any' && !lowPorts.includes(port)) throw new EgressRefused('low-port');
}

const FIRST_HIGH_PORT = 1_024;

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const resolveAll: Resolve = (host) => dns.promises.lookup(host, { all: true });

/** The addresses that a host leads to, all of which may be connected to: one bad address among several is a trap. */
async function checkedAddresses(host: string, port: number, policy: EgressPolicy, resolve: Resolve) {
  const found = net.isIP(host) ? [{ address: host, family: net.isIP(host) }] : await resolve(host);
  for (const { address } of found) checkAddress(address, port, policy);
  if (!found.length) throw new EgressRefused('no-address');
  return found;
}

/** Why a host may not be connected to, before anything is sent there; nothing where it may, or where its name leads nowhere now. */
export async function refusedTarget(
  { host, port }: { readonly host: string; readonly port: number },
  policy: EgressPolicy,
  resolve: Resolve = resolveAll,
): Promise<EgressFault | undefined> {
  try {
    await checkedAddresses(host, port, policy, resolve);
    return undefined;
  } catch (error) {
    return error instanceof EgressRefused ? error.why : undefined;
  }
}

/**
 * A socket that resolves its host itself, once, and connects to the very addresses that were checked: a name that leads elsewhere the
 * second time is looked at the second time (NET-1). The name stays with the caller, for TLS.
 */
export class CheckedSocket extends BoundedSocket {
  readonly #policy: EgressPolicy;
  readonly #resolve: Resolve;

  constructor(policy: EgressPolicy, resolve: Resolve = resolveAll) {
    super();
    this.#policy = policy;
    this.#resolve = resolve;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the drivers call it in several ways
  override connect(...args: any[]): this {
    const [first, second] = args as [number | { port: number; host: string }, string];
    const { port, host } = typeof first === 'object' ? first : { port: first, host: second };
    const checked = checkedAddresses(host, port, this.#policy, this.#resolve);
    // Node asks for nothing of an address that is one already, so that is looked at before.
    if (net.isIP(host)) {
      checked.then(
        () => this.destroyed || super.connect({ port, host }),
        (error: Error) => this.destroy(error),
      );
      return this;
    }
    return super.connect({
      port,
      host,
      lookup: (_host, { all }, done) =>
        void checked.then(
          (found) => (all ? done(null, [...found]) : done(null, found[0]!.address, found[0]!.family)),
          (error: NodeJS.ErrnoException) => done(error, []),
        ),
    });
  }
}
