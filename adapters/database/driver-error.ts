/** What a driver says of its error: PostgreSQL and Node by a code, MySQL by a number. */
export interface DriverError {
  readonly code: string;
  readonly errno: number;
}

/** `''` and 0 where it says nothing. */
export function driverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null) return { code: '', errno: 0 };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    errno: 'errno' in error && typeof error.errno === 'number' ? error.errno : 0,
  };
}
