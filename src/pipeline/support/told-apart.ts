import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';

/** Words of a question that one of two queries has and the other has not: what they read differently. In the question's order. */
export function wordsToldApart(question: string, one: string, other: string): readonly string[] {
  const [a, b] = [wordsIn(one), wordsIn(other)];
  return [...contentWords(question)].flatMap(([root, word]) => (a.has(root) === b.has(root) ? [] : [word]));
}

const wordsIn = (sql: string): ReadonlySet<string> => new Set(splitIdentifier(sql).map(stem));
