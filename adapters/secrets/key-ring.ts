import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** `keys`: base64 of 32 bytes, by key id. */
const KeyRing = z.strictObject({ current: z.string(), keys: z.record(z.string(), z.string()) });
export type KeyRing = Readonly<z.infer<typeof KeyRing>>;

/** Bytes of a key of AES-256. */
const KEY_BYTES = 32;

/** The keys in a file; nothing where there is none. Throws where they cannot be read. */
export function readKeyRing(file: string): KeyRing | undefined {
  if (!existsSync(file)) return undefined;
  const ring = KeyRing.parse(JSON.parse(readFileSync(file, 'utf8')));
  const sound = Object.keys(ring.keys).every((id) => keyOf(ring, id)?.length === KEY_BYTES);
  if (!keyOf(ring, ring.current) || !sound) throw new Error('no key ring');
  return ring;
}

/** Readable by its owner only; a file that is half written takes no place of one that is whole. */
export function writeKeyRing(file: string, ring: KeyRing): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.partial`;
  writeFileSync(partial, JSON.stringify(ring), { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, file);
}

/** The same keys and a new one, which is used from now on. */
export function withNewKey(ring: KeyRing | undefined): KeyRing {
  const current = randomBytes(6).toString('hex');
  return { current, keys: { ...ring?.keys, [current]: randomBytes(KEY_BYTES).toString('base64') } };
}

/** The key in use alone. */
export const currentAlone = ({ current, keys }: KeyRing): KeyRing => ({
  current,
  keys: Object.fromEntries(Object.entries(keys).filter(([id]) => id === current)),
});

export function keyOf({ keys }: KeyRing, id: string): Buffer | undefined {
  const key = keys[id];
  return key === undefined ? undefined : Buffer.from(key, 'base64');
}
