/**
 * MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4): texts that share many
 * character 3-grams fall into a common bucket of some band. 50 bands of 2 rows find a pair of Jaccard similarity J with
 * 1 − (1 − J²)^50: nearly always from 0.3 on, half the time at 0.12 (made for recall: sources.md#value-spelling).
 */
const BANDS = 50;
const ROWS = 2;
const SHINGLE = 3;

/** Distinct character 3-grams of a text in lower case; a shorter text is one shingle. */
export function shinglesOf(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase();
  if (lower.length <= SHINGLE) return new Set([lower]);
  return new Set(Array.from({ length: lower.length - SHINGLE + 1 }, (_, at) => lower.slice(at, at + SHINGLE)));
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const one of a) if (b.has(one)) common += 1;
  return common / (a.size + b.size - common);
}

/** Room for the row in an entry: 32 bits of key and 21 of row are the 53 bits that a number holds exactly. */
const ROWS_MOST = 2 ** 21;

/** Finds things whose texts share shingles with a given one, among many. Entries are (key, row) in one sorted array: 8 bytes each. */
export class MinHashIndex<T> {
  readonly #things: readonly T[];
  readonly #entries: Float64Array;

  /** @param things the rows, each found by a text; at most 2,097,152. */
  constructor(things: readonly T[], textOf: (thing: T) => string) {
    this.#things = things;
    this.#entries = new Float64Array(things.length * BANDS);
    for (const [row, thing] of things.entries())
      for (const [band, key] of bandKeys(textOf(thing)).entries())
        this.#entries[row * BANDS + band] = key * ROWS_MOST + row;
    this.#entries.sort();
  }

  /** Things whose text shares a bucket with a text, those of most buckets first. */
  candidates(text: string, limit: number): T[] {
    const counts = new Map<number, number>();
    for (const key of bandKeys(text)) for (const row of this.#bucket(key)) counts.set(row, (counts.get(row) ?? 0) + 1);
    return [...counts]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, limit)
      .flatMap(([row]) => {
        const thing = this.#things[row];
        return thing === undefined ? [] : [thing];
      });
  }

  /** The rows of one key. */
  #bucket(key: number): Iterable<number> {
    const first = this.#firstAt(key * ROWS_MOST);
    return this.#entries.subarray(first, this.#firstAt((key + 1) * ROWS_MOST)).map((entry) => entry - key * ROWS_MOST);
  }

  /** The first entry that is not below a value. */
  #firstAt(value: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One 32-bit key a band: the band's number and the smallest hashes of its rows, mixed. */
function bandKeys(text: string): number[] {
  const hashes = [...shinglesOf(text)].map(hash32);
  return Array.from({ length: BANDS }, (_, band) => {
    let key = mix(band + 1);
    for (let row = 0; row < ROWS; row += 1) {
      const seed = mix(band * ROWS + row + 0x9e37);
      let least = 0xffff_ffff;
      for (const one of hashes) least = Math.min(least, mix(one ^ seed));
      key = mix(key ^ least);
    }
    return key;
  });
}

/** FNV-1a over UTF-16 units. */
function hash32(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** Murmur3's finaliser: every bit of the input moves about half of the output's. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
