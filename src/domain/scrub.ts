/** What must not stand in a log: tokens, passwords, addresses with a user's password, keys and long runs that may be one (SEC-2). */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '[key]'],
  [/\bxox[a-z]-[\w-]+/gi, '[token]'],
  [/\bxapp-[\w-]+/gi, '[token]'],
  [/\b(?:sk|pk|ghp|gho|glpat)[-_][\w-]{12,}/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [token]'],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1[user]@'],
  [
    /\b((?:pass(?:word|wd)?|pwd|secret|token|api[-_]?key|authorization)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;}]+)/gi,
    '$1[hidden]',
  ],
  [/[A-Za-z0-9+/_-]{40,}={0,2}/g, '[long]'],
];

/** A text for the log, without what might be a secret. */
export function scrub(text: string): string {
  return PATTERNS.reduce((cleaned, [pattern, instead]) => cleaned.replace(pattern, instead), text);
}
