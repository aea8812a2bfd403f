import { sequenceRatio } from '#src/domain/likeness.ts';
import { stem } from '#src/domain/words.ts';
import { MinHashIndex } from '../values/min-hash.ts';

/** Words of names that are as long as a misspelt one may be; shorter ones are near too many others. */
const SHORTEST = 5;
const CANDIDATES = 10;
/** Likeness from which a word is taken for a misspelt name ("custmers" and customers: 0.94). */
const ALIKE = 0.85;
/** Names that can be found misspelt: each costs 400 bytes. */
const MAX_WORDS = 50_000;

/** Finds the names that a misspelt word means. */
export class Spelling {
  readonly #near: MinHashIndex<string>;

  constructor(words: readonly string[]) {
    const long = words.filter((word) => word.length >= SHORTEST && /^\p{L}+$/u.test(word)).slice(0, MAX_WORDS);
    this.#near = new MinHashIndex(long, (own) => own);
  }

  /** Stems of the names spelt most like a word, with their likeness (0–1); none for a short word. */
  nearest(word: string): (readonly [stem: string, likeness: number])[] {
    if (word.length < SHORTEST) return [];
    const scored = this.#near
      .candidates(word, CANDIDATES)
      .map((name) => [stem(name), sequenceRatio(word, name)] as const)
      .filter(([, likeness]) => likeness >= ALIKE);
    const best = Math.max(...scored.map(([, likeness]) => likeness));
    return scored.filter(([, likeness]) => likeness === best);
  }
}
