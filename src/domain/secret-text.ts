/** What somebody is told who pasted a secret where none belongs. */
export const SECRET_ADVICE =
  'This looks like a password or key, so it was not kept. Never paste credentials in Slack: change this one, and use a reference or the setup page.';

const URL_WITH_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i;
const KEY_HEADER = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** By the prefixes that services give them. */
const KNOWN_TOKEN =
  /\b(?:xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|(?:sk|pk)[-_](?:live_|test_)?[A-Za-z0-9]{16,}|gh[opsu]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}|AKIA[A-Z0-9]{12,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,})/;
const NAMED =
  /\b(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|access[-_ ]?key)\b["']?\s*([=:])\s*["']?([^\s"',;]+)/gi;
/** Values that a column of that name is compared with. */
const NO_SECRET = /^(?:null|none|true|false|yes|no|empty|unknown|missing|set|is|not|\?+)$/i;
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>|]+/gi;
/** A certificate is for everybody to see, though it looks like a key. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const RUN = /[A-Za-z0-9+/_=-]{32,}/g;
/** From so many on, letters and digits are mixed as in no name: `orders_of_customers_in_region_2024` has two. */
const CHANGES = 4;

/** Whether a text holds what looks like a password, key or token (ADM-4). */
export function secretIn(text: string): boolean {
  if (URL_WITH_PASSWORD.test(text) || KEY_HEADER.test(text) || KNOWN_TOKEN.test(text)) return true;
  if ([...text.matchAll(NAMED)].some(([, sign, value]) => isNamedSecret(sign!, value!))) return true;
  const runs = text.replace(CERTIFICATE, ' ').replace(WEB_ADDRESS, ' ').replace(UUID, ' ').match(RUN) ?? [];
  return runs.some((run) => (run.match(/[a-z](?=\d)|\d(?=[a-z])/gi) ?? []).length >= CHANGES);
}

/** After a colon prose may follow ("token: the one of the shop"); after an equals sign a value does. */
function isNamedSecret(sign: string, value: string): boolean {
  if (value.length < 4 || NO_SECRET.test(value.replace(/[?.!)]+$/, ''))) return false;
  return sign === '=' || /\d|[^\w.]/.test(value.slice(0, -1));
}
