/**
 * The elements of Slack's views, drawn and read back. Each has a key, `block/action`, by which the sandbox knows it; one that acts at once
 * (`data-press`) is told to the app when it changes, the others when the view is submitted.
 */
import { el, type Tree } from './tree.ts';

interface Node_ {
  readonly [key: string]: unknown;
}

type Value = string | readonly string[];

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

export interface InputContext {
  readonly people: () => readonly Choice[];
  readonly conversations: () => readonly Choice[];
  readonly valueOf: (key: string) => Value | undefined;
}

const list = (value: unknown) => (Array.isArray(value) ? value : []) as Node_[];
const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));
const plain = (object: unknown) => str((object as Node_ | undefined)?.text);

/** An element of a block in a view. */
export function renderControl(block: Node_, element: Node_, context: InputContext): Tree {
  const key = `${str(block.block_id)}/${str(element.action_id)}`;
  const atOnce = block.type !== 'input' || block.dispatch_action === true;
  const type = str(element.type);
  if (type === 'button') return button(element, key);
  const label = block.type === 'input' ? plain(block.label) : plain(element.placeholder) || str(element.action_id);
  const value = context.valueOf(key);
  const attrs = { 'data-key': key, 'aria-label': label, ...(atOnce ? { 'data-press': '' } : {}) };
  if (/^(?:multi_|checkboxes)/.test(type)) return several(element, attrs, asList(value), context);
  switch (type) {
    case 'radio_buttons':
      return choices(element, attrs, asList(value), 'radio');
    case 'external_select':
      return external(element, attrs, asList(value));
    case 'datepicker':
      return el('input', { ...attrs, type: 'date', value: str(value) });
    case 'static_select':
    case 'overflow':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
      return select(element, attrs, str(value), context);
    default:
      return text(element, attrs, str(value));
  }
}

const asList = (value: Value | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

function button(element: Node_, key: string): Tree {
  const confirm = element.confirm as Node_ | undefined;
  return el(
    'button',
    {
      type: 'button',
      class: str(element.style),
      'data-pressed': key,
      'data-value': str(element.value),
      ...(confirm ? { 'data-confirm': JSON.stringify(confirm) } : {}),
      ...(element.url ? { 'data-url': str(element.url) } : {}),
    },
    plain(element.text),
  );
}

const INPUT_TYPES: Readonly<Record<string, string>> = {
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
};

function text(element: Node_, attrs: Readonly<Record<string, string>>, value: string): Tree {
  const hint = plain(element.placeholder);
  if (element.multiline) return el('textarea', { ...attrs, rows: '4', placeholder: hint }, value);
  return el('input', { ...attrs, type: INPUT_TYPES[str(element.type)] ?? 'text', placeholder: hint, value });
}

function optionsOf(element: Node_, context: InputContext): readonly Choice[] {
  if (/users/.test(str(element.type))) return context.people();
  if (/conversations|channels/.test(str(element.type))) return context.conversations();
  return ownOptions(element);
}

const asChoice = (option: Node_): Choice => ({
  value: str(option.value),
  label: plain(option.text),
  ...(option.description ? { description: plain(option.description) } : {}),
});

const ownOptions = (element: Node_): readonly Choice[] => [
  ...list(element.options).map(asChoice),
  ...list(element.option_groups).flatMap((group) => list(group.options).map(asChoice)),
];

function select(element: Node_, attrs: Readonly<Record<string, string>>, value: string, context: InputContext): Tree {
  const option = (choice: Choice) =>
    el('option', { value: choice.value, ...(choice.value === value ? { selected: '' } : {}) }, choice.label);
  const groups = list(element.option_groups);
  return el(
    'select',
    attrs,
    el('option', { value: '' }, plain(element.placeholder) || (element.type === 'overflow' ? '⋯' : 'Choose…')),
    groups.length
      ? groups.map((group) =>
          el('optgroup', { label: plain(group.label) }, list(group.options).map(asChoice).map(option)),
        )
      : optionsOf(element, context).map(option),
  );
}

/** Elements that take several values are boxes to tick. */
function several(
  element: Node_,
  attrs: Readonly<Record<string, string>>,
  value: readonly string[],
  context: InputContext,
): Tree {
  if (str(element.type) === 'multi_external_select') return external(element, attrs, value);
  const choice = optionsOf(element, context);
  return boxes(choice, attrs, value, 'checkbox');
}

const choices = (
  element: Node_,
  attrs: Readonly<Record<string, string>>,
  value: readonly string[],
  kind: string,
): Tree => boxes(ownOptions(element), attrs, value, kind);

function boxes(
  all: readonly Choice[],
  attrs: Readonly<Record<string, string>>,
  value: readonly string[],
  kind: string,
): Tree {
  return el(
    'fieldset',
    { ...attrs, class: all.length > 6 ? 'boxes many' : 'boxes' },
    all.map((choice) => box(choice, str(attrs['data-key']), value.includes(choice.value), kind)),
  );
}

const box = (choice: Choice, key: string, ticked: boolean, kind: string): Tree =>
  el(
    'label',
    {},
    el('input', { type: kind, name: key, value: choice.value, ...(ticked ? { checked: '' } : {}) }),
    el('span', {}, choice.label, choice.description ? el('small', {}, choice.description) : ''),
  );

/** Options that the app offers for what is typed. */
function external(element: Node_, attrs: Readonly<Record<string, string>>, value: readonly string[]): Tree {
  const initial = [
    ...list(element.initial_options),
    ...(element.initial_option ? [element.initial_option as Node_] : []),
  ];
  const known = new Map(initial.map((option) => [str(option.value), plain(option.text)]));
  const kind = str(element.type).startsWith('multi') ? 'checkbox' : 'radio';
  return el(
    'div',
    { class: 'external' },
    el('input', {
      type: 'search',
      'data-suggest': str(attrs['data-key']),
      'data-least': str(element.min_query_length ?? 3),
      'data-kind': kind,
      placeholder: plain(element.placeholder),
      'aria-label': `Search: ${str(attrs['aria-label'])}`,
    }),
    boxes(
      value.map((one) => ({ value: one, label: known.get(one) ?? one })),
      attrs,
      value,
      kind,
    ),
  );
}

/** Options that the app offered: what is chosen stays, the rest is replaced. */
export function offer(
  field: HTMLFieldSetElement,
  options: readonly Node_[],
  kind: string,
  toDom: (tree: Tree) => Node,
): void {
  const chosen = [...field.querySelectorAll('label')].filter(
    (label) => label.querySelector<HTMLInputElement>('input')?.checked,
  );
  const values = new Set(chosen.map((label) => label.querySelector('input')!.value));
  const fresh = options.map(asChoice).filter(({ value }) => !values.has(value));
  field.replaceChildren(...chosen, ...fresh.map((choice) => toDom(box(choice, field.dataset.key!, false, kind))));
}

/** What somebody has put in below an element of the page, by key. */
export function readInputs(root: ParentNode): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const field of root.querySelectorAll<HTMLElement>('[data-key]')) values[field.dataset.key!] = readInput(field);
  return values;
}

export function readInput(field: HTMLElement): Value {
  if (!(field instanceof HTMLFieldSetElement)) return (field as HTMLInputElement).value;
  const ticked = [...field.querySelectorAll<HTMLInputElement>('input:checked')];
  return ticked[0]?.type === 'radio' ? ticked[0].value : ticked.map(({ value }) => value);
}
