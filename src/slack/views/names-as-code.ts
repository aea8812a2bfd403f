import { cut, neutral } from '../text.ts';

/** Names in brackets become code, everything else is plain text. */
export function namesAsCode(sentence: string, limit: number): { text: string; code?: boolean }[] {
  const text = cut(neutral(sentence), limit);
  return text
    .split(/(\[(?:[^\]]|\]\])+\])/)
    .filter(Boolean)
    .map((part) =>
      /^\[.+\]$/s.test(part) ? { text: part.slice(1, -1).replaceAll(']]', ']'), code: true } : { text: part },
    );
}
