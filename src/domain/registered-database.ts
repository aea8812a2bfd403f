import type { DatabaseId } from './ids.ts';
import type { RoleReport } from './role-report.ts';
import type { ColumnRole } from './roles/column-role.ts';

/** Names that a database can be registered under. */
export const isDatabaseName = (name: string): boolean => /^[A-Za-z][\w-]{0,62}$/.test(name);

/** A database as it was registered. Its password is never in `url`. */
export interface RegisteredDatabase {
  readonly id: DatabaseId;
  readonly url: string;
  /** Where its password comes from: `env:NAME`, `file:PATH`, `sealed`, or `plain:…` for one that is never stored. */
  readonly secret?: string;
  readonly description?: string;
  /** The certificate of a private authority that its server's is from, as text; public ones are known. */
  readonly authority?: string;
  /** Functions of the company's own that queries may call. */
  readonly userFunctions?: readonly string[];
  /** Who answers for it: a person or a team. */
  readonly owner?: string;
  /** Who lets a query above its cost budget run: its owner, or an admin; whoever asks, if absent. */
  readonly costlyBy?: 'owner';
  /** Columns (`table.column`) whose values may be searched for though they look personal, and those that may not. */
  readonly searchValues?: readonly string[];
  readonly hideValues?: readonly string[];
  /** Roles of columns (`table.column`) that an admin set, where those inferred are wrong. */
  readonly columnRoles?: Readonly<Record<string, ColumnRole>>;
  /** Registered from a form: it may lead only where the operator opened (NET-1). What is registered at the host is the operator's word. */
  readonly fromForm?: true;
  /** Since when and by whom it is not asked, though it stays registered. */
  readonly paused?: { readonly since: string; readonly by: string };
}

export interface StoredRoleReport extends RoleReport {
  readonly checkedAt: string;
  /** Codes of warnings that an admin accepted. */
  readonly accepted: readonly string[];
}
