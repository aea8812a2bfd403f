/** Draws a chart block as SVG, for a wide screen and for a phone. No label is turned: bars whose labels do not fit beneath them lie down. */
import { pie } from './pie.ts';
import { el, type Tree } from './tree.ts';

interface Node_ {
  readonly [key: string]: unknown;
}

const list = (value: unknown) => (Array.isArray(value) ? value : []) as Node_[];
const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));

const HEIGHT = 166;
/** Room for the figures at the left, and around. The labels below take what they need. */
const MARGIN = { left: 64, right: 12, top: 12 };

interface Point {
  readonly label: string;
  readonly value: number;
}

/** A chart, drawn for a wide screen and for a phone: its words are as large on both. */
export function renderChart(block: Node_): Tree {
  const chart = (block.chart ?? {}) as Node_;
  const series = list(chart.series).map(({ name, data }) => ({
    name: str(name),
    points: list(data).map((point) => ({ label: str(point.label), value: Number(point.value) })),
  }));
  if (chart.type === 'pie') {
    const segments = list(chart.segments).map(({ label, value }) => ({ label: str(label), value: Number(value) }));
    const about = `pie chart: ${str(block.title)}`;
    return el('figure', { class: 'b-chart' }, el('figcaption', {}, str(block.title)), pie(segments, about));
  }
  const axis = (chart.axis_config ?? {}) as Node_;
  const about = `${str(chart.type)} chart: ${str(axis.y_label)} by ${str(axis.x_label)}`;
  const line = chart.type !== 'bar';
  const draw = (frame: Frame) =>
    series.length > 1 ? sideBySide(series, line, frame) : drawn(series[0]?.points ?? [], line, frame);
  return el(
    'figure',
    { class: 'b-chart' },
    el('figcaption', {}, str(block.title)),
    draw({ width: 560, name: 'wide', about }),
    draw({ width: 330, name: 'narrow', about }),
    series.length > 1
      ? el(
          'ul',
          { class: 'legend' },
          series.map(({ name }, at) => el('li', { class: `s${at}` }, name)),
        )
      : '',
  );
}

interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Several series over the same categories: lines over each other, or bars in groups. */
function sideBySide(series: readonly Series[], line: boolean, frame: Frame): Tree {
  const { points: first } = series[0]!;
  const step = stepOf(first, frame);
  const all = series.flatMap(({ points }) => points);
  const { grid, y } = gridOf(all, frame);
  const middle = (at: number) => MARGIN.left + step * (at + 0.5);
  const labels = axisLabels(
    first.map(({ label }) => label),
    step,
    middle,
  );
  const room = (step * 0.8) / series.length;
  const marks = series.map(({ points }, index) => {
    const x = (at: number) => MARGIN.left + step * (at + 0.1) + room * (index + 0.5);
    const own = line ? lineMarks(points, middle, y) : barMarks(points, { step: room * 1.3, x, y });
    return el('g', { class: `s${index}` }, own);
  });
  const box = `0 0 ${frame.width} ${HEIGHT + labels.height}`;
  const attrs = { class: frame.name, viewBox: box, role: 'img', 'aria-label': frame.about };
  return el('svg', attrs, grid, marks, labels.trees);
}

interface Frame {
  readonly width: number;
  readonly name: string;
  readonly about: string;
}

function drawn(points: readonly Point[], line: boolean, frame: Frame): Tree {
  const step = stepOf(points, frame);
  const labels = points.map(({ label }) => label);
  return line || fitBeneath(labels, step) ? upright(points, line, frame) : lyingDown(points, frame);
}

const stepOf = ({ length }: readonly Point[], { width }: Frame) =>
  (width - MARGIN.left - MARGIN.right) / Math.max(length, 1);

function upright(points: readonly Point[], line: boolean, frame: Frame): Tree {
  const { width, name, about } = frame;
  const { grid, y } = gridOf(points, frame);
  const step = stepOf(points, frame);
  const x = (at: number) => MARGIN.left + step * (at + 0.5);
  const labels = axisLabels(
    points.map((point) => point.label),
    step,
    x,
  );
  return el(
    'svg',
    { class: name, viewBox: `0 0 ${width} ${HEIGHT + labels.height}`, role: 'img', 'aria-label': about },
    grid,
    line ? lineMarks(points, x, y) : barMarks(points, { step, x, y }),
    labels.trees,
  );
}

/** The lines of the grid with their figures, and where a value lies. */
function gridOf(points: readonly Point[], { width }: Frame) {
  const ticks = axisTicks(points.map((point) => point.value));
  const bottom = ticks[0]!;
  const top = ticks.at(-1)!;
  const y = (value: number) => MARGIN.top + (HEIGHT - MARGIN.top) * (1 - (value - bottom) / (top - bottom || 1));
  const grid = ticks.flatMap((value) => [
    el('line', {
      class: 'grid',
      x1: String(MARGIN.left),
      x2: String(width - MARGIN.right),
      y1: fixed(y(value)),
      y2: fixed(y(value)),
    }),
    el(
      'text',
      { class: 'tick', x: String(MARGIN.left - 8), y: fixed(y(value) + 4), 'text-anchor': 'end' },
      short(value),
    ),
  ]);
  return { grid, y };
}

/** Height of a bar that lies, with the room around it. */
const ROW = 20;
/** Letters of a label at the left of a bar, at most. */
const LONGEST = 24;

/** Bars that lie, each with its label at its left: for words that have no room beneath a bar. */
function lyingDown(points: readonly Point[], { width, name, about }: Frame): Tree {
  const texts = points.map(({ label }) => clip(label, Math.min(LONGEST, Math.floor((width * 0.4) / LETTER))));
  const left = Math.max(...texts.map(({ length }) => length)) * LETTER + 14;
  const right = 20;
  const ticks = axisTicks(points.map((point) => point.value));
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  const x = (value: number) => left + (width - left - right) * ((value - first) / (last - first || 1));
  const bottom = points.length * ROW + 4;
  const widest = Math.max(...ticks.map((value) => short(value).length)) * LETTER + 10;
  const every = Math.ceil((widest * (ticks.length - 1)) / (width - left - right));
  const grid = ticks.flatMap((value, at) => [
    el('line', { class: 'grid', x1: fixed(x(value)), x2: fixed(x(value)), y1: '0', y2: fixed(bottom) }),
    ...(at % every === 0
      ? [
          el(
            'text',
            { class: 'tick', 'text-anchor': 'middle', x: fixed(x(value)), y: fixed(bottom + 15) },
            short(value),
          ),
        ]
      : []),
  ]);
  const bars = points.flatMap((point, at) => [
    el(
      'text',
      { class: 'tick', 'text-anchor': 'end', x: fixed(left - 8), y: fixed(at * ROW + ROW / 2 + 6) },
      texts[at]!,
    ),
    el(
      'rect',
      {
        class: 'bar',
        x: fixed(Math.min(x(point.value), x(0))),
        width: fixed(Math.abs(x(point.value) - x(0))),
        y: fixed(at * ROW + 4),
        height: fixed(ROW - 6),
      },
      pointTitle(point),
    ),
  ]);
  return el(
    'svg',
    { class: name, viewBox: `0 0 ${width} ${bottom + 22}`, role: 'img', 'aria-label': about },
    grid,
    bars,
  );
}

const lineMarks = (points: readonly Point[], x: (at: number) => number, y: (value: number) => number): Tree[] => [
  el('polyline', {
    class: 'line',
    points: points.map((point, at) => `${fixed(x(at))},${fixed(y(point.value))}`).join(' '),
  }),
  ...points.map((point, at) =>
    el('circle', { class: 'dot', cx: fixed(x(at)), cy: fixed(y(point.value)), r: '3' }, pointTitle(point)),
  ),
];

function barMarks(
  points: readonly Point[],
  { step, x, y }: { readonly step: number; readonly x: (at: number) => number; readonly y: (value: number) => number },
): Tree[] {
  return points.map((point, at) =>
    el(
      'rect',
      {
        class: 'bar',
        x: fixed(x(at) - step * 0.35),
        width: fixed(step * 0.7),
        y: fixed(Math.min(y(point.value), y(0))),
        height: fixed(Math.abs(y(point.value) - y(0))),
      },
      pointTitle(point),
    ),
  );
}

const pointTitle = ({ label, value }: Point): Tree =>
  el('title', {}, `${label}: ${value.toLocaleString('en-US', { maximumFractionDigits: 2 })}`);

/** Width of a letter of a label, as it is drawn on a desktop. */
const LETTER = 6.4;

const areDates = (texts: readonly string[]) => texts.every((text) => /^\d{4}(?:-|$)/.test(text));

/** Whether each label has room beneath its mark, on up to three lines; dates may be left out in between. */
const fitBeneath = (texts: readonly string[], step: number) =>
  areDates(texts) || texts.every((text) => wrapped(text, step - 4).every((part) => part.length * LETTER <= step - 4));

/** The labels under a chart: where each has no room beneath its mark, on one line and every second one and so on. */
function axisLabels(
  texts: readonly string[],
  step: number,
  x: (at: number) => number,
): { readonly trees: readonly Tree[]; readonly height: number } {
  const all = fitBeneath(texts, step) && !areDates(texts);
  const lines = texts.map((text) => (all ? wrapped(text, step - 4) : [clip(text, LONGEST)]));
  const widest = Math.max(0, ...lines.flat().map((text) => text.length)) * LETTER + 12;
  const every = all ? 1 : Math.ceil(widest / step);
  const top = HEIGHT + 16;
  const trees = lines.flatMap((parts, at) =>
    at % every === 0
      ? parts.map((part, line) =>
          el('text', { class: 'tick', 'text-anchor': 'middle', x: fixed(x(at)), y: fixed(top + 14 * line) }, part),
        )
      : [],
  );
  return { trees, height: 10 + 14 * Math.max(1, ...lines.map((parts) => parts.length)) };
}

/** A text on one line where it fits, else its words on up to three. */
function wrapped(text: string, width: number): readonly string[] {
  if (text.length * LETTER <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && (last.length + 1 + word.length) * LETTER <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length <= 3 ? lines : [text];
}

const fixed = (value: number) => value.toFixed(1);
const clip = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Round numbers that span zero and every value: four or five steps of 1, 2, 2.5 or 5 times a power of ten; between whole numbers no fractions. */
export function axisTicks(values: readonly number[]): readonly number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const least = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  const round = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least * 0.999)!;
  const step = values.every(Number.isInteger) ? Math.max(1, Math.ceil(round)) : round;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

function short(value: number): string {
  return Math.abs(value) >= 10_000
    ? new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value)
    : value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
