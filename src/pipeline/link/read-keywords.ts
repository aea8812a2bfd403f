import { isStopWord, splitIdentifier } from '#src/domain/words.ts';

/** What of a question may name columns or values: quoted text, names, numbers, and words with their neighbours. */
export interface Keywords {
  /** For columns: content words, and pairs of neighbours. */
  readonly phrases: readonly string[];
  /** Named entities: quoted text and capitalised words inside a sentence. */
  readonly entities: readonly string[];
}

const MOST_PHRASES = 16;

/**
 * Keywords of a question and its hint (xiyan.md 3.1), by rule: a model's would cost a call a question and, of questions that name
 * things, finds what these find. The hint's definitions (`x refers to y = 'z'`) give their sides as phrases.
 */
export function readKeywords(question: string, hint = ''): Keywords {
  const quoted = [...`${question} ${hint}`.matchAll(/["“'‘]([^"”'’]{2,60})["”'’](?!\w)/g)].map((match) =>
    match[1]!.trim(),
  );
  const names = [...question.matchAll(/(?<=[a-z,]\s)(?:\p{Lu}[\p{L}\p{N}&.-]*)(?:\s\p{Lu}[\p{L}\p{N}&.-]*)*/gu)].map(
    (match) => match[0],
  );
  const defined = hint
    .split(/;|\brefers? to\b|\bmeans\b|[=<>]+/)
    .map((part) => part.trim().replace(/^["'`]|["'`]$/g, ''))
    .filter((part) => part.length > 1 && part.length <= 60);
  const words = question.split(/[^\p{L}\p{N}_'’-]+/u).filter(Boolean);
  const content = words.map((word) => (splitIdentifier(word).every(isStopWord) ? undefined : word));
  const pairs = content.flatMap((word, at) => {
    const next = content[at + 1];
    return word && next ? [`${word} ${next}`] : [];
  });
  const singles = content.filter((word): word is string => word !== undefined);
  const phrases = [...new Set([...defined, ...pairs, ...singles].map((phrase) => phrase.toLowerCase()))];
  return { phrases: phrases.slice(0, MOST_PHRASES), entities: [...new Set([...quoted, ...names])] };
}
