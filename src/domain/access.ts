import { isDeepStrictEqual } from 'node:util';
import type { ChannelId, TeamId, UserId } from './ids.ts';

/** Whom a rule is about. `everyone` is every full member of the workspace, never a guest and nobody of another company. */
export type Grantee =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'user' | 'group' | 'channel'; readonly id: string };

/**
 * One rule about one database (ACC-1). Nothing is readable without a grant. A deny beats every grant, and among
 * grants to the same reader the one that hides wins; grants to several readers that somebody is add up.
 */
export interface AccessRule {
  readonly effect: 'grant' | 'deny';
  readonly databaseId: string;
  /** The workspace that it holds in; every one, if absent. */
  readonly teamId?: string;
  readonly to: Grantee;
  /** Tables by `name` or `schema.name`; all, if absent. */
  readonly tables?: readonly string[];
  /** Columns kept from them, by table. A deny with these hides them and nothing else. */
  readonly hide?: Readonly<Record<string, readonly string[]>>;
  /** Tables of which the engine's own row policies show each asker their rows; without such a policy they are refused. */
  readonly ownRows?: readonly string[];
  /** A channel's grant: answers go there only when their asker shares them. */
  readonly shared?: true;
  /** When it ends, an ISO instant; never, if absent. A rule that has ended is as if it were not there. */
  readonly until?: string;
}

/** Whether a rule has not ended. An end that is no date is over: what cannot be read grants nothing. */
export const isInForce = ({ until }: Pick<AccessRule, 'until'>, now: Date): boolean =>
  until === undefined || Date.parse(until) > now.getTime();

/**
 * Rules with one more. Of two that differ only in their end the one that lasts longer stays, so that a grant for a week takes
 * nothing from one for ever.
 */
export function withRule(rules: readonly AccessRule[], rule: AccessRule): readonly AccessRule[] {
  const isSame = (one: AccessRule) => isDeepStrictEqual(endless(one), endless(rule));
  const same = rules.filter(isSame);
  const longest = [...same, rule].reduce((longer, one) => (endOf(one) > endOf(longer) ? one : longer), rule);
  return [...rules.filter((one) => !isSame(one)), longest];
}

const endless = ({ until: _, ...rule }: AccessRule) => rule;
const endOf = ({ until }: AccessRule) => (until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until));

/** Who reads: a person where they ask, or the audience of a channel. */
export interface Reader {
  readonly teamId: TeamId;
  readonly userId?: UserId;
  readonly groups?: readonly string[];
  /** User groups of which nobody says who is in them: what is kept from one is kept from them, and nothing that it is granted is theirs. */
  readonly unknownGroups?: readonly string[];
  /** Who they are to the company, as configured. */
  readonly identity?: string;
  /** The channel that they ask in; absent in a direct message. */
  readonly channelId?: ChannelId;
}

/** `user:U1`, `group:S1`, `channel:C1` or `everyone`. */
export function granteeText(to: Grantee): string {
  return to.kind === 'everyone' ? to.kind : `${to.kind}:${to.id}`;
}

const NAMED_GRANTEES = ['user', 'group', 'channel'] as const;

export function readGrantee(text: string): Grantee | undefined {
  if (text === 'everyone') return { kind: 'everyone' };
  const [, named, id] = /^(user|group|channel):([A-Z0-9_-]+)$/i.exec(text) ?? [];
  const kind = NAMED_GRANTEES.find((one) => one === named?.toLowerCase());
  return kind && id ? { kind, id } : undefined;
}
