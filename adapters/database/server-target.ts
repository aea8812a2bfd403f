/** Where a database server is and who asks it; fields only, never a connection string from outside. */
export interface ServerTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** Verified TLS (certificate and name); off only for loopback or when the operator says so. */
  readonly tls: boolean;
}
