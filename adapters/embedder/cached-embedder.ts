import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';

/** Keeps every vector in a file under the text's hash, so that re-indexing embeds only what is new. */
export function cachedEmbedder(inner: Embedder, folder: string): Embedder {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `embeddings-${inner.id.replace(/[^\w.@-]/g, '_')}.sqlite`);
  const database = new DatabaseSync(file, { timeout: 30_000 }); // another process may be indexing
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID');
  const find = database.prepare('SELECT vector FROM vectors WHERE hash = ?');
  const keep = database.prepare('INSERT OR REPLACE INTO vectors VALUES (?, ?)');
  const hashOf = (text: string) => createHash('sha256').update(text).digest();

  function known(text: string): Float32Array | undefined {
    const bytes = find.get(hashOf(text))?.vector as Uint8Array | undefined;
    return bytes && new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  return {
    id: inner.id,
    dimensions: inner.dimensions,
    ...(inner.prefixes ? { prefixes: inner.prefixes } : {}),
    async embed(texts, signal, kind = 'text') {
      // What is embedded is kept: a model that is told questions from texts has two vectors for the same words.
      const read = (text: string) => `${inner.prefixes?.[kind] ?? ''}${text}`;
      const vectors = new Map(
        texts.flatMap((text) => {
          const vector = known(read(text));
          return vector ? [[text, vector] as const] : [];
        }),
      );
      const missing = [...new Set(texts.filter((text) => !vectors.has(text)))];
      const fresh = missing.length ? await inner.embed(missing, signal, kind) : [];
      if (fresh.length !== missing.length) throw new EmbedderUnavailable('it gave fewer vectors than texts');
      const made = [...fresh.entries()].map(([at, vector]) => ({ text: missing[at] ?? '', vector }));
      database.exec('BEGIN');
      for (const { text, vector } of made) {
        vectors.set(text, vector);
        keep.run(hashOf(read(text)), new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
      }
      database.exec('COMMIT');
      return texts.flatMap((text) => vectors.get(text) ?? []);
    },
    async close() {
      database.close();
      await inner.close();
    },
  };
}
