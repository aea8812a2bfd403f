import type { AuditedPerson } from './audit-entry.ts';
import type { RegisteredDatabase } from './registered-database.ts';

/** A database that an admin described in a form and that is not registered yet, with what it waits for. Its password is never in it. */
export interface Setup {
  readonly id: string;
  /** Who described it; nobody else goes on with it. */
  readonly by: AuditedPerson;
  /** `sealed`: its password is typed on the setup page or at the command line, and sealed under the setup's own id. */
  readonly database: RegisteredDatabase;
  /** `password`: the database is registered, and its password is to be set anew. */
  readonly of: 'registration' | 'password';
  readonly state: 'waits-for-password' | 'ready' | 'stopped';
  /** The warnings about its role that its admin accepted, each by its sentence. */
  readonly accepted: readonly string[];
  /** Those that were told last, and wait to be accepted. */
  readonly warned?: readonly string[];
  readonly at: string;
  /** The message that tells how it goes, which is updated. */
  readonly told?: { readonly channel: string; readonly ts: string };
  /** The page where its password may be typed once. */
  readonly link?: SetupLink;
}

/** Digests alone: what opens the page is kept nowhere. */
export interface SetupLink {
  readonly token: string;
  readonly until: string;
  /** Of the signing in that is under way. */
  readonly signIn?: { readonly state: string; readonly nonce: string };
  /** Of whoever signed in, and is the admin whom the link is for. */
  readonly session?: string;
}

/** A link to the page lives for so long. */
export const LINK_MINUTES = 15;
/** What was described waits for so long. */
export const SETUP_HOURS = 24;

/** The id that a setup's password is sealed under, until its database is registered: no database can be named so. */
export const sealedAs = (setupId: string): string => `setup:${setupId}`;
