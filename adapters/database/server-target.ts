import type { Socket } from 'node:net';
import type { Whereabouts } from '#src/domain/failure.ts';
import type { Secret } from '#src/domain/secret.ts';

/** Where a database server is and who asks it; fields only, never a connection string from outside. */
export interface ServerTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: Secret;
  /** Verified TLS (certificate and name); off only for loopback or when the operator says so. */
  readonly tls: boolean;
  /** A private authority's certificate, where the server's is not from a public one. */
  readonly ca?: string;
  /** Makes the socket, where the address is to be checked at each connection; the driver's own, if absent. */
  readonly socket?: () => Socket;
}

/** A database and the server that it is on, for failures. */
export type ServerName = Pick<ServerTarget, 'host' | 'port'> & { readonly id: string };

export const whereabouts = ({ host, port }: ServerName): Whereabouts => ({ kind: 'server', host, port });

/** A server on this very machine: nothing leaves it, so nothing need be encrypted. */
export const isLoopback = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host);
