import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { isDatabaseName } from '#src/domain/registered-database.ts';
import { isRefused } from '#src/domain/role-report.ts';
import { groupsFault } from '../access/check-groups.ts';
import { type Act, mayNot } from '../modals/acts.ts';
import { textIn } from '../modals/form-values.ts';
import type { ModalPart } from '../modals/modal-part.ts';
import type { Fill } from '../modals/show-modal.ts';
import type { Reply, Submission } from '../modals/submissions.ts';
import { type ModalView, noticeView } from '../modals/view.ts';
import type { ActionPorts } from '../press.ts';
import { escapeMrkdwn } from '../text.ts';
import { context, type Message } from '../views/message.ts';
import { goOn } from './go-on.ts';
import {
  databaseView,
  listView,
  type ManagedDatabase,
  OWNER_FORM,
  ownerForm,
  REMOVE_FORM,
  RENAME_FORM,
  removeForm,
  renameForm,
} from './manage-views.ts';
import { openTold, postDirect } from './told.ts';

const TITLE = 'Manage a database';

/** The databases that somebody administers. Also what `/querent databases` and Home open. */
export const fillDatabases: Fill = async ({ asker }, { querent }) => {
  const ids = await querent.administeredBy(asker.reader);
  const managed: ManagedDatabase[] = [];
  for (const id of ids) managed.push(...(await managedDatabase(id, { querent })));
  return listView(managed, await querent.mayAdminister(asker.reader));
};

async function managedDatabase(
  id: DatabaseId,
  { querent }: Pick<ActionPorts, 'querent'>,
): Promise<readonly ManagedDatabase[]> {
  const { databases, index, declared } = querent;
  const database = (await databases.list()).find((one) => one.id === id);
  if (!database) return [];
  const tables = (await index.catalogOf(id))?.tables.length;
  return [{ database, tables, role: await databases.roleReport(id), declared: (await declared()).includes(id) }];
}

/** A view of one database for whoever may administer it now; a sentence for everybody else. */
export const ofDatabase =
  (work: (one: ManagedDatabase, act: Act, ports: ActionPorts) => Promise<ModalView>): Fill =>
  async (act, ports) => {
    const id = act.value;
    const refused = await mayNot(act, ports, id);
    if (refused) return noticeView(TITLE, sayFailure(refused));
    const [one] = await managedDatabase(id, ports);
    return one
      ? work(one, act, ports)
      : noticeView(TITLE, `There is no ${id} any more: somebody removed or renamed it.`);
  };

/** The same, where the declared configuration does not win. */
const ofOwn = (work: (one: ManagedDatabase, act: Act, ports: ActionPorts) => Promise<ModalView>): Fill =>
  ofDatabase(async (one, act, ports) =>
    one.declared
      ? noticeView(TITLE, sayFailure({ kind: 'declared', database: one.database.id }))
      : work(one, act, ports),
  );

const whoOf = ({ team, user }: Act) => ({ teamId: team, userId: user });
const line = (text: string): Message => ({ text, blocks: [context([text], 'told')] });
export const named = (id: DatabaseId) => `*${escapeMrkdwn(id)}*`;

/** Work that takes a while, told in one message of the direct message of whoever had it done. */
async function telling(
  act: Act,
  id: DatabaseId,
  ports: ActionPorts,
  work: (say: (step: string, done: number, total: number) => void) => Promise<string>,
): Promise<void> {
  const place = await postDirect(act.user, line(`${named(id)} …`), ports);
  const told = place && openTold(place, ports);
  const say = (step: string, done: number, total: number) =>
    told?.say(line(`${named(id)}: ${escapeMrkdwn(step)}${total > 1 ? ` (${done} of ${total})` : ''} …`));
  const ended = await work(say);
  await told?.end(line(ended));
}

/** Begins work and shows that it is told of elsewhere, under the title of what was pressed. */
export function inBackground(
  { title, doing }: { readonly title: string; readonly doing: string },
  act: Act,
  id: DatabaseId,
  ports: ActionPorts,
  work: Parameters<typeof telling>[3],
): ModalView {
  telling(act, id, ports, work).catch((error: unknown) => ports.log(`what an admin began could not be done`, error));
  return noticeView(
    title,
    `I ${doing} ${id} now, and tell you in a direct message what comes of it. You can close this.`,
  );
}

export const failed = (id: DatabaseId, failure: Failure) =>
  `:warning: ${named(id)}: ${escapeMrkdwn(sayFailure(failure))}`;

const test = ofDatabase(async ({ database: { id } }, act, ports) =>
  inBackground({ title: TITLE, doing: 'test' }, act, id, ports, async () => {
    const report = await ports.querent.databases.checkRole(id, whoOf(act), ports.stopping);
    if (!report.ok) return failed(id, report.failure);
    const { findings } = report.value;
    if (!findings.length) return `:white_check_mark: ${named(id)} answers, and its role may only read.`;
    const what = findings.map((one) => `• ${escapeMrkdwn(one.what)}`).join('\n');
    const script = ports.querent.databases.roleScript((await managedDatabase(id, ports))[0]?.database ?? { url: '' });
    const mended = script.ok
      ? `\nThis makes a role that may do less:\n\`\`\`${script.value.replaceAll('`', "'")}\`\`\``
      : '';
    return `${named(id)} answers. ${isRefused(report.value) ? 'Its role may do more than read, so it is paused:' : 'Its role may do more than it needs:'}\n${what}${mended}`;
  }),
);

const read = ofDatabase(async ({ database: { id } }, act, ports) =>
  inBackground({ title: TITLE, doing: 'read' }, act, id, ports, async (say) => {
    const built = await ports.querent.index.build({ only: id }, say, ports.stopping);
    const failure = built.ok ? built.value.failures[0] : built.failure;
    if (failure) return failed(id, failure);
    const tables = (await ports.querent.index.catalogOf(id))?.tables.length ?? 0;
    return `:white_check_mark: ${named(id)} was read again: ${tables} ${tables === 1 ? 'table' : 'tables'}.`;
  }),
);

const pausing = (pause: boolean) =>
  ofDatabase(async ({ database: { id } }, act, ports) => {
    const set = await ports.querent.databases.pause(id, pause, whoOf(act));
    if (!set.ok) return noticeView(TITLE, sayFailure(set.failure));
    const [now] = await managedDatabase(id, ports);
    return now ? databaseView(now) : noticeView(TITLE, `There is no ${id} any more.`);
  });

const password = ofOwn(async ({ database: { id } }, act, ports) => {
  const begun = await ports.querent.setups.beginPassword(id, whoOf(act));
  if (!begun.ok) return noticeView(TITLE, sayFailure(begun.failure));
  goOn(begun.value, ports).catch((error: unknown) => ports.log('a password could not be asked for', error));
  return noticeView(
    TITLE,
    `How to set the password of ${id} is in your direct message with me. Until it is, the one of now is used.`,
  );
});

const remove = ofDatabase(async ({ database: { id }, declared }, _, { querent }) => {
  const preview = await querent.databases.previewRemoval(id);
  return preview.ok ? removeForm(preview.value, declared) : noticeView(TITLE, sayFailure(preview.failure));
});

/** A form about one database, from whoever may administer it at this moment. */
const submitted =
  (work: (id: DatabaseId, submission: Submission, ports: ActionPorts) => Promise<Reply>) =>
  async (submission: Submission, ports: ActionPorts): Promise<Reply> => {
    const id = submission.view.about;
    const refused = await mayNot(submission, ports, id);
    return refused ? { kind: 'show', view: noticeView(TITLE, sayFailure(refused)) } : work(id, submission, ports);
  };

const submitRename = submitted(async (id, submission, ports) => {
  const { databases, declared } = ports.querent;
  const name = textIn(submission.view.values, 'name') ?? '';
  const wrong = (failure: Failure): Reply => ({ kind: 'errors', errors: { name: sayFailure(failure) } });
  if (!isDatabaseName(name)) return wrong({ kind: 'bad-name', name });
  if ((await declared()).some((one) => one === id || one === name)) return wrong({ kind: 'declared', database: id });
  if ((await databases.list()).some((one) => one.id === name))
    return { kind: 'errors', errors: { name: `A database named ${name} is registered already. Choose another name.` } };
  const view = noticeView(TITLE, `I rename ${id} to ${name}, and tell you in a direct message when it is done.`);
  const after = () =>
    telling(submission, id, ports, async (say) => {
      const renamed = await databases.rename(id, name, whoOf(submission), say, ports.stopping);
      return renamed.ok
        ? [`:white_check_mark: ${named(id)} is ${named(name)} now.`, ...renamed.value.map(escapeMrkdwn)].join('\n')
        : failed(id, renamed.failure);
    });
  return { kind: 'show', view, after };
});

const submitOwner = submitted(async (id, submission, ports) => {
  const { values } = submission.view;
  const [owner, group] = [textIn(values, 'owner'), textIn(values, 'group')];
  const wrong = group === undefined ? undefined : await groupsFault([group], ports);
  if (wrong !== undefined) return { kind: 'errors', errors: { group: wrong } };
  if ((await ports.querent.declared()).includes(id))
    return { kind: 'errors', errors: { owner: sayFailure({ kind: 'declared', database: id }) } };
  const owning = group ? `group:${group}` : owner ? `user:${owner}` : undefined;
  const set = await ports.querent.databases.setOwner(id, owning, whoOf(submission));
  const said = set.ok ? `${id} has ${owning === undefined ? 'no owner' : 'its owner'} now.` : sayFailure(set.failure);
  return { kind: 'show', view: noticeView(TITLE, said) };
});

const submitRemove = submitted(async (id, submission, ports) => {
  if (textIn(submission.view.values, 'typed') !== id)
    return { kind: 'errors', errors: { typed: `That is not ${id}, so nothing was removed.` } };
  const after = () =>
    telling(submission, id, ports, async (say) => {
      const removed = await ports.querent.databases.remove(id, whoOf(submission), say, ports.stopping);
      if (!removed.ok) return failed(id, removed.failure);
      const { questions, warnings } = removed.value;
      return [
        `:wastebasket: ${named(id)} is removed, with ${questions} ${questions === 1 ? 'question' : 'questions'}.`,
        ...warnings.map(escapeMrkdwn),
      ].join('\n');
    });
  return { kind: 'clear', after };
});

export const MANAGE_PART: ModalPart = {
  presses: [
    ['querent_databases', { opens: 'Databases', fill: fillDatabases }],
    ['querent_manage', { opens: TITLE, fill: ofDatabase(async (one) => databaseView(one)) }],
    ['querent_manage_test', { opens: TITLE, how: 'replace', fill: test }],
    ['querent_manage_read', { opens: TITLE, how: 'replace', fill: read }],
    ['querent_manage_pause', { opens: TITLE, how: 'replace', fill: pausing(true) }],
    ['querent_manage_resume', { opens: TITLE, how: 'replace', fill: pausing(false) }],
    ['querent_manage_password', { opens: TITLE, how: 'replace', fill: password }],
    [
      'querent_manage_rename',
      { opens: TITLE, how: 'replace', fill: ofOwn(async ({ database }) => renameForm(database.id)) },
    ],
    [
      'querent_manage_owner',
      { opens: TITLE, how: 'replace', fill: ofOwn(async ({ database }) => ownerForm(database)) },
    ],
    ['querent_manage_remove', { opens: TITLE, how: 'replace', fill: remove }],
  ],
  submissions: [
    [RENAME_FORM, submitRename],
    [OWNER_FORM, submitOwner],
    [REMOVE_FORM, submitRemove],
  ],
};
