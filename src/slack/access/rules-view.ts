import { createHash } from 'node:crypto';
import type { AccessRule, Grantee } from '#src/domain/access.ts';
import type { DatabaseId, TeamId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { type RuleWords, sayRule } from '#src/domain/say-rule.ts';
import { slackLimits } from '../limits.ts';
import { type ModalView, modal } from '../modals/view.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, button, context, section } from '../views/message.ts';

export const ACCESS = 'Who may ask';

/** Rules that a modal shows; the command line shows all. */
const RULES_SHOWN = 40;
const ODDITIES_SHOWN = 8;

const DECLARED =
  'The declared configuration names this database, and wins: what is changed here holds until that is applied again.';

/** What tells one rule from the others of its database: an admin who changes it means this one, as it was before them. */
export const ruleKey = (rule: AccessRule): string =>
  createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 16);

export function mentionOf(to: Grantee): string {
  switch (to.kind) {
    case 'everyone':
      return 'Everyone';
    case 'user':
      return `<@${escapeMrkdwn(to.id)}>`;
    case 'group':
      return `<!subteam^${escapeMrkdwn(to.id)}>`;
    case 'channel':
      return `<#${escapeMrkdwn(to.id)}>`;
  }
}

const SLACK_WORDS: RuleWords = { whom: mentionOf, name: escapeMrkdwn };

/** The workspace of a rule goes without saying where it is that of whoever reads it. */
export function sayRuleInSlack(rule: AccessRule, team: TeamId, now: Date): string {
  const { teamId, ...rest } = rule;
  const said: AccessRule = teamId === undefined || teamId === team ? rest : { ...rest, teamId };
  return cut(sayRule(said, now, SLACK_WORDS), slackLimits.sectionText);
}

export interface RulesShown {
  readonly database: RegisteredDatabase;
  readonly rules: readonly AccessRule[];
  /** What is odd about them, a sentence each. */
  readonly oddities: readonly string[];
  /** The workspace of whoever reads them. */
  readonly team: TeamId;
  /** The declared configuration names the database. */
  readonly declared: boolean;
}

/** The rules of a database, what is odd about them, and what can be done about them. Buttons name the database and a rule's key alone. */
export function rulesView({ database, rules, oddities, team, declared }: RulesShown, now: Date): ModalView {
  const { id, costlyBy } = database;
  const left = rules.length - RULES_SHOWN;
  return modal({
    title: ACCESS,
    blocks: [
      section(
        rules.length
          ? `*${escapeMrkdwn(id)}* can be asked so. Where rules contradict, the stricter wins.`
          : `Nobody in Slack may ask *${escapeMrkdwn(id)}* yet.`,
        'access-of',
      ),
      ...(declared ? [context([DECLARED], 'declared')] : []),
      ...rules.slice(0, RULES_SHOWN).map((rule) => ({
        ...section(sayRuleInSlack(rule, team, now), `rule-${ruleKey(rule)}`),
        accessory: button('Change', 'querent_access_change', `${id}:${ruleKey(rule)}`),
      })),
      ...(left > 0 ? [context([`${left} more: \`querent policy show ${escapeMrkdwn(id)}\``], 'more-rules')] : []),
      ...oddBlocks(oddities),
      {
        type: 'actions',
        block_id: 'access-do',
        elements: [
          button('Grant', 'querent_access_grant', id),
          button('Keep from', 'querent_access_deny', id),
          button('See as', 'querent_access_see', id),
        ],
      },
      ...costBlocks(id, costlyBy),
    ],
  });
}

function oddBlocks(oddities: readonly string[]): Block[] {
  if (!oddities.length) return [];
  const lines = oddities.slice(0, ODDITIES_SHOWN).map((one) => `• ${escapeMrkdwn(one)}`);
  return [section(cut(`*What is odd about them*\n${lines.join('\n')}`, slackLimits.sectionText), 'odd')];
}

function costBlocks(id: DatabaseId, costlyBy: RegisteredDatabase['costlyBy']): Block[] {
  const byOwner = costlyBy === 'owner';
  const text = byOwner
    ? 'A query above its cost budget runs when the owner or an admin says so.'
    : 'A query above its cost budget runs when whoever asked says so.';
  const next = byOwner ? 'Leave it to askers' : 'Leave it to the owner';
  return [
    {
      ...section(text, 'costly'),
      accessory: button(next, 'querent_access_costly', `${id}:${byOwner ? 'asker' : 'owner'}`),
    },
  ];
}
