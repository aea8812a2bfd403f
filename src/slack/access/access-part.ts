import { type AccessRule, withRule } from '#src/domain/access.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { ChangeRules, RulesChange } from '#src/service/access-service.ts';
import { callAgain } from '../calls.ts';
import { conversationKind } from '../conversation-kind.ts';
import { type Act, mayNot, patienceOf } from '../modals/acts.ts';
import { textIn } from '../modals/form-values.ts';
import type { Choice } from '../modals/inputs.ts';
import type { ModalPart } from '../modals/modal-part.ts';
import type { Fill } from '../modals/show-modal.ts';
import type { Reply, Submission, Submit } from '../modals/submissions.ts';
import { type ModalView, noticeView } from '../modals/view.ts';
import type { ActionPorts } from '../press.ts';
import { groupsFault } from './check-groups.ts';
import { changeRuleForm, newRuleForm, readChangedRule, readNewRules } from './rule-form.ts';
import { ACCESS, ruleKey, rulesView } from './rules-view.ts';
import { seeAs, seeAsForm } from './see-as.ts';

/** The rules of a database as whoever may administer it sees them; others hear why not. */
export async function accessView(
  act: Pick<Act, 'asker' | 'team'>,
  id: DatabaseId,
  ports: ActionPorts,
): Promise<ModalView> {
  const { querent, now } = ports;
  const refused = await mayNot(act, ports, id);
  if (refused) return noticeView(ACCESS, sayFailure(refused));
  const database = (await querent.databases.list()).find((one) => one.id === id);
  if (!database) return noticeView(ACCESS, sayFailure({ kind: 'unknown-database', name: id, known: [] }));
  const rules = await querent.access.rules(id);
  return rulesView(
    {
      database,
      rules,
      oddities: await querent.access.oddities(rules),
      team: act.team,
      declared: (await querent.declared()).includes(id),
    },
    now(),
  );
}

const openRules: Fill = (act, ports) => accessView(act, act.value, ports);

const newRule =
  (effect: AccessRule['effect']): Fill =>
  async (act, ports) => {
    const refused = await mayNot(act, ports, act.value);
    return refused ? noticeView(ACCESS, sayFailure(refused)) : newRuleForm(effect, act.value, await groupsOf(ports));
  };

/** User groups of the workspace that are in use; nothing, where Slack does not list them (it takes a scope). */
async function groupsOf(ports: ActionPorts): Promise<readonly Choice[] | undefined> {
  const listed = await callAgain(
    'usergroups.list',
    async () => (await ports.clients.lookups.usergroups.list()).usergroups ?? [],
    patienceOf(ports),
  );
  if (!listed.ok) return undefined;
  return listed.value.flatMap(({ id, name, handle }) => (id ? [{ text: name ?? handle ?? id, value: id }] : []));
}

const changeRule: Fill = async (act, ports) => {
  const [id = '', key] = act.value.split(':');
  const refused = await mayNot(act, ports, id);
  if (refused) return noticeView(ACCESS, sayFailure(refused));
  const rule = (await ports.querent.access.rules(id)).find((one) => ruleKey(one) === key);
  if (!rule) return noticeView(ACCESS, sayFailure({ kind: 'rules-changed', database: id }));
  return changeRuleForm(rule, act.value, act.team, ports.now());
};

const addRules =
  (effect: AccessRule['effect']): Submit =>
  async (submission, ports) => {
    const { view, team } = submission;
    const read = readNewRules(view.values, effect, { databaseId: view.about, teamId: team }, ports.now());
    if (!read.ok) return { kind: 'errors', errors: read.errors };
    const groups = await groupsFault(groupsIn(read.rules), ports);
    if (groups !== undefined) return { kind: 'errors', errors: { groups } };
    const shared = await sharedElsewhere(read.rules, ports);
    if (shared) return { kind: 'errors', errors: { channels: shared } };
    const added: ChangeRules = (before) => read.rules.reduce<readonly AccessRule[]>(withRule, before);
    return saved(submission, view.about, read.rules, added, ports);
  };

const groupsIn = (rules: readonly AccessRule[]) => rules.flatMap(({ to }) => (to.kind === 'group' ? [to.id] : []));

/** Why a channel gets nothing: another company reads it, or Slack does not say that none does (PERM-3). */
async function sharedElsewhere(rules: readonly AccessRule[], ports: ActionPorts): Promise<string | undefined> {
  const channels = rules.flatMap(({ to }) => (to.kind === 'channel' ? [to.id] : []));
  const { siblingTeams } = ports.querent.runSettings;
  const patience = { ...patienceOf(ports), lastsMs: 1_500 };
  const kinds = await Promise.all(
    channels.map((id) => conversationKind(ports.clients.lookups, id, patience, siblingTeams)),
  );
  if (kinds.includes('external'))
    return 'One of these is shared with another company, where no data is shown. Choose others.';
  return kinds.some((kind) => kind !== 'internal')
    ? 'Slack did not say whether one of these is shared with another company. Invite the bot there, or try again.'
    : undefined;
}

/** The rule that is changed must be there as it was seen: what another admin made of it meanwhile stays, and this one is told. */
const saveChange: Submit = async (submission, ports) => {
  const { view } = submission;
  const [id = '', key] = view.about.split(':');
  const rule = (await ports.querent.access.rules(id)).find((one) => ruleKey(one) === key);
  if (!rule) return gone(id);
  const takes = textIn(view.values, 'do') === 'take-back';
  const read = takes ? { ok: true as const, rules: [] } : readChangedRule(view.values, rule, ports.now());
  if (!read.ok) return { kind: 'errors', errors: read.errors };
  const change: ChangeRules = (before) => {
    const at = before.findIndex((one) => ruleKey(one) === key);
    return at === -1 ? undefined : before.toSpliced(at, 1, ...read.rules);
  };
  return saved(submission, id, read.rules, change, ports);
};

const gone = (id: DatabaseId): Reply => ({
  kind: 'show',
  view: noticeView(ACCESS, sayFailure({ kind: 'rules-changed', database: id })),
});

/** Saves what was changed with the rights of now, and shows the rules as they are then. */
async function saved(
  submission: Submission,
  id: DatabaseId,
  fresh: readonly AccessRule[],
  change: ChangeRules,
  ports: ActionPorts,
): Promise<Reply> {
  const { querent } = ports;
  const refused = await mayNot(submission, ports, id);
  if (refused) return { kind: 'show', view: noticeView(ACCESS, sayFailure(refused)) };
  const errors = await misnamedBlocks(fresh.slice(0, 1), ports);
  if (Object.keys(errors).length) return { kind: 'errors', errors };
  const { teamId, userId } = submission.asker.reader;
  const changed = await querent.access.change(id, change, { teamId, userId });
  if (changed.kind === 'changed') return { kind: 'show', view: await accessView(submission, id, ports) };
  return unsaved(changed, fresh);
}

function unsaved(changed: Exclude<RulesChange, { kind: 'changed' }>, [rule]: readonly AccessRule[]): Reply {
  if (changed.kind === 'failed') return { kind: 'show', view: noticeView(ACCESS, sayFailure(changed.failure)) };
  const block = rule?.tables ? 'tables' : rule?.hide ? 'hide' : 'rows';
  return { kind: 'errors', errors: { [block]: changed.faults.join(' ') } };
}

/** Names that the database does not have, at the blocks that they were written in. All rules of a form name the same. */
async function misnamedBlocks(
  rules: readonly AccessRule[],
  { querent: { access } }: ActionPorts,
): Promise<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const { tables, hide, ownRows, ...rule } of rules)
    for (const [block, part] of [
      ['tables', tables ? { tables } : {}],
      ['hide', hide ? { hide } : {}],
      ['rows', ownRows ? { ownRows } : {}],
    ] as const) {
      const faults = await access.misnamed([{ ...rule, ...part }]);
      if (faults.length) errors[block] = faults.join(' ');
    }
  return errors;
}

const setCostly: Fill = async (act, ports) => {
  const [id = '', by] = act.value.split(':');
  const refused = await mayNot(act, ports, id);
  if (refused) return noticeView(ACCESS, sayFailure(refused));
  const { teamId, userId } = act.asker.reader;
  const set = await ports.querent.access.setCostlyBy(id, by === 'owner' ? 'owner' : 'asker', { teamId, userId });
  return set.ok ? accessView(act, id, ports) : noticeView(ACCESS, sayFailure(set.failure));
};

/** Who may ask a database, in a modal. It opens from a button `querent_access` whose value is the database. */
export const ACCESS_PART: ModalPart = {
  presses: [
    ['querent_access', { opens: ACCESS, fill: openRules }],
    ['querent_access_back', { opens: ACCESS, fill: openRules, how: 'replace' }],
    ['querent_access_grant', { opens: 'Grant access', fill: newRule('grant'), how: 'replace' }],
    ['querent_access_deny', { opens: 'Keep from somebody', fill: newRule('deny'), how: 'replace' }],
    ['querent_access_change', { opens: 'Change a rule', fill: changeRule, how: 'replace' }],
    ['querent_access_see', { opens: 'What somebody sees', fill: seeAsForm, how: 'replace' }],
    ['querent_access_costly', { opens: ACCESS, fill: setCostly, how: 'replace' }],
  ],
  submissions: [
    ['querent_access_grant', addRules('grant')],
    ['querent_access_deny', addRules('deny')],
    ['querent_access_change', saveChange],
    ['querent_access_see', seeAs],
  ],
};
