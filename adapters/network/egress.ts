import dns from 'node:dns';
import net from 'node:net';
import { BoundedSocket } from './bounded-socket.ts';

/** Where a registration from a form may lead (NET-1). The operator at the command line is not bound by it (NET-3). */
export interface EgressPolicy {
  /** Private ranges that the operator opened, as `10.1.0.0/16`. */
  readonly privateRanges: readonly string[];
  /** Ports below 1024 that the operator opened. */
  readonly lowPorts: readonly number[];
}

/** The address may not be connected to. */
export class EgressRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'EgressRefused';
  }
}

/** Never, whatever the operator opened: this machine, its link, metadata services, multicast, nowhere. */
const NEVER = blockList([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '192.0.0.0/24',
  '100.100.100.200/32',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
]);
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

/** Throws EgressRefused where an address or port may not be connected to. The sentence names no address. */
export function checkAddress(address: string, port: number, policy: EgressPolicy): void {
  const plain = plainAddress(address);
  const family = net.isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (!net.isIP(plain)) throw new EgressRefused('the name leads to no address');
  if (NEVER.check(plain, family)) throw new EgressRefused('the name leads to this machine or to a service of its host');
  if (PRIVATE.check(plain, family) && !blockList(policy.privateRanges).check(plain, family)) {
    throw new EgressRefused('the name leads into a private network that the operator has not opened');
  }
  if (port < 1_024 && !policy.lowPorts.includes(port)) throw new EgressRefused('ports below 1024 are not open');
}

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const resolveAll: Resolve = (host) => dns.promises.lookup(host, { all: true });

/**
 * A socket that resolves its host itself, once, and connects to the very address that was checked: a name that leads elsewhere the
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
    void this.#connectTo(host, port).catch((error: unknown) => this.destroy(error as Error));
    return this;
  }

  async #connectTo(host: string, port: number): Promise<void> {
    const found = net.isIP(host) ? [{ address: host }] : await this.#resolve(host);
    // One bad address among several is a trap: all must be good.
    for (const { address } of found) checkAddress(address, port, this.#policy);
    const [first] = found;
    if (!first) throw new EgressRefused('the name leads to no address');
    if (!this.destroyed) super.connect(port, first.address);
  }
}
