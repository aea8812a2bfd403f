import { type Failure, type FileFault, sayFailure } from './failure.ts';

const FILE_FAULTS: Readonly<Record<FileFault, string>> = {
  missing: 'there is no such file. Check the path.',
  'no-file': 'it is no file. Name the database file itself.',
  'no-database': 'it is no SQLite database, or an encrypted one.',
  unreadable: 'it cannot be opened. Check who may read it, and that nobody holds it locked.',
};

/** What whoever runs Querent reads at their command line: where they ask for it, the host or file that is meant by a failure. */
export function sayToOperator(failure: Failure): string {
  if (failure.kind !== 'database-unreachable' || !failure.where) return sayFailure(failure);
  const { database, where, retry } = failure;
  if (where.kind === 'file') return `${database} is not reachable at ${where.file}: ${FILE_FAULTS[where.fault]}`;
  const next = retry ? 'Please try again in a minute.' : 'Check its address and that the server is running.';
  return `${database} is not reachable at ${where.host}, port ${where.port}. ${next}`;
}
