/** What a person put into an element: a text, a date or the value of an option; several for elements that take several. */
export type Given = string | readonly string[];

export interface Node {
  readonly [key: string]: unknown;
}

/** An interactive element, and the block that holds it. */
export interface HeldElement {
  readonly block: Node;
  readonly blockId: string;
  readonly actionId: string;
  readonly element: Node;
}

export interface Option extends Node {
  readonly text: { readonly type: string; readonly text: string };
  readonly value: string;
}

const list = (value: unknown) => (Array.isArray(value) ? value : []) as readonly Node[];
const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));

/** Every element of blocks that has an action, in their order. */
export function elementsOf(blocks: readonly unknown[]): readonly HeldElement[] {
  return (blocks as readonly Node[]).flatMap((block) => {
    const own = [block.accessory, block.element, ...list(block.elements)] as (Node | undefined)[];
    const held = own.flatMap((element) =>
      element?.action_id === undefined
        ? []
        : [{ block, blockId: str(block.block_id), actionId: str(element.action_id), element }],
    );
    return [...held, ...elementsOf(list(block.child_blocks))];
  });
}

/** The element that a key names: its action, its block, or both as `block/action`. */
export function findElement(blocks: readonly unknown[], key: string): HeldElement | undefined {
  const all = elementsOf(blocks);
  return (
    all.find((one) => keyOf(one) === key) ??
    all.find(({ actionId }) => actionId === key) ??
    all.find(({ blockId }) => blockId === key)
  );
}

export const keyOf = ({ blockId, actionId }: Pick<HeldElement, 'blockId' | 'actionId'>) => `${blockId}/${actionId}`;

/** The field of Slack's state that an element's value is in, by its type, and whether it takes several. */
const FIELDS: Readonly<Record<string, readonly [field: string, several: boolean]>> = {
  plain_text_input: ['value', false],
  number_input: ['value', false],
  email_text_input: ['value', false],
  url_text_input: ['value', false],
  button: ['value', false],
  feedback_buttons: ['value', false],
  icon_button: ['value', false],
  static_select: ['selected_option', false],
  external_select: ['selected_option', false],
  radio_buttons: ['selected_option', false],
  overflow: ['selected_option', false],
  multi_static_select: ['selected_options', true],
  multi_external_select: ['selected_options', true],
  checkboxes: ['selected_options', true],
  users_select: ['selected_user', false],
  multi_users_select: ['selected_users', true],
  conversations_select: ['selected_conversation', false],
  multi_conversations_select: ['selected_conversations', true],
  channels_select: ['selected_channel', false],
  multi_channels_select: ['selected_channels', true],
  datepicker: ['selected_date', false],
};

/** What an element holds before anybody has touched it. */
export function initialOf(element: Node): Given | undefined {
  const [field, several] = FIELDS[str(element.type)] ?? ['value', false];
  const initial = element[field.replace('selected', 'initial').replace(/^value$/, 'initial_value')];
  const plain = (value: unknown) =>
    typeof value === 'object' && value !== null ? str((value as Node).value) : str(value);
  if (several) return list(initial).map(plain);
  return initial === undefined || initial === null ? undefined : plain(initial);
}

/** An element's value as Slack sends it in a view's state and in an action. `offered` holds the options that the bot gave. */
export function asSlackValue(element: Node, given: Given | undefined, offered: ReadonlyMap<string, Option>): Node {
  const type = str(element.type);
  const [field, several] = FIELDS[type] ?? ['value', false];
  const asOption = field.startsWith('selected_option');
  const one = (value: string) => (asOption ? optionOf(element, value, offered) : value);
  if (several) return { type, [field]: (Array.isArray(given) ? given : given ? [given] : []).map(one) };
  const value = Array.isArray(given) ? given[0] : given;
  return { type, [field]: value === undefined || value === '' ? null : one(String(value)) };
}

/** All options of an element: its own, those of its groups, and what the bot offered. */
function optionOf(element: Node, value: string, offered: ReadonlyMap<string, Option>): Node {
  const own = [...list(element.options), ...list(element.option_groups).flatMap((group) => list(group.options))];
  return (
    own.find((option) => option.value === value) ??
    offered.get(value) ?? { text: { type: 'plain_text', text: value, emoji: true }, value }
  );
}

/** Why an element does not take a value, in the words under the field; undefined where it does. */
export function whyNot({ block, element }: HeldElement, given: Given | undefined): string | undefined {
  const empty = given === undefined || given.length === 0;
  if (empty)
    return block.type === 'input' && block.optional !== true ? 'Please complete this required field.' : undefined;
  if (typeof given !== 'string') {
    const most = Number(element.max_selected_items ?? Number.POSITIVE_INFINITY);
    return given.length > most ? `Choose up to ${most}.` : undefined;
  }
  if (element.type !== 'plain_text_input') return undefined;
  const most = Number(element.max_length ?? 3_000);
  if (given.length > most) return `Must be at most ${most} characters.`;
  return given.length < Number(element.min_length ?? 0)
    ? `Must be at least ${element.min_length} characters.`
    : undefined;
}
