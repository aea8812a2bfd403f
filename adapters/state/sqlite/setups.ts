import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Setup, sealedAs } from '#src/domain/setup.ts';
import type { SetupStore } from '#src/ports/setup-store.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, readStored, text } from './stored.ts';
import { Database } from './stored-databases.ts';

const Stored: z.ZodType<Setup> = z.strictObject({
  id: text,
  by: z.strictObject({ teamId: text, userId: text, channelId: z.exactOptional(text) }),
  database: Database,
  of: z.enum(['registration', 'password']),
  state: z.enum(['waits-for-password', 'ready', 'stopped']),
  accepted: z.array(text),
  warned: z.exactOptional(z.array(text)),
  at: text,
  told: z.exactOptional(z.strictObject({ channel: text, ts: text })),
  link: z.exactOptional(
    z.strictObject({
      token: text,
      until: text,
      signIn: z.exactOptional(z.strictObject({ state: text, nonce: text })),
      session: z.exactOptional(text),
    }),
  ),
});

const readSetup = (stored: string, id: string) => readStored(Stored, stored, `the setup ${id}`);

/** Databases that are being set up; one that cannot be read is left out, and goes when its time is over. */
export function sqliteSetups(file: StateFile): SetupStore {
  const { all, change, transaction } = file;
  return {
    setups: async () => setupsIn(file),
    async addSetup(setup) {
      change('INSERT OR REPLACE INTO setups VALUES (?, ?, ?)', setup.id, setup.at, JSON.stringify(setup));
    },
    changeSetup: async (before, after) =>
      transaction(() => {
        const [row] = all('SELECT setup FROM setups WHERE id = ?', before.id);
        if (!row || !isDeepStrictEqual(readSetup(String(row.setup), before.id), before)) return false;
        return change('UPDATE setups SET setup = ? WHERE id = ?', JSON.stringify(after), before.id) === 1;
      }),
    async removeSetup(id) {
      transaction(() => removeOne(file, id));
      file.wipeRemoved();
    },
  };
}

const setupsIn = ({ all }: StateFile): readonly Setup[] =>
  all('SELECT id, setup FROM setups ORDER BY at, id').flatMap(
    (row) => ifReadable(() => readSetup(String(row.setup), String(row.id))) ?? [],
  );

function removeOne({ change }: StateFile, id: string): void {
  change('DELETE FROM setups WHERE id = ?', id);
  change('DELETE FROM secrets WHERE id = ?', sealedAs(id));
}

/** Removes those that are meant, with what was sealed for them. */
export function removeSetups(file: StateFile, isMeant: (setup: Setup) => boolean): void {
  for (const setup of setupsIn(file)) if (isMeant(setup)) removeOne(file, setup.id);
}
