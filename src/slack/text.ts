/**
 * Escapes text for mrkdwn and fallbacks: Slack reads `& < >` as markup, so a cell could otherwise mention somebody. Addresses
 * stay text because every mrkdwn object of ours is `verbatim` and every message is sent with `parse: none`.
 */
export function escapeMrkdwn(text: string): string {
  return neutral(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])|`/gu, '\u200a$&');
}

/** One line of text that shows what it holds (OUT-3): line breaks and tabs become blanks. */
export function neutral(text: string): string {
  return neutralLines(text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' '));
}

/** Marks on one letter beyond these are dropped. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
/** Zero-width, direction, tag and interlinear characters; a joiner between two pictures makes one of them and stays. */
const INVISIBLE =
  /(?<!\p{Extended_Pictographic}\ufe0f?|[\u{1f3fb}-\u{1f3ff}])\u200d|\u200d(?!\p{Extended_Pictographic})|\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|[\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\u{1d173}-\u{1d17a}]/gu;

/** As `neutral`, line by line: control characters become visible marks, invisible ones go, broken ones are repaired. */
export function neutralLines(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (char) => String.fromCharCode(0x24_00 + char.charCodeAt(0)))
    .replace(/[\u007f-\u009f]/g, '\u2421')
    .replace(INVISIBLE, '')
    .replace(STACKED_MARKS, '$1');
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cuts on a character border and marks the cut. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text.slice(0, limit + 64))) {
    if (kept.length + segment.length > limit - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Mentions of us removed, entities decoded, other mentions kept as labels. */
export function readMessageText(text: string, botUserId: string): string {
  return text
    .replaceAll(new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`, 'g'), ' ')
    .replace(/<[@#!][^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(https?:[^|>]*)(?:\|[^>]*)?>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}
