/**
 * Grammars as GBNF, which llama.cpp reads (vLLM's xgrammar, too): rules by name, `root` first. A rule's name is of letters and digits alone:
 * one with `_` makes llama.cpp refuse the grammar, older ones ignored it without a word.
 */
export type GrammarRules = readonly (readonly [name: string, body: string])[];

export const grammarText = (rules: GrammarRules): string =>
  rules.map(([name, body]) => `${name} ::= ${body}`).join('\n');

/** A text as it stands, whatever is in it. */
export function literal(text: string): string {
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (sign) =>
    sign === '"' || sign === '\\' ? `\\${sign}` : `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}

/**
 * One of the texts, their common beginnings written once: a server that holds a reply to a grammar keeps every alternative in mind that
 * goes on, so that a hundred columns cost it as much as their first letters. Nothing, where there are no texts.
 */
export function oneOf(texts: readonly string[]): string | undefined {
  const all = [...new Set(texts)].filter((text) => text !== '').sort();
  return all.length ? alternatives(all) : undefined;
}

/** Of texts in order, none twice. */
function alternatives(texts: readonly string[]): string {
  const groups = [...Map.groupBy(texts, (text) => [...text][0] ?? '').values()];
  return groups.map(withCommonStart).join(' | ');
}

function withCommonStart(group: readonly string[]): string {
  const [first = '', ...more] = group;
  if (!more.length) return literal(first);
  const start = commonStart(first, more.at(-1) ?? first);
  const rests = group.map((text) => text.slice(start.length)).filter((rest) => rest !== '');
  return `${literal(start)} (${alternatives(rests)})${first === start ? '?' : ''}`;
}

/** The first and the last of texts in order have what all of them begin with; a sign of two units stays whole. */
function commonStart(first: string, last: string): string {
  const [left, right] = [[...first], [...last]];
  const differs = left.findIndex((sign, at) => sign !== right[at]);
  return left.slice(0, differs < 0 ? left.length : differs).join('');
}
