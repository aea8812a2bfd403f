import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { Secret } from '#src/domain/secret.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import { currentAlone, type KeyRing, keyOf, readKeyRing, withNewKey, writeKeyRing } from './key-ring.ts';

const Sealed = z.strictObject({
  version: z.literal(1),
  key: z.string(),
  iv: z.string(),
  tag: z.string(),
  data: z.string(),
});
type Sealed = z.infer<typeof Sealed>;

const CIPHER = 'aes-256-gcm';
const CHANGED = 'it was changed since it was sealed; set the password anew';

/**
 * Secrets sealed with AES-256-GCM in the state, the key in a file of its own beside or away from it; the id is bound in as associated
 * data, so that one record cannot stand in for another (SEC-1).
 */
export function openSealedVault(store: Pick<DatabaseStore, 'sealed' | 'saveSealed'>, keyFile: string): SecretVault {
  const unavailable = (id: string, why: string) => fail({ kind: 'secret-unavailable', of: id, why } as const);

  /** The keys, or that they cannot be read. */
  function ringFor(id: string): Result<KeyRing | undefined> {
    try {
      return ok(readKeyRing(keyFile));
    } catch {
      return unavailable(id, `the key file ${keyFile} cannot be read`);
    }
  }

  async function open(id: string): Promise<Result<Secret>> {
    const text = (await store.sealed()).get(id);
    if (text === undefined) return unavailable(id, 'none was set: querent secrets set');
    const ring = ringFor(id);
    if (!ring.ok) return ring;
    const sealed = readSealed(text);
    if (!sealed) return unavailable(id, CHANGED);
    const key = ring.value && keyOf(ring.value, sealed.key);
    if (!key)
      return unavailable(
        id,
        `the key file ${keyFile} is missing or lacks the key; put it back or set the password anew`,
      );
    const secret = unseal(sealed, id, key);
    return secret ? ok(secret) : unavailable(id, CHANGED);
  }

  return {
    open,
    async seal(id, secret) {
      const ring = ringFor(id);
      if (!ring.ok) return ring;
      // A new key would orphan what an old one sealed.
      if (!ring.value && (await store.sealed()).size)
        return unavailable(id, `the key file ${keyFile} is missing; put it back first`);
      const keys = ring.value ?? withNewKey(undefined);
      if (!ring.value) writeKeyRing(keyFile, keys);
      await store.saveSealed(new Map([[id, sealWith(keys, id, secret)]]));
      return ok(undefined);
    },
    async rotate() {
      const secrets = new Map<string, Secret>();
      for (const id of (await store.sealed()).keys()) {
        const opened = await open(id);
        if (!opened.ok) return opened;
        secrets.set(id, opened.value);
      }
      // Both keys are there until everything is sealed with the new one, so that a running bot reads either.
      const both = withNewKey(readKeyRing(keyFile));
      writeKeyRing(keyFile, both);
      await store.saveSealed(new Map([...secrets].map(([id, secret]) => [id, sealWith(both, id, secret)])));
      writeKeyRing(keyFile, currentAlone(both));
      return ok(secrets.size);
    },
  };
}

function readSealed(text: string): Sealed | undefined {
  try {
    return Sealed.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function sealWith(ring: KeyRing, id: string, secret: Secret): string {
  const key = keyOf(ring, ring.current);
  if (!key) throw new Error('a key ring lacks its own key');
  const iv = randomBytes(12);
  const cipher = createCipheriv(CIPHER, key, iv);
  cipher.setAAD(Buffer.from(id));
  const data = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
  const sealed: Sealed = {
    version: 1,
    key: ring.current,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return JSON.stringify(sealed);
}

/** Nothing where it was changed, or is another's. */
function unseal({ iv, tag, data }: Sealed, id: string, key: Buffer): Secret | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64'));
    decipher.setAAD(Buffer.from(id));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]);
    return new Secret(plain.toString('utf8'));
  } catch {
    return undefined;
  }
}
