import { unreadable } from './refused.ts';

const MAX_PATTERN = 200;
/** Texts that a query pads to; the caps cut what is longer. */
const MAX_PADDED = 1_000_000;

/**
 * Refuses a regular expression that may run for ever (GATE-11): it must be a constant of at most 200 characters
 * without back-references and without a repeated group that itself repeats or offers a choice.
 */
export function checkPattern(pattern: string | undefined): void {
  if (pattern === undefined) throw unreadable('its regular expression is not a constant text');
  if (pattern.length > MAX_PATTERN) throw unreadable(`its regular expression is longer than ${MAX_PATTERN} characters`);
  if (/\\[1-9]|\\[kg][<{]|\(\?P=/.test(pattern)) throw unreadable('its regular expression refers back to a group');
  if (/\(\?[^:]|\(\*/.test(pattern)) throw unreadable('its regular expression has special groups');
  if (nestsRepetition(pattern)) throw unreadable('its regular expression repeats a group that repeats');
}

/** Is a group repeated without bound that holds a repetition or a choice? */
function nestsRepetition(pattern: string): boolean {
  const groups: { repeats: boolean }[] = [];
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!;
    if (char === '\\') at += 1;
    else if (inClass) inClass = char !== ']' || pattern[at - 1] === '[';
    else if (char === '[') inClass = true;
    else if (char === '(') groups.push({ repeats: false });
    else if (char === ')') {
      const group = groups.pop();
      const repeated = /^(?:[*+]|\{\d*,\d*\}|\{\d{2,}\})/.test(pattern.slice(at + 1));
      if (repeated && group?.repeats) return true;
      const parent = groups.at(-1);
      if (parent && (repeated || group?.repeats)) parent.repeats = true;
    } else if ('*+|?'.includes(char) || /^\{\d*,?\d*\}/.test(pattern.slice(at))) {
      for (const group of groups) group.repeats = true;
    }
  }
  return false;
}

/** Refuses a length that is no small constant. */
export function checkLength(name: string, length: number | undefined): void {
  if (length === undefined || length > MAX_PADDED)
    throw unreadable(`the length in ${name} is not a number up to ${MAX_PADDED}`);
}

/** Refuses a format (printf, format) that is no constant or asks for a width beyond three digits. */
export function checkFormat(name: string, format: string | undefined): void {
  if (format === undefined) throw unreadable(`the format in ${name} is not a constant text`);
  if (/%[^a-zA-Z%]*(?:\*|\d{4,})/.test(format))
    throw unreadable(`the format in ${name} asks for a width that is not small`);
}

/** The same for a format in braces (SFORMAT): `{:9}` pads, `{:{}}` takes the width from elsewhere. */
export function checkBraces(name: string, format: string | undefined): void {
  if (format === undefined) throw unreadable(`the format in ${name} is not a constant text`);
  if (/\{[^}]*(?:\{|\d{4,})/.test(format)) throw unreadable(`the format in ${name} asks for a width that is not small`);
}
