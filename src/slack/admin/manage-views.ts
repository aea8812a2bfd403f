import type { RegisteredDatabase, StoredRoleReport } from '#src/domain/registered-database.ts';
import type { RemovalPreview } from '#src/service/database-service.ts';
import { textInput, userInput } from '../modals/inputs.ts';
import { type ModalView, modal } from '../modals/view.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, button, context, section } from '../views/message.ts';
import { sayOwner } from './say-owner.ts';

/** A database as whoever administers it sees it. */
export interface ManagedDatabase {
  readonly database: RegisteredDatabase;
  readonly tables: number | undefined;
  readonly role: StoredRoleReport | undefined;
  /** The declared configuration names it, and wins. */
  readonly declared: boolean;
}

const DECLARED = 'It is declared in querent.config.yaml, which wins: its name, owner and password are changed there.';

const stateOf = ({ database, tables }: ManagedDatabase) =>
  database.paused ? 'paused' : tables === undefined ? 'not read yet' : `${tables} ${tables === 1 ? 'table' : 'tables'}`;

/** At most so many are listed: Slack takes a hundred blocks. */
const LISTED = 40;

/** The databases that somebody administers, each with a button to its own view. */
export function listView(managed: readonly ManagedDatabase[], isAdmin: boolean): ModalView {
  const rows: Block[] = managed.slice(0, LISTED).map((one) => ({
    ...section(
      `*${escapeMrkdwn(one.database.id)}* · ${stateOf(one)}\n${escapeMrkdwn(cut(one.database.description ?? 'No description.', 200))}`,
      `database-${one.database.id}`,
    ),
    accessory: button('Manage', 'querent_manage', one.database.id),
  }));
  const more =
    managed.length > LISTED
      ? [context([`And ${managed.length - LISTED} more: \`querent databases\` lists all.`], 'more')]
      : [];
  const none = managed.length ? [] : [section('There is no database yet that you administer.', 'none')];
  const add: Block[] = isAdmin
    ? [{ type: 'actions', block_id: 'add', elements: [button('Register a database', 'querent_add', 'new')] }]
    : [];
  return modal({ title: 'Databases', blocks: [...none, ...rows, ...more, ...add] });
}

/** Where it is, without its role or password. */
function placeOf(url: string): string {
  if (url.startsWith('sqlite:')) return 'SQLite, a file on my machine';
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol.slice(0, -1)}, ${hostname}${port ? `:${port}` : ''}, ${decodeURIComponent(pathname.slice(1))}`;
}

export function databaseView(one: ManagedDatabase): ModalView {
  const { database, role, declared } = one;
  const { id, url, owner, description, paused, secret } = database;
  const since = paused
    ? ` since ${paused.since.slice(0, 10)} by ${paused.by.startsWith('U') ? `<@${paused.by}>` : escapeMrkdwn(paused.by)}`
    : '';
  const findings = (role?.findings ?? []).map(({ what }) => `• ${escapeMrkdwn(what)}`);
  const lines = [
    `*${escapeMrkdwn(id)}* · ${stateOf(one)}${since}`,
    escapeMrkdwn(description ?? 'No description.'),
    `Where: ${escapeMrkdwn(placeOf(url))}`,
    `Owner: ${owner === undefined ? 'nobody' : sayOwner(owner)}`,
    role
      ? `Role looked at: ${role.checkedAt.slice(0, 16).replace('T', ' ')}${findings.length ? ', which may do more than it needs:' : ', which may only read.'}`
      : 'Its role was not looked at yet.',
    ...findings,
  ];
  const press = (label: string, what: string) => button(label, `querent_manage_${what}`, id);
  const own = declared
    ? []
    : [
        press('Rename', 'rename'),
        press('Change owner', 'owner'),
        ...(secret === 'sealed' ? [press('New password', 'password')] : []),
      ];
  return modal({
    title: 'Manage a database',
    blocks: [
      section(cut(lines.join('\n'), 2_800), 'about'),
      ...(declared ? [context([DECLARED], 'declared')] : []),
      {
        type: 'actions',
        block_id: 'do',
        elements: [
          press('Test again', 'test'),
          press('Read again', 'read'),
          paused ? press('Resume', 'resume') : press('Pause', 'pause'),
          button('Who may ask', 'querent_access', id),
        ],
      },
      {
        type: 'actions',
        block_id: 'change',
        elements: [...own, { ...press('Remove', 'remove'), style: 'danger' }],
      },
    ],
  });
}

export const RENAME_FORM = 'querent_rename';
export const OWNER_FORM = 'querent_owner';
export const REMOVE_FORM = 'querent_remove';

export const renameForm = (id: string): ModalView =>
  modal({
    title: 'Rename a database',
    about: id,
    submit: { callbackId: RENAME_FORM, label: 'Rename' },
    blocks: [
      textInput('name', {
        label: `New name of ${id}`,
        hint: 'Its rules, questions and password go with it.',
        initial: id,
        longest: 63,
      }),
    ],
  });

export const ownerForm = ({ id, owner }: RegisteredDatabase): ModalView => {
  const [kind, named] = (owner ?? '').split(':');
  return modal({
    title: 'Change the owner',
    about: id,
    submit: { callbackId: OWNER_FORM, label: 'Change' },
    blocks: [
      userInput('owner', {
        label: `Owner of ${id}`,
        hint: 'Who answers for it, and may administer it.',
        optional: true,
        initial: kind === 'user' ? named : undefined,
      }),
      textInput('group', {
        label: 'Owning user group',
        hint: 'The id of a user group (S…), in place of a person.',
        optional: true,
        initial: kind === 'group' ? named : undefined,
        longest: 20,
      }),
    ],
  });
};

const count = (many: number, what: string) => `${many} ${what}${many === 1 ? '' : 's'}`;

/** What goes, and the field in which its name is typed. */
export function removeForm(
  { database, tables, rules, questions, examples }: RemovalPreview,
  declared: boolean,
): ModalView {
  const { id } = database;
  const goes = [
    tables === undefined ? 'what is kept of it' : `its catalog of ${count(tables, 'table')} and its part of the index`,
    `${count(rules, 'access rule')}`,
    'its password, where it is sealed',
    `${count(questions, 'question')} that were asked of it, with their SQL and verdicts`,
    ...(examples ? [count(examples, 'example')] : []),
  ];
  return modal({
    title: 'Remove a database',
    about: id,
    submit: { callbackId: REMOVE_FORM, label: 'Remove' },
    blocks: [
      section(
        [
          `*${escapeMrkdwn(id)}* is removed with`,
          ...goes.map((one) => `• ${one}`),
          'The audit stays, and the database itself is not touched.',
          ...(declared
            ? ['querent.config.yaml declares it: `querent config apply` would register it again. Take it out there.']
            : []),
        ].join('\n'),
        'goes',
      ),
      textInput('typed', { label: `Type ${id} to remove it`, longest: 63 }),
    ],
  });
}
