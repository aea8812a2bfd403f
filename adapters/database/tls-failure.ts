import type { Failure } from '#src/domain/failure.ts';
import { driverError } from './driver-error.ts';

type TlsFault = Extract<Failure, { kind: 'tls-refused' }>['fault'];

const FAULTS: Readonly<Record<string, TlsFault>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  HANDSHAKE_NO_SSL_SUPPORT: 'not-offered',
};

/** What is wrong with a server's certificate, by the driver's error; nothing where it is another trouble. */
export function tlsFailure(database: string, error: unknown): Failure | undefined {
  const { code } = driverError(error);
  const { message, cause } = error instanceof Error ? error : { message: '', cause: undefined };
  const fault = FAULTS[code] ?? (/does not support SSL/i.test(message) ? 'not-offered' : undefined);
  if (fault) return { kind: 'tls-refused', database, fault, cause: error };
  return cause instanceof Error ? tlsFailure(database, cause) : undefined;
}
