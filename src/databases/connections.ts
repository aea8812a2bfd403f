import type { Engine } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Database } from '#src/ports/database.ts';
import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import { findRegistered } from './find-registered.ts';
import { pausedBecause } from './pause.ts';

/** Registered databases, opened on first use and kept open. */
export interface Connections {
  /** Whoever opens it closes it, which gives it back. The failure says why it cannot be opened or is not to be asked now. */
  open(id: DatabaseId, how?: 'even if paused'): Promise<Result<Database>>;
  /** Of all that are registered. */
  engines(): Promise<readonly Engine[]>;
  /** Lets go of what was opened by a registration that is no more: it is closed once nobody uses it. */
  letGo(id: DatabaseId): Promise<void>;
  /** Closes all, whoever uses them. */
  close(): Promise<void>;
}

/** A database that was opened, by which registration, and how many use it now. */
interface Connection {
  readonly id: DatabaseId;
  readonly registered: string;
  readonly opened: Promise<Result<Database>>;
  users: number;
}

export function openConnections(
  store: DatabaseStore,
  opener: DatabaseOpener,
  log: (message: string) => void,
): Connections {
  /** What the next question of a database is asked on. */
  const current = new Map<DatabaseId, Connection>();
  /** All that is not closed, that of former registrations included. */
  const unclosed = new Set<Connection>();

  /** Never rejects. */
  async function shut(one: Connection): Promise<void> {
    if (!unclosed.delete(one)) return;
    const opened = await one.opened.catch(() => undefined);
    if (opened?.ok) await opened.value.close().catch(() => log(`${one.id} could not be closed`));
  }

  /** The next question opens it anew; whoever still uses this one is left to end. */
  async function leave(one: Connection): Promise<void> {
    if (current.get(one.id) === one) current.delete(one.id);
    if (!one.users) await shut(one);
  }

  async function giveBack(one: Connection): Promise<void> {
    one.users -= 1;
    if (!one.users && current.get(one.id) !== one) await shut(one);
  }

  /** The registrations of now. Another process may have removed one: what was opened by it is let go of. */
  async function databases(): Promise<readonly RegisteredDatabase[]> {
    const registered = await store.databases();
    const ids = new Set(registered.map(({ id }) => id));
    for (const one of current.values()) if (!ids.has(one.id)) void leave(one);
    return registered;
  }

  /** The connection of a registration; that of a former one, which another process may have replaced, is let go of. */
  function connectionFor(database: RegisteredDatabase): Connection {
    const { id } = database;
    const registered = JSON.stringify(database);
    const known = current.get(id);
    if (known?.registered === registered) return known;
    if (known) void leave(known);
    const fresh = { id, registered, opened: opener.open(database), users: 0 };
    current.set(id, fresh);
    unclosed.add(fresh);
    return fresh;
  }

  /** A database in the hands of one user. Where its password is refused, it is opened anew next: the secret may be another by then. */
  function used(one: Connection, database: Database): Database {
    let isOpen = true;
    async function minding<T>(work: Promise<Result<T>>): Promise<Result<T>> {
      const done = await work;
      if (!done.ok && done.failure.kind === 'wrong-credentials') await leave(one);
      return done;
    }
    return {
      ...database,
      ping: (signal) => minding(database.ping(signal)),
      catalog: (options, signal) => minding(database.catalog(options, signal)),
      run: (sql, limits, signal) => minding(database.run(sql, limits, signal)),
      estimate: (sql, signal) => minding(database.estimate(sql, signal)),
      loggedStatements: () => minding(database.loggedStatements()),
      probeRole: (signal) => minding(database.probeRole(signal)),
      async close() {
        if (!isOpen) return;
        isOpen = false;
        await giveBack(one);
      },
    };
  }

  return {
    async open(id, how) {
      const registered = await findRegistered(id, { databases });
      if (!registered.ok) return registered;
      const paused = how ? undefined : await pausedBecause(registered.value, store);
      if (paused) return fail(paused);
      const one = connectionFor(registered.value);
      one.users += 1;
      const opened = await one.opened.catch(async (error: unknown) => {
        await giveUp(one);
        throw error;
      });
      if (opened.ok) return ok(used(one, opened.value));
      await giveUp(one);
      return opened;
    },
    async engines() {
      const parsed = (await databases()).map(({ url }) => opener.parse(url));
      return [...new Set(parsed.flatMap((one) => (one.ok ? [one.value.engine] : [])))];
    },
    async letGo(id) {
      const one = current.get(id);
      if (one) await leave(one);
    },
    async close() {
      current.clear();
      await Promise.all([...unclosed].map(shut));
    },
  };

  /** What could not be opened (a missing key, a password that is not set) may be mended meanwhile: it is tried again the next time. */
  async function giveUp(one: Connection): Promise<void> {
    await leave(one);
    await giveBack(one);
  }
}
