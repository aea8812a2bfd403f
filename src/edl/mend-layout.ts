import type { EdlProblem } from '#src/sql/problem.ts';

export interface LaidOut {
  readonly text: string;
  readonly warnings: readonly EdlProblem[];
}

/** A step's number at the start of a line, with what people write around it: `1.`, `Step 1:`, `- **#1.**`, `#1)`. */
const MARK = /^\s*(?:[-*+>•]\s+)?(#\s*|step\s*#?\s*)?(\d{1,3})\s*([.):]|[–—-](?=\s))?\s*(?=\D|$)/i;

/**
 * N18 and N19: a text with a step a line and nothing else. Steps numbered otherwise get EDL's numbers; sentences before, between and
 * behind the steps, remarks behind a dash, emphasis and fences are left out.
 */
export function layOut(text: string): LaidOut {
  // Quoted SQL may hold anything.
  if (text.includes('{{')) return { text, warnings: [] };
  const lines = text
    .replace(/\*\*|__(?=\S)|(?<=\S)__/g, '')
    .replace(/^[^\n#]*?(?=#\s*1\b)/, '')
    .split('\n');
  const hasSigns = lines.some((line) => /^\s*(?:[-*+>•]\s+)?#\s*\d/.test(line));
  let [renumbered, left] = [false, false];
  let previous: 'none' | 'open' | 'ended' = 'none';
  const lastMark = lines.findLastIndex((line) => MARK.test(line));
  const laidOut = lines.map((line, at) => {
    const bare = line.replace(/\s(?:--|\/\/)\s[^'"\]}]*$/, '');
    const [whole, sign, number, stop] = MARK.exec(bare) ?? [];
    const isMark = whole !== undefined && (sign?.startsWith('#') || (!hasSigns && (sign ?? stop) !== undefined));
    if (!isMark && !bare.trim()) {
      if (previous === 'open') previous = 'ended';
      return '';
    }
    if (!isMark && (previous !== 'open' || /^\s*```/.test(bare))) {
      if (!isRemark(bare, previous === 'ended' && at < lastMark)) return bare;
      left = true;
      return '';
    }
    left ||= bare !== line;
    previous = /[.;]\s*$/.test(bare) ? 'ended' : 'open';
    if (!isMark) return bare;
    const rest = bare.slice(whole.length);
    renumbered ||= !sign?.startsWith('#') || (stop !== '.' && stop !== ':' && stop !== undefined);
    return `#${number}. ${rest}`;
  });
  return { text: laidOut.join('\n'), warnings: [...(renumbered ? [NUMBERS] : []), ...(left ? [PROSE] : [])] };
}

/** A line that is no step. One between steps may be a step that lost its number: then it names nothing. */
const isRemark = (line: string, isBetween: boolean): boolean =>
  !/^\s*#/.test(line) && !(isBetween ? /[[\]'"=<>]/ : /\[.*#\s*\d|#\s*\d.*\[/).test(line);

const NUMBERS: EdlProblem = {
  code: 'M_NUMBERS',
  message: 'The numbers of the steps are read as "#1.", "#2." and so on.',
};
const PROSE: EdlProblem = { code: 'M_PROSE', message: 'What is no step is left out.' };
