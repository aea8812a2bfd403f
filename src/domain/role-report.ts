/** Something that a database role may do and a reader's role should not (ROLE-2). */
export interface RoleFinding {
  /** `refuse`: the database cannot be used with this role. `warn`: an admin must accept it. */
  readonly severity: 'refuse' | 'warn';
  readonly code: RoleDefect;
  /** One sentence: what it may do, and on what. */
  readonly what: string;
}

export const ROLE_DEFECTS = [
  'administrator',
  'may-become-another',
  'writes',
  'creates',
  'owns',
  'server-files',
  'server-administration',
  'unknown-right',
  'temporary-tables',
  'sequences',
  'definer-routines',
  'remote-queries',
  'reads-everything',
  'no-encryption',
  'primary',
  'own-casts',
  'outside-folder',
  'active-schema',
] as const;
export type RoleDefect = (typeof ROLE_DEFECTS)[number];

export interface RoleReport {
  readonly role: string;
  readonly findings: readonly RoleFinding[];
}

export const isRefused = (report: RoleReport) => report.findings.some((finding) => finding.severity === 'refuse');

/** At most so many objects are named in one sentence. */
const NAMED = 5;

/** `orders, people and 3 more`. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}
