import type { StateFile } from './state-file.ts';

/** Removes requests with everything that is kept of them. `which`: a condition on their rows, of our own making. */
export function removeRequests({ change }: StateFile, which: string, ...values: string[]): void {
  for (const table of ['request_runs', 'request_messages'])
    change(`DELETE FROM ${table} WHERE request_id IN (SELECT id FROM requests WHERE ${which})`, ...values);
  change(`DELETE FROM requests WHERE ${which}`, ...values);
}

export const removeRequestsAbout = (file: StateFile, databaseId: string): void =>
  removeRequests(file, 'database_id = ?', databaseId);

export const pruneRequests = (file: StateFile, before: string): void => removeRequests(file, 'at < ?', before);

/** Those that somebody made or decided, or all of a workspace. */
export function forgetRequests(file: StateFile, team: string, user?: string): void {
  if (user === undefined) return removeRequests(file, 'team = ?', team);
  removeRequests(file, 'team = ? AND ? IN (user, decided_by)', team, user);
  file.change(
    'DELETE FROM request_messages WHERE user = ? AND request_id IN (SELECT id FROM requests WHERE team = ?)',
    ...[user, team],
  );
}
