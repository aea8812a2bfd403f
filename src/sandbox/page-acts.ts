import type { PeopleAct } from './people-act.ts';
import type { Values } from './people-interact.ts';
import type { SandboxContext } from './sandbox-context.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What an act of the page led to: an HTTP status, and what the page gets to know. */
export interface ActReply {
  readonly status: number;
  readonly body: unknown;
}

const LONGEST_MESSAGE = 12_000;
const DONE: ActReply = { status: 200, body: 'ok' };
const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));

/** What people do in a conversation, or about one of its messages. */
const IN_CONVERSATION: Readonly<
  Record<string, (people: PeopleAct, user: string, channel: string, fields: Fields) => unknown>
> = {
  say: (people, user, channel, { text, thread }) =>
    people.say(user, channel, str(text).slice(0, LONGEST_MESSAGE), thread ? str(thread) : undefined),
  press: (people, user, channel, { ts, action, value }) =>
    people.press(user, channel, str(ts), str(action), given(value)),
  open: (people, user, channel) => people.open(user, channel),
  command: (people, user, channel, { text }) => people.command(user, channel, str(text)),
  stop: (people, user, channel, { thread }) => people.stopSession(user, channel, str(thread)),
  'message-shortcut': (people, user, channel, { ts, callback }) =>
    people.messageShortcut(user, channel, str(ts), str(callback)),
};

/** What people do in their own views, whatever conversation is open. */
const BY_THEMSELVES: Readonly<Record<string, (people: PeopleAct, user: string, fields: Fields) => unknown>> = {
  home: (people, user) => people.openHome(user),
  shortcut: (people, user, { callback }) => people.shortcut(user, str(callback)),
  'press-view': (people, user, { key, value, values }) =>
    people.pressInView(user, str(key), value === undefined ? undefined : given(value), (values ?? {}) as Values),
  suggest: (people, user, { key, typed }) => people.suggest(user, str(key), str(typed)),
  submit: (people, user, { values }) => people.submit(user, (values ?? {}) as Values),
  'close-view': (people, user, { all }) => people.closeView(user, all === true),
};

const given = (value: unknown) => (Array.isArray(value) ? value.map(str) : str(value));

/** Does what a person did on the page. */
export async function actFromPage(context: SandboxContext, people: PeopleAct, fields: Fields): Promise<ActReply> {
  const { workspace } = context;
  const [kind, user, channelId] = [str(fields.kind), str(fields.user), str(fields.channel)];
  const person = workspace.user(user);
  if (!person || person.isBot || person.deleted) return { status: 403, body: 'No such person.' };
  const alone = BY_THEMSELVES[kind];
  if (alone) return { status: 200, body: (await alone(people, user, fields)) ?? 'ok' };
  if (!workspace.channel(channelId)?.members.includes(user))
    return { status: 403, body: 'This person is not in that conversation.' };
  if (kind === 'edit' || kind === 'delete') return changeOwn(context, people, fields);
  const act = IN_CONVERSATION[kind];
  if (!act) return { status: 400, body: 'Unknown act.' };
  await act(people, user, channelId, fields);
  return DONE;
}

/** People change and delete what they have written themselves. */
function changeOwn(
  { workspace }: SandboxContext,
  people: PeopleAct,
  { kind, user, channel, ts, text }: Fields,
): ActReply {
  if (workspace.find(str(channel), str(ts))?.user !== user)
    return { status: 403, body: 'This message is by somebody else.' };
  if (kind === 'edit') people.edit(str(channel), str(ts), str(text).slice(0, LONGEST_MESSAGE));
  else people.remove(str(channel), str(ts));
  return DONE;
}
