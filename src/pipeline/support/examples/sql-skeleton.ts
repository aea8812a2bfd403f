/** Words of SQL that say what kind of query it is. */
const KEYWORDS =
  /\b(?:distinct|join|left|where|group by|having|order by|desc|limit|union|intersect|except|not in|not exists|exists|in|like|between|count|sum|avg|min|max|case|over|with)\b/gi;

function sqlKeywords(sql: string): ReadonlySet<string> {
  return new Set([...plain(sql).matchAll(KEYWORDS)].map(([word]) => word.toLowerCase()));
}

/** Share of keywords that two statements have in common (Jaccard), 0–1. */
export function keywordOverlap(one: string, other: string): number {
  const [a, b] = [sqlKeywords(one), sqlKeywords(other)];
  const both = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - both;
  return all ? both / all : 1;
}

/** The statement without names and values: two with the same skeleton differ in these alone. */
export function sqlSkeleton(sql: string): string {
  return plain(sql)
    .toLowerCase()
    .replace(
      /\b(?!(?:select|distinct|from|join|left|inner|on|as|where|group|by|having|order|asc|desc|limit|union|all|intersect|except|and|or|not|in|exists|like|between|is|null|case|when|then|else|end|count|sum|avg|min|max|with|over|partition|cast)\b)[a-z_][\w.]*/g,
      '_',
    )
    .replace(/\b\d+(?:\.\d+)?\b/g, '0')
    .replace(/\s+/g, ' ')
    .trim();
}

const plain = (sql: string) => sql.replace(/'(?:[^']|'')*'/g, '0').replace(/"[^"]*"|`[^`]*`/g, 'name');
