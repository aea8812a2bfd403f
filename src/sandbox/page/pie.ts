/** Draws a pie chart as SVG: a ring whose segments follow each other from the top, with a legend that says each in per cent. */
import { el, type Tree } from './tree.ts';

export interface Segment {
  readonly label: string;
  readonly value: number;
}

const SIZE = 160;
const RADIUS = 56;
const ROUND = 2 * Math.PI * RADIUS;

export function pie(segments: readonly Segment[], about: string): Tree {
  const whole = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  let before = 0;
  const slices = segments.map(({ value }, at) => {
    const length = (ROUND * value) / whole;
    const attrs = {
      class: 'slice',
      cx: String(SIZE / 2),
      cy: String(SIZE / 2),
      r: String(RADIUS),
      transform: `rotate(-90 ${SIZE / 2} ${SIZE / 2})`,
      'stroke-dasharray': `${length.toFixed(1)} ${(ROUND - length).toFixed(1)}`,
      'stroke-dashoffset': (-before).toFixed(1),
    };
    before += length;
    return el('g', { class: `s${at}` }, el('circle', attrs));
  });
  const legend = segments.map(({ label, value }, at) =>
    el('li', { class: `s${at}` }, `${label} ${((100 * value) / whole).toFixed(1)} %`),
  );
  return el(
    'div',
    { class: 'pie' },
    el('svg', { viewBox: `0 0 ${SIZE} ${SIZE}`, role: 'img', 'aria-label': about }, slices),
    el('ul', { class: 'legend' }, legend),
  );
}
