/**
 * How often Slack takes a call, by its documentation: tiers from https://docs.slack.dev/apis/web-api/rate-limits, a method's own limit from its
 * page below https://docs.slack.dev/reference/methods. What Slack says itself, by 429 and `Retry-After`, stands before all of it.
 */
export interface Rate {
  /** One call in so many milliseconds, in the long run. */
  readonly everyMs: number;
  /** So many may come at once after a rest. */
  readonly burst: number;
  /** It holds for each conversation by itself. */
  readonly each?: 'channel';
}

const aMinute = (calls: number): Rate => ({ everyMs: 60_000 / calls, burst: calls });
const TIER_2 = aMinute(20);
const TIER_3 = aMinute(50);
const TIER_4 = aMinute(100);

/** Of a message in a conversation: one a second, and bursts above that are short. */
const MESSAGE: Rate = { everyMs: 1_000, burst: 5, each: 'channel' };

export type Rates = Readonly<Record<string, Rate>>;

/** What is not named here is called as often as it is wanted, until Slack says otherwise. */
export const SLACK_RATES: Rates = {
  'chat.postMessage': MESSAGE,
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'chat.startStream': TIER_2,
  'chat.appendStream': TIER_4,
  'chat.stopStream': TIER_2,
  'conversations.info': TIER_3,
  'conversations.open': TIER_3,
  'conversations.history': TIER_3,
  'conversations.replies': TIER_3,
  'conversations.members': TIER_4,
  'users.info': TIER_4,
  'usergroups.users.list': TIER_2,
  'files.getUploadURLExternal': TIER_4,
  'files.completeUploadExternal': TIER_4,
};
