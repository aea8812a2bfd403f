import { isStopWord, splitIdentifier } from '#src/domain/words.ts';

const MOST_PHRASES = 16;

/**
 * Keywords of a question and its hint, in lower case (sources.md#keywords): named entities (quoted text, capitalised words inside the sentence),
 * content words and pairs of neighbours, and both sides of what the hint defines (`x refers to y = 'z'`). By rule: a model's would cost a
 * call for every question.
 */
export function readKeywords(question: string, hint = ''): string[] {
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
  const all = [...defined, ...quoted, ...names, ...pairs, ...singles].map((phrase) => phrase.toLowerCase());
  return [...new Set(all)].slice(0, MOST_PHRASES);
}
