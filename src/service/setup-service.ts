import type { AuditedPerson } from '#src/domain/audit-entry.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Progress } from '#src/domain/progress.ts';
import { isDatabaseName, type RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Secret } from '#src/domain/secret.ts';
import { SETUP_HOURS, type Setup, sealedAs } from '#src/domain/setup.ts';
import { hashOf } from './audited.ts';
import { carryOut, type Services, type SetUp } from './carry-out-setup.ts';
import type { ServiceParts } from './parts.ts';
import { openSetupLinks, type SetupLinks } from './setup-links.ts';

export type { SetUp } from './carry-out-setup.ts';

/** Databases that admins describe in a form: what they wait for, and how they are registered. */
export interface SetupService extends SetupLinks {
  /** Keeps what was described, once its name is free and its address open. `of`: what it came of, which begins one setup however often it comes. */
  begin(target: RegisteredDatabase, who: AuditedPerson, of?: string): Promise<Result<Setup>>;
  /** The password of a registered database is to be set anew. */
  beginPassword(id: DatabaseId, who: AuditedPerson): Promise<Result<Setup>>;
  find(id: string): Promise<Setup | undefined>;
  /** In the order that they were begun. */
  list(): Promise<readonly Setup[]>;
  /** Changes it as it is at that moment; nothing where it is gone. */
  change(id: string, change: (before: Setup) => Setup): Promise<Setup | undefined>;
  drop(id: string): Promise<void>;
  /** Seals the password of a setup that waits for it. */
  seal(id: string, secret: Secret): Promise<Result<Setup>>;
  /** Connects, probes and registers, lets its admin and its owner ask it, reads and indexes it; the setup is over then. */
  carryOut(id: string, onProgress: Progress, signal: AbortSignal): Promise<Result<SetUp>>;
  /** Lets go of what was begun too long ago. */
  letGoOfOld(): Promise<void>;
}

type Parts = Pick<ServiceParts, 'store' | 'vault' | 'opener' | 'clock' | 'newId' | 'declared'>;

export function openSetupService(parts: Parts, services: Services): SetupService {
  const { store, vault, opener, clock, newId } = parts;
  const find = async (id: string) => (await store.setups()).find((one) => one.id === id && !isOld(one, clock.now()));

  async function change(id: string, to: (before: Setup) => Setup): Promise<Setup | undefined> {
    for (;;) {
      const before = await find(id);
      if (!before) return undefined;
      const after = to(before);
      if (await store.changeSetup(before, after)) return after;
    }
  }

  const fresh = (database: RegisteredDatabase, of: Setup['of'], by: AuditedPerson, id = newId()): Setup => ({
    id,
    by,
    database,
    of,
    state: database.secret === 'sealed' ? 'waits-for-password' : 'ready',
    accepted: [],
    at: clock.now().toISOString(),
  });

  return {
    ...openSetupLinks(parts, { find, change }),
    find,
    list: async () => (await store.setups()).filter((one) => !isOld(one, clock.now())),
    change,
    drop: (id) => store.removeSetup(id),
    async begin(target, who, of) {
      const described: RegisteredDatabase = { ...target, fromForm: true };
      const id = of === undefined ? undefined : hashOf(of).slice(0, ID_LENGTH);
      const begun = id === undefined ? undefined : await find(id);
      if (begun) return ok(begun);
      const refused = (await refusedName(target.id, parts)) ?? (await opener.refused(described));
      if (refused) return fail(refused);
      const setup = fresh(described, 'registration', who, id);
      await store.addSetup(setup);
      return ok(setup);
    },
    async beginPassword(id, who) {
      const found = (await store.databases()).find((one) => one.id === id);
      if (!found) return fail({ kind: 'setup-gone' });
      if ((await parts.declared()).includes(id)) return fail({ kind: 'declared', database: id });
      const setup = fresh({ ...found, secret: 'sealed' }, 'password', who);
      await store.addSetup(setup);
      return ok(setup);
    },
    async seal(id, secret) {
      if ((await find(id))?.state !== 'waits-for-password') return fail({ kind: 'setup-gone' });
      const sealed = await vault.seal(sealedAs(id), secret);
      if (!sealed.ok) return sealed;
      const ready = await change(id, ({ link: _, ...setup }) => ({ ...setup, state: 'ready' }));
      return ready ? ok(ready) : fail({ kind: 'setup-gone' });
    },
    async carryOut(id, onProgress, signal) {
      const setup = await find(id);
      if (!setup) return fail({ kind: 'setup-gone' });
      const came = await carryOut(setup, { ...services, vault, opener }, onProgress, signal);
      if (came.ok || came.failure.kind === 'setup-gone') await store.removeSetup(id);
      // What a stop of the bot interrupted goes on at the next start.
      else if (came.failure.kind !== 'cancelled') await change(id, (before) => stoppedBy(before, came.failure));
      return came;
    },
    async letGoOfOld() {
      for (const setup of await store.setups()) if (isOld(setup, clock.now())) await store.removeSetup(setup.id);
    },
  };
}

function stoppedBy({ warned: _, ...before }: Setup, failure: Failure): Setup {
  const warned = failure.kind === 'role-warned' ? { warned: failure.findings.map(({ what }) => what) } : {};
  return { ...before, ...warned, state: 'stopped' };
}

/** Characters of an id that is made of what began it. */
const ID_LENGTH = 32;

const isOld = ({ at }: Setup, now: Date) => now.getTime() - Date.parse(at) > SETUP_HOURS * 3_600_000;

/** Why a database cannot be registered under a name. */
async function refusedName(
  name: string,
  { store, declared }: Pick<Parts, 'store' | 'declared'>,
): Promise<Failure | undefined> {
  if (!isDatabaseName(name)) return { kind: 'bad-name', name };
  if ((await declared()).includes(name)) return { kind: 'declared', database: name };
  const taken = (await store.databases()).some(({ id }) => id === name);
  return taken ? { kind: 'database-exists', name } : undefined;
}
