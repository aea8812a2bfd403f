/** A phrase of a question that names a stored value, and the column that holds it. */
export interface NamedBy {
  readonly asked: string;
  readonly column: string;
}

/** Names of countries, from the data that JavaScript carries. */
const COUNTRIES: ReadonlySet<string> = new Set(countryNames());

function* countryNames() {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  for (const first of letters)
    for (const second of letters) {
      const name = names.of(first + second);
      if (name && !name.startsWith('Unknown')) yield name.toLowerCase();
    }
  yield* ['usa', 'us', 'uk', 'uae'];
}

const DATES =
  /\b(?:\d{4}-\d{2}-\d{2}|(?:19|20)\d\d|(?:last|past|previous|this|next) (?:\d+ )?(?:fiscal |financial )?(?:day|week|month|quarter|year)s?|fy ?\d{2,4}|fiscal year \d{4}|yesterday|today|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (?:19|20)\d\d)\b/gi;

/**
 * The question's skeleton (XiYan-SQL; sources.md#question-skeleton): what it asks without what it asks about. Values found in a column
 * become its name, quoted text `<value>`, percentages, dates and numbers their kind, countries `<country>`, other names `<name>`.
 * The same for stored questions and new ones. Names are told by their capitals, without a trained recogniser.
 */
export function maskQuestion(question: string, named: readonly NamedBy[]): string {
  let text = question.replace(/\s+/g, ' ').trim();
  for (const { asked, column } of [...named].sort((a, b) => b.asked.length - a.asked.length)) {
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}<])["'“‘]?${escaped(asked)}["'”’]?(?![\\p{L}\\p{N}>])`, 'giu');
    text = text.replace(pattern, `<${column.toLowerCase().replaceAll('_', ' ')}>`);
  }
  text = text
    .replace(/["“][^"”]{1,60}["”]|(?<=\s)['‘][^'’]{1,60}['’](?=[\s?.,]|$)/g, '<value>')
    .replace(/\b\d+(?:\.\d+)? ?(?:%|percent\b)/gi, '<pct>')
    .replace(DATES, '<date>')
    .replace(/(?<![<\w])\d[\d,.]*(?:st|nd|rd|th)?\b/g, '<num>');
  return text.replace(/(?<=[a-z,]\s)\p{Lu}[\p{L}\p{N}&.-]*(?:\s\p{Lu}[\p{L}\p{N}&.-]*)*/gu, (name) =>
    COUNTRIES.has(name.toLowerCase()) ? '<country>' : '<name>',
  );
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
