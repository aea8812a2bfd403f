import type { PhaseNews } from './progress.ts';
import { splitIdentifier } from './words.ts';

/** News with no word that a text does not hold: of a private follow-up, others read what was said before them alone. */
export function inWordsOf(text: string, news: PhaseNews): PhaseNews {
  if (!news.about) return news;
  const said = new Set(splitIdentifier(text));
  return { ...news, about: news.about.filter((word) => splitIdentifier(word).every((part) => said.has(part))) };
}
