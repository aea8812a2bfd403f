import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { Secret } from '#src/domain/secret.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import type { Store } from '#src/ports/store.ts';

interface KeyRing {
  readonly current: string;
  /** Base64 of 32 bytes, by key id. */
  readonly keys: Readonly<Record<string, string>>;
}

interface Sealed {
  readonly version: 1;
  readonly key: string;
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

const CIPHER = 'aes-256-gcm';

/**
 * Secrets sealed with AES-256-GCM in the state, the key in a file of its own beside or away from it; the id is bound in as associated
 * data, so that one record cannot stand in for another (SEC-1).
 */
export function openSealedVault(store: Pick<Store, 'sealed' | 'saveSealed'>, keyFile: string): SecretVault {
  const unavailable = (id: string, why: string) => fail({ kind: 'secret-unavailable', of: id, why } as const);

  function readRing(): KeyRing | undefined {
    if (!existsSync(keyFile)) return undefined;
    const ring = JSON.parse(readFileSync(keyFile, 'utf8')) as KeyRing;
    const sound = Object.values(ring.keys).every((key) => Buffer.from(key, 'base64').length === 32);
    if (!ring.keys[ring.current] || !sound) throw new Error('no key ring');
    return ring;
  }

  function writeRing(ring: KeyRing): void {
    mkdirSync(path.dirname(keyFile), { recursive: true, mode: 0o700 });
    const partial = `${keyFile}.partial`;
    writeFileSync(partial, JSON.stringify(ring), { mode: 0o600 });
    chmodSync(partial, 0o600);
    renameSync(partial, keyFile);
  }

  function withNewKey(ring: KeyRing | undefined): KeyRing {
    const current = randomBytes(6).toString('hex');
    return { current, keys: { ...ring?.keys, [current]: randomBytes(32).toString('base64') } };
  }

  function sealWith(ring: KeyRing, id: string, secret: Secret): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv(CIPHER, Buffer.from(ring.keys[ring.current]!, 'base64'), iv);
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

  function open(id: string): Result<Secret> {
    const text = store.sealed().get(id);
    if (text === undefined) return unavailable(id, 'none was set: querent secrets set');
    let ring: KeyRing | undefined;
    try {
      ring = readRing();
    } catch {
      return unavailable(id, `the key file ${keyFile} cannot be read`);
    }
    const { key, iv, tag, data } = JSON.parse(text) as Sealed;
    const held = ring?.keys[key];
    if (!held)
      return unavailable(
        id,
        `the key file ${keyFile} is missing or lacks the key; put it back or set the password anew`,
      );
    try {
      const decipher = createDecipheriv(CIPHER, Buffer.from(held, 'base64'), Buffer.from(iv, 'base64'));
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(Buffer.from(tag, 'base64'));
      const plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]);
      return ok(new Secret(plain.toString('utf8')));
    } catch {
      return unavailable(id, 'it was changed since it was sealed; set the password anew');
    }
  }

  return {
    open,
    seal(id, secret) {
      let ring: KeyRing | undefined;
      try {
        ring = readRing();
      } catch {
        return unavailable(id, `the key file ${keyFile} cannot be read`);
      }
      if (!ring) {
        // A new key would orphan what an old one sealed.
        if (store.sealed().size) return unavailable(id, `the key file ${keyFile} is missing; put it back first`);
        ring = withNewKey(undefined);
        writeRing(ring);
      }
      store.saveSealed(new Map([[id, sealWith(ring, id, secret)]]));
      return ok(undefined);
    },
    rotate() {
      const secrets = new Map<string, Secret>();
      for (const id of store.sealed().keys()) {
        const opened = open(id);
        if (!opened.ok) return opened;
        secrets.set(id, opened.value);
      }
      // Both keys are there until everything is sealed with the new one, so that a running bot reads either.
      const both = withNewKey(readRing());
      writeRing(both);
      store.saveSealed(new Map([...secrets].map(([id, secret]) => [id, sealWith(both, id, secret)])));
      writeRing({ current: both.current, keys: { [both.current]: both.keys[both.current]! } });
      return ok(secrets.size);
    },
  };
}
