/**
 * Draws Slack's blocks: blocks → a plain tree → DOM, or → HTML text for tests. Text from messages only ever becomes text nodes,
 * so nothing in a cell can turn into markup. A block that is not known shows itself as such.
 */
import { MORE_BLOCKS } from './more-blocks.ts';
import { el, type Tree } from './tree.ts';

interface Node_ {
  readonly [key: string]: unknown;
}

export interface RenderContext {
  /** The name behind a user id. */
  readonly nameOf: (id: string) => string;
  /** Draws the elements of a view; a message's are drawn here. */
  readonly control?: (block: Node_, element: Node_) => Tree;
}

const list = (value: unknown) => (Array.isArray(value) ? value : []) as Node_[];
const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));

export function renderBlocks(blocks: readonly unknown[], context: RenderContext): Tree[] {
  return blocks.map((block) => renderBlock(block as Node_, context));
}

function renderBlock(block: Node_, context: RenderContext): Tree {
  switch (block.type) {
    case 'section':
      return renderSection(block, context);
    case 'header':
      return el('h3', { class: 'b-header' }, str((block.text as Node_)?.text));
    case 'divider':
      return el('hr');
    case 'context':
      return el(
        'div',
        { class: 'b-context' },
        list(block.elements).map((element) => el('span', {}, textObject(element, context))),
      );
    case 'actions':
      return el(
        'div',
        { class: 'b-actions' },
        list(block.elements).map((element) => control(block, element, context)),
      );
    case 'input':
      return renderInput(block, context);
    case 'context_actions':
      return el('div', { class: 'b-actions quiet' }, list(block.elements).flatMap(renderFeedback));
    case 'rich_text':
      return el('div', { class: 'b-rich' }, list(block.elements).map(renderRichText));
    case 'container':
      return renderContainer(block, context);
    case 'data_table':
    case 'table':
      return renderTable(block);
    case 'data_visualization':
      return renderChart(block);
    default:
      return MORE_BLOCKS[str(block.type)]?.(block, (inner) => renderBlock(inner, context)) ?? unknownBlock(block);
  }
}

const unknownBlock = (block: Node_): Tree =>
  el(
    'div',
    { class: 'b-unknown' },
    el('strong', {}, `“${str(block.type)}” is not supported by the sandbox`),
    el('pre', {}, JSON.stringify(block, null, 2)),
  );

const control = (block: Node_, element: Node_, context: RenderContext) =>
  context.control?.(block, element) ?? renderElement(element);

function renderSection(block: Node_, context: RenderContext): Tree {
  const said = [
    ...(block.text ? textObject(block.text as Node_, context) : []),
    ...list(block.fields).map((field) => el('div', { class: 'field' }, textObject(field, context))),
  ];
  const accessory = block.accessory as Node_ | undefined;
  if (!accessory || accessory.type === 'image') return el('div', { class: 'b-section' }, said);
  return el('div', { class: 'b-section with-accessory' }, el('div', {}, said), control(block, accessory, context));
}

/** A field with its label, what is wrong with it, and its hint. */
function renderInput(block: Node_, context: RenderContext): Tree {
  const hint = str((block.hint as Node_ | undefined)?.text);
  return el(
    'div',
    { class: 'b-input' },
    el(
      'div',
      { class: 'label' },
      str((block.label as Node_ | undefined)?.text),
      block.optional ? el('span', { class: 'optional' }, ' (optional)') : '',
    ),
    control(block, (block.element ?? {}) as Node_, context),
    el('div', { class: 'error', role: 'alert', 'data-error': str(block.block_id), hidden: '' }),
    hint ? el('div', { class: 'hint' }, hint) : '',
  );
}

function textObject(object: Node_, context: RenderContext): readonly Tree[] {
  return object.type === 'mrkdwn' ? renderMrkdwn(str(object.text), context) : [str(object.text)];
}

const MRKDWN = /\*([^*\n]+)\*|`([^`\n]+)`|<@([A-Z0-9]+)(?:\|[^>]*)?>|\n/g;

/** Bold, code, mentions and line breaks; everything else is text. */
export function renderMrkdwn(text: string, context: RenderContext): readonly Tree[] {
  const out: Tree[] = [];
  let at = 0;
  for (const match of text.matchAll(MRKDWN)) {
    if (match.index > at) out.push(decode(text.slice(at, match.index)));
    const [whole, bold, code, user] = match;
    if (bold !== undefined) out.push(el('strong', {}, decode(bold)));
    else if (code !== undefined) out.push(el('code', {}, decode(code)));
    else if (user !== undefined) out.push(el('span', { class: 'mention' }, `@${context.nameOf(user)}`));
    else out.push(el('br'));
    at = match.index + whole.length;
  }
  if (at < text.length) out.push(decode(text.slice(at)));
  return out;
}

const decode = (text: string) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

function renderElement(element: Node_): Tree {
  if (element.type === 'static_select') return renderSelect(element, str((element.placeholder as Node_)?.text));
  return element.type === 'overflow' ? renderSelect(element, 'More …') : renderButton(element);
}

function renderSelect(element: Node_, placeholder: string): Tree {
  const optionsOf = (given: unknown) =>
    list(given).map((option) => el('option', { value: str(option.value) }, str((option.text as Node_)?.text)));
  const options = [
    ...optionsOf(element.options),
    ...list(element.option_groups).map((group) =>
      el('optgroup', { label: str((group.label as Node_)?.text) }, optionsOf(group.options)),
    ),
  ];
  return el(
    'select',
    { 'data-select': str(element.action_id), 'aria-label': placeholder },
    el('option', { value: '', selected: '' }, placeholder),
    options,
  );
}

function renderButton(element: Node_): Tree {
  return el(
    'button',
    {
      type: 'button',
      class: element.style === 'primary' ? 'primary' : '',
      'data-action': str(element.action_id),
      'data-value': str(element.value),
    },
    str((element.text as Node_)?.text),
  );
}

function renderFeedback(element: Node_): Tree[] {
  if (element.type !== 'feedback_buttons') return [];
  const one = (side: Node_ | undefined, sign: string) =>
    el(
      'button',
      {
        type: 'button',
        class: 'thumb',
        title: str((side?.text as Node_)?.text),
        'aria-label': str(side?.accessibility_label) || str((side?.text as Node_)?.text),
        'data-action': str(element.action_id),
        'data-value': str(side?.value),
      },
      sign,
    );
  return [one(element.positive_button as Node_, '👍'), one(element.negative_button as Node_, '👎')];
}

function renderRichText(element: Node_): Tree {
  const children = list(element.elements);
  switch (element.type) {
    case 'rich_text_list':
      return el(
        element.style === 'ordered' ? 'ol' : 'ul',
        {},
        children.map((child) => el('li', {}, list(child.elements).map(renderInline))),
      );
    case 'rich_text_preformatted':
      return el('pre', {}, children.map(renderInline));
    case 'rich_text_quote':
      return el('blockquote', {}, children.map(renderInline));
    default:
      return el('p', {}, children.map(renderInline));
  }
}

function renderInline(element: Node_): Tree {
  const text = str(element.text);
  const style = (element.style ?? {}) as Node_;
  if (style.code) return el('code', {}, text);
  return style.bold ? el('strong', {}, text) : text;
}

function renderContainer(block: Node_, context: RenderContext): Tree {
  const body = el('div', { class: 'b-container-body' }, renderBlocks(list(block.child_blocks), context));
  const title = str((block.title as Node_)?.text);
  if (!block.is_collapsible) return el('div', { class: 'b-container' }, el('strong', {}, title), body);
  return el(
    'details',
    { class: 'b-container', ...(block.default_collapsed ? {} : { open: '' }) },
    el('summary', {}, title),
    body,
  );
}

function renderTable(block: Node_): Tree {
  const [head, ...rows] = (Array.isArray(block.rows) ? block.rows : []) as Node_[][];
  const numeric = (head ?? []).map(
    (_, at) => rows.length > 0 && rows.every((row) => row[at]?.type === 'raw_number' || row[at]?.text === '—'),
  );
  const cell = (tag: string, value: Node_, at: number) =>
    el(
      tag,
      {
        ...(numeric[at] ? { class: 'number' } : {}),
        ...(tag === 'th' ? { scope: 'col', 'data-sort': String(at) } : {}),
        ...(value.type === 'raw_number' ? { 'data-number': str(value.value) } : {}),
      },
      tag === 'th' ? el('button', { type: 'button' }, str(value.text)) : str(value.text),
    );
  return el(
    'div',
    { class: 'b-table', 'data-page-size': str(block.page_size ?? 5) },
    el(
      'div',
      { class: 'scroll', tabindex: '0' },
      el(
        'table',
        {},
        el('caption', {}, str(block.caption)),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            (head ?? []).map((value, at) => cell('th', value, at)),
          ),
        ),
        el(
          'tbody',
          {},
          rows.map((row) =>
            el(
              'tr',
              {},
              row.map((value, at) => cell('td', value, at)),
            ),
          ),
        ),
      ),
    ),
    el('p', { class: 'goes-on', hidden: '' }),
    el(
      'div',
      { class: 'pager', hidden: '' },
      el('button', { type: 'button', 'data-turn': '-1', 'aria-label': 'Previous page' }, '‹'),
      el('span', {}),
      el('button', { type: 'button', 'data-turn': '1', 'aria-label': 'Next page' }, '›'),
    ),
  );
}

const HEIGHT = 166;
/** Room for the figures at the left, and around. The labels below take what they need. */
const MARGIN = { left: 64, right: 12, top: 12 };

interface Point {
  readonly label: string;
  readonly value: number;
}

/** A chart, drawn for a wide screen and for a phone: its words are as large on both, and level where they fit. */
function renderChart(block: Node_): Tree {
  const chart = (block.chart ?? {}) as Node_;
  const points = list(list(chart.series)[0]?.data).map((point) => ({
    label: str(point.label),
    value: Number(point.value),
  }));
  const axis = (chart.axis_config ?? {}) as Node_;
  const about = `${str(chart.type)} chart: ${str(axis.y_label)} by ${str(axis.x_label)}`;
  return el(
    'figure',
    { class: 'b-chart' },
    el('figcaption', {}, str(block.title)),
    drawn(points, chart.type === 'line', { width: 560, name: 'wide', about }),
    drawn(points, chart.type === 'line', { width: 330, name: 'narrow', about }),
  );
}

function drawn(
  points: readonly Point[],
  line: boolean,
  { width, name, about }: { readonly width: number; readonly name: string; readonly about: string },
): Tree {
  const ticks = axisTicks(points.map((point) => point.value));
  const bottom = ticks[0]!;
  const top = ticks.at(-1)!;
  const y = (value: number) => MARGIN.top + (HEIGHT - MARGIN.top) * (1 - (value - bottom) / (top - bottom || 1));
  const step = (width - MARGIN.left - MARGIN.right) / Math.max(points.length, 1);
  const x = (at: number) => MARGIN.left + step * (at + 0.5);
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

/**
 * The labels under a chart: level, where each fits beneath its mark, on two lines if it has two words; every second one and so on where
 * they are dates; turned only where words are longer than that.
 */
function axisLabels(
  texts: readonly string[],
  step: number,
  x: (at: number) => number,
): { readonly trees: readonly Tree[]; readonly height: number } {
  const lines = texts.map((text) => wrapped(text, step - 4));
  const dates = texts.every((text) => /^\d{4}(?:-|$)/.test(text));
  const level = dates || lines.every((parts) => parts.every((part) => part.length * LETTER <= step - 4));
  const widest = Math.max(0, ...texts.map((text) => text.length)) * LETTER + 12;
  const every = level ? (dates ? Math.ceil(widest / step) : 1) : Math.ceil(texts.length / 14);
  const top = HEIGHT + 16;
  const trees = texts.flatMap((text, at) => {
    if (at % every !== 0) return [];
    if (!level) {
      const turned = `translate(${fixed(x(at) + 4)} ${top - 2}) rotate(-30)`;
      return [el('text', { class: 'tick', 'text-anchor': 'end', transform: turned }, clip(text))];
    }
    return (dates ? [text] : lines[at]!).map((part, line) =>
      el('text', { class: 'tick', 'text-anchor': 'middle', x: fixed(x(at)), y: fixed(top + 14 * line) }, part),
    );
  });
  const most = dates ? 1 : Math.max(1, ...lines.map((parts) => parts.length));
  return { trees, height: level ? 10 + 14 * most : 54 };
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
const clip = (text: string) => (text.length > 12 ? `${text.slice(0, 11)}…` : text);

/** Round numbers that span zero and every value: four or five steps of 1, 2, 2.5 or 5 times a power of ten. */
export function axisTicks(values: readonly number[]): readonly number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const least = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least * 0.999)!;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

function short(value: number): string {
  return Math.abs(value) >= 10_000
    ? new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value)
    : value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
