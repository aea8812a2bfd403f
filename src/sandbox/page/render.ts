/**
 * Draws Slack's blocks: blocks → a plain tree → DOM, or → HTML text for tests. Text from messages only ever becomes text nodes,
 * so nothing in a cell can turn into markup. A block that is not known shows itself as such.
 */
import { renderChart } from './chart.ts';
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

const MRKDWN =
  /\*([^*\n]+)\*|`([^`\n]+)`|<([@#])([A-Z0-9]+)(?:\|[^>]*)?>|<(https?:[^|>\s]+)(?:\|([^>]*))?>|:([a-z_]+):|\n/g;

/** Signs by their names in Slack: those that the bot writes. Another name stays as it is. */
const SIGNS: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  warning: '⚠️',
  wastebasket: '🗑️',
  hourglass_flowing_sand: '⏳',
};

/** Opens beside the page, and learns nothing of where it was opened. */
const link = (address: string, label: string): Tree =>
  el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, label);

/** Bold, code, mentions of people and channels, links, signs and line breaks; everything else is text. */
export function renderMrkdwn(text: string, context: RenderContext): readonly Tree[] {
  const out: Tree[] = [];
  let at = 0;
  for (const match of text.matchAll(MRKDWN)) {
    if (match.index > at) out.push(decode(text.slice(at, match.index)));
    const [whole, bold, code, sign, id, address, label, named] = match;
    if (bold !== undefined) out.push(el('strong', {}, decode(bold)));
    else if (code !== undefined) out.push(el('code', {}, decode(code)));
    else if (id !== undefined) out.push(el('span', { class: 'mention' }, `${sign}${context.nameOf(id)}`));
    else if (address !== undefined) out.push(link(decode(address), decode(label ?? address)));
    else if (named !== undefined) out.push(SIGNS[named] ?? whole);
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
      ...(/^https?:/.test(str(element.url)) ? { 'data-url': str(element.url) } : {}),
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
