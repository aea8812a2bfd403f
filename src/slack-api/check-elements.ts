import {
  type BlockFault,
  countFaults,
  lengthFaults,
  listOf,
  type Node,
  optionalTextFaults,
  textFaults,
} from './block-fault.ts';
import { SLACK_LIMITS } from './limits.ts';

type Check = (element: Node, at: string) => readonly BlockFault[];

/** What each interactive element is held to, by its type. One that is not here is not known to us, and refused. */
const ELEMENTS: Readonly<Record<string, Check>> = {
  button: (element, at) => [
    ...textFaults(element.text, SLACK_LIMITS.buttonText, `${at}/text`),
    ...lengthFaults(element.value, SLACK_LIMITS.buttonValue, `${at}/value`),
    ...lengthFaults(element.url, SLACK_LIMITS.buttonUrl, `${at}/url`),
  ],
  static_select: (element, at) => [...placeholder(element, at), ...optionsOrGroups(element, at)],
  multi_static_select: (element, at) => [
    ...placeholder(element, at),
    ...optionsOrGroups(element, at),
    ...many(element, at),
  ],
  external_select: (element, at) => placeholder(element, at),
  multi_external_select: (element, at) => [...placeholder(element, at), ...many(element, at)],
  users_select: (element, at) => placeholder(element, at),
  multi_users_select: (element, at) => [...placeholder(element, at), ...many(element, at)],
  conversations_select: (element, at) => placeholder(element, at),
  multi_conversations_select: (element, at) => [...placeholder(element, at), ...many(element, at)],
  channels_select: (element, at) => placeholder(element, at),
  multi_channels_select: (element, at) => [...placeholder(element, at), ...many(element, at)],
  overflow: (element, at) => options(element.options, SLACK_LIMITS.overflowOptions, `${at}/options`),
  checkboxes: (element, at) => options(element.options, SLACK_LIMITS.checkOptions, `${at}/options`),
  radio_buttons: (element, at) => options(element.options, SLACK_LIMITS.checkOptions, `${at}/options`),
  datepicker: (element, at) => [...placeholder(element, at), ...date(element, at)],
  plain_text_input: textInput,
  number_input: (element, at) => [
    ...placeholder(element, at),
    ...(typeof element.is_decimal_allowed === 'boolean'
      ? []
      : [{ pointer: `${at}/is_decimal_allowed`, reason: 'missing required field' }]),
  ],
  email_text_input: (element, at) => placeholder(element, at),
  url_text_input: (element, at) => placeholder(element, at),
};

/** Elements that are there to be filled in, and that only an input block may hold. */
const INPUT_ALONE = /^(?:plain_text_input|number_input|email_text_input|url_text_input)$/;
const NOT_AS_INPUT = /^(?:button|overflow)$/;

/** What Slack refuses in an interactive element. `place` is the kind of block that holds it. */
export function checkElement(element: Node, at: string, place: 'actions' | 'section' | 'input'): readonly BlockFault[] {
  const type = String(element.type);
  const check = ELEMENTS[type];
  if (!check || (place === 'input' ? NOT_AS_INPUT : INPUT_ALONE).test(type))
    return [{ pointer: at, reason: `unsupported type: ${type}` }];
  return [
    ...lengthFaults(element.action_id, SLACK_LIMITS.actionId, `${at}/action_id`),
    ...check(element, at),
    ...(element.confirm === undefined ? [] : confirmation(element.confirm as Node, `${at}/confirm`)),
  ];
}

/** What Slack refuses in an input block. */
export const checkInput = (block: Node, at: string): readonly BlockFault[] => [
  ...textFaults(block.label, SLACK_LIMITS.inputLabel, `${at}/label`),
  ...optionalTextFaults(block.hint, SLACK_LIMITS.inputLabel, `${at}/hint`),
  ...checkElement((block.element ?? {}) as Node, `${at}/element`, 'input'),
];

const placeholder = (element: Node, at: string) =>
  optionalTextFaults(element.placeholder, SLACK_LIMITS.selectPlaceholder, `${at}/placeholder`);

const many = ({ max_selected_items: most }: Node, at: string): readonly BlockFault[] =>
  most === undefined || Number(most) >= 1
    ? []
    : [{ pointer: `${at}/max_selected_items`, reason: 'must be at least 1' }];

const date = ({ initial_date: first }: Node, at: string): readonly BlockFault[] =>
  first === undefined || /^\d{4}-\d{2}-\d{2}$/.test(String(first))
    ? []
    : [{ pointer: `${at}/initial_date`, reason: 'must be a date' }];

function textInput(element: Node, at: string): readonly BlockFault[] {
  const { min_length: least = 0, max_length: most = SLACK_LIMITS.inputText } = element;
  const beyond = (name: string, value: unknown) =>
    Number(value) > SLACK_LIMITS.inputText
      ? [{ pointer: `${at}/${name}`, reason: `must be at most ${SLACK_LIMITS.inputText}` }]
      : [];
  return [
    ...placeholder(element, at),
    ...beyond('min_length', least),
    ...beyond('max_length', most),
    ...(Number(least) > Number(most) ? [{ pointer: `${at}/min_length`, reason: 'must be less than max_length' }] : []),
    ...lengthFaults(element.initial_value, Number(most), `${at}/initial_value`),
  ];
}

function optionsOrGroups(element: Node, at: string): readonly BlockFault[] {
  const { option_groups: groups } = element;
  if (groups === undefined) return options(element.options, SLACK_LIMITS.selectOptions, `${at}/options`);
  return [
    ...countFaults(groups, 1, SLACK_LIMITS.selectGroups, `${at}/option_groups`),
    ...listOf(groups).flatMap((group, index) => {
      const here = `${at}/option_groups/${index}`;
      return [
        ...textFaults(group.label, SLACK_LIMITS.optionText, `${here}/label`),
        ...options(group.options, SLACK_LIMITS.selectOptions, `${here}/options`),
      ];
    }),
  ];
}

/** Also what a bot offers for an external select. */
export function options(given: unknown, most: number, at: string): readonly BlockFault[] {
  return [
    ...countFaults(given, 1, most, at),
    ...listOf(given).flatMap((option, index) => [
      ...textFaults(option.text, SLACK_LIMITS.optionText, `${at}/${index}/text`),
      ...optionalTextFaults(option.description, SLACK_LIMITS.optionText, `${at}/${index}/description`),
      ...lengthFaults(option.value, SLACK_LIMITS.optionValue, `${at}/${index}/value`),
    ]),
  ];
}

const confirmation = (confirm: Node, at: string): readonly BlockFault[] => [
  ...textFaults(confirm.title, SLACK_LIMITS.confirmTitle, `${at}/title`),
  ...textFaults(confirm.text, SLACK_LIMITS.confirmText, `${at}/text`),
  ...optionalTextFaults(confirm.confirm, SLACK_LIMITS.confirmButton, `${at}/confirm`),
  ...optionalTextFaults(confirm.deny, SLACK_LIMITS.confirmButton, `${at}/deny`),
];
