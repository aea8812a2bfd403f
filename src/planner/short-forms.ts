/** "opened" is no longer way to say `open`. */
const ENDING = /^(?:ed|ing|en|er|or|al|ion|ation|able|ity|y)$/;

/**
 * Whether a word is shortened so: to its first letters, up to a consonant before a vowel (`insp` of inspection), or to its first letter
 * and consonants after it with the last (`tkt` of ticket).
 */
export function isShortFor(short: string, word: string): boolean {
  const one = word.replace(/(?<=[^s])s$/, '');
  if (one.length < short.length + 2 || one[0] !== short[0]) return false;
  const rest = one.slice(short.length);
  if (one.startsWith(short))
    return short.length > 2 && /[^aeiouy]$/.test(short) && /^[aeiouy]/.test(rest) && !ENDING.test(rest);
  const last = /[^aeiou](?=[aeiou]*$)/.exec(one)?.[0];
  if (short.length < 3 || /[aeiou]/.test(short.slice(1)) || last !== short.at(-1)) return false;
  let at = 0;
  for (const letter of short) {
    at = one.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}
