import type { AccessRule, Grantee } from '#src/domain/access.ts';
import type { DatabaseId, TeamId } from '#src/domain/ids.ts';
import { inDays, sayRuleEnd } from '#src/domain/rule-end.ts';
import { type FormValues, textIn } from '../modals/form-values.ts';
import {
  type Choice,
  channelsInput,
  peopleInput,
  radioInput,
  selectInput,
  severalInput,
  textInput,
} from '../modals/inputs.ts';
import { type ModalView, modal } from '../modals/view.ts';
import { type Block, section } from '../views/message.ts';
import { sayRuleInSlack } from './rules-view.ts';

const AS_IT_IS = 'as-it-is';
const NEVER = 'never';
const DAYS = [1, 7, 30, 90];
const NAMES_LENGTH = 3_000;

/** Whom a new rule is about, what of, and until when. `groups`: the user groups of the workspace; nothing, where Slack does not list them. */
export function newRuleForm(
  effect: AccessRule['effect'],
  id: DatabaseId,
  groups: readonly Choice[] | undefined,
): ModalView {
  const grants = effect === 'grant';
  return modal({
    title: grants ? 'Grant access' : 'Keep from somebody',
    about: id,
    submit: { callbackId: `querent_access_${effect}`, label: grants ? 'Grant' : 'Keep from them' },
    blocks: [
      radioInput('everyone', {
        label: 'Who',
        choices: [
          { text: 'Those chosen below', value: 'chosen' },
          { text: 'Everyone who is a full member', value: 'everyone' },
        ],
        initial: 'chosen',
      }),
      peopleInput('people', { label: 'People', optional: true }),
      groups?.length
        ? severalInput('groups', { label: 'User groups', optional: true, choices: groups })
        : textInput('groups', { label: 'User groups', optional: true, hint: 'Their ids (S…), with commas.' }),
      channelsInput('channels', {
        label: 'Channels',
        optional: true,
        hint: 'Whoever asks there. Channels shared with another company cannot be granted anything.',
      }),
      ...whatBlocks(grants),
      ...(grants ? [sharedInput(), endInput()] : []),
    ],
  });
}

/** A rule as it is, to be changed or taken back. Whom it is about stays. */
export function changeRuleForm(rule: AccessRule, about: string, team: TeamId, now: Date): ModalView {
  const grants = rule.effect === 'grant';
  return modal({
    title: 'Change a rule',
    about,
    submit: { callbackId: 'querent_access_change', label: 'Save' },
    blocks: [
      section(sayRuleInSlack(rule, team, now), 'rule'),
      radioInput('do', {
        label: 'What to do',
        choices: [
          { text: 'Change it as below', value: 'change' },
          { text: 'Take it back', value: 'take-back' },
        ],
        initial: 'change',
      }),
      ...whatBlocks(grants, rule),
      ...(grants ? [endInput(rule.until === undefined ? undefined : sayRuleEnd(rule.until, now))] : []),
    ],
  });
}

function whatBlocks(grants: boolean, { tables, hide = {}, ownRows }: Partial<AccessRule> = {}): Block[] {
  const columns = Object.entries(hide).flatMap(([table, hidden]) => hidden.map((column) => `${table}.${column}`));
  const names = { optional: true, multiline: true, longest: NAMES_LENGTH } as const;
  return [
    textInput('tables', {
      ...names,
      label: 'Tables',
      hint: 'One a line or with commas; all, if left empty.',
      initial: tables?.join('\n'),
    }),
    textInput('hide', {
      ...names,
      label: grants ? 'Columns that are not shown' : 'These columns alone',
      hint: 'As table.column, one a line or with commas.',
      initial: columns.join('\n'),
    }),
    ...(grants
      ? [
          textInput('rows', {
            ...names,
            label: 'Tables of which each asker sees their own rows',
            hint: 'By the engine’s row policies; a table that has none is then refused.',
            initial: ownRows?.join('\n'),
          }),
        ]
      : []),
  ];
}

const sharedInput = (): Block =>
  radioInput('shared', {
    label: 'Answers in these channels',
    choices: [
      { text: 'by themselves', value: 'posted' },
      { text: 'only when their asker shares them', value: 'shared' },
    ],
    initial: 'posted',
  });

const endInput = (end?: string): Block =>
  selectInput('end', {
    label: 'Ends',
    choices: [
      ...(end === undefined ? [] : [{ text: `as it is: ${end}`, value: AS_IT_IS }]),
      { text: 'never', value: NEVER },
      ...DAYS.map((days) => ({ text: `in ${days} ${days === 1 ? 'day' : 'days'}`, value: String(days) })),
    ],
    initial: end === undefined ? NEVER : AS_IT_IS,
  });

/** Rules as a form says them, one for each of whom it names; or what is wrong with it, by block. */
export type ReadRules =
  | { readonly ok: true; readonly rules: readonly AccessRule[] }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

export function readNewRules(
  values: FormValues,
  effect: AccessRule['effect'],
  { databaseId, teamId }: { readonly databaseId: DatabaseId; readonly teamId: TeamId },
  now: Date,
): ReadRules {
  const whom = granteesIn(values);
  if (!whom.length)
    return { ok: false, errors: { people: 'Choose somebody: people, user groups, channels or everyone.' } };
  const shared = textIn(values, 'shared') === 'shared';
  if (shared && whom.some(({ kind }) => kind !== 'channel'))
    return {
      ok: false,
      errors: { shared: 'That is for channels alone: choose no people, groups or everyone with it.' },
    };
  const what = readWhat(values, now);
  if (!what.ok) return what;
  const rules = whom.map(
    (to): AccessRule => ({ effect, databaseId, teamId, to, ...what.what, ...(shared ? { shared: true } : {}) }),
  );
  return { ok: true, rules };
}

/** A rule with what a form changes of it. */
export function readChangedRule(values: FormValues, rule: AccessRule, now: Date): ReadRules {
  const what = readWhat(values, now, rule.until);
  if (!what.ok) return what;
  const { tables: _, hide: _hide, ownRows: _rows, until: _until, ...kept } = rule;
  return { ok: true, rules: [{ ...kept, ...what.what }] };
}

function granteesIn(values: FormValues): readonly Grantee[] {
  if (textIn(values, 'everyone') === 'everyone') return [{ kind: 'everyone' }];
  const of = (block: string, kind: 'user' | 'group' | 'channel'): Grantee[] =>
    (values.get(block) ?? []).flatMap(namesIn).map((id) => ({ kind, id }));
  return [...of('people', 'user'), ...of('groups', 'group'), ...of('channels', 'channel')];
}

const namesIn = (text: string): readonly string[] => [...new Set(text.split(/[,;\s]+/).filter(Boolean))];

type What = Pick<AccessRule, 'tables' | 'hide' | 'ownRows' | 'until'>;

function readWhat(
  values: FormValues,
  now: Date,
  until?: string,
): { readonly ok: true; readonly what: What } | Extract<ReadRules, { ok: false }> {
  const names = (block: string) => linesIn(textIn(values, block) ?? '');
  const [tables, columns, ownRows] = [names('tables'), names('hide'), names('rows')];
  const hide: Record<string, readonly string[]> = {};
  for (const name of columns) {
    const dot = name.lastIndexOf('.');
    if (dot < 1 || dot === name.length - 1)
      return { ok: false, errors: { hide: `Columns are written table.column, which ${name} is not.` } };
    const table = name.slice(0, dot);
    hide[table] = [...(hide[table] ?? []), name.slice(dot + 1)];
  }
  const end = textIn(values, 'end');
  const ends = end === AS_IT_IS ? until : Number(end) > 0 ? inDays(Number(end), now) : undefined;
  return {
    ok: true,
    what: {
      ...(tables.length ? { tables } : {}),
      ...(columns.length ? { hide } : {}),
      ...(ownRows.length ? { ownRows } : {}),
      ...(ends === undefined ? {} : { until: ends }),
    },
  };
}

/** Names may hold blanks: they are parted by lines and commas alone. */
const linesIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/[,\n]/)
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];
