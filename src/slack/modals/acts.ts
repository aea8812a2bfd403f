import { z } from 'zod';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { callAgain, LOOKUP_PATIENCE_MS, type Patience } from '../calls.ts';
import { AS_WRITTEN } from '../outgoing.ts';
import type { AskingReader } from '../people.ts';
import { postNotice } from '../post-marked.ts';
import type { ActionPorts } from '../slack-ports.ts';
import { openDirect } from '../tell-one.ts';
import { escapeMrkdwn } from '../text.ts';
import { type FormValues, formValues, ViewState } from './form-values.ts';

/** What somebody did outside a run: a press in a view or under a message that no run posted, a submission, a command. */
export interface RawAct {
  readonly team: string;
  readonly user: string;
  /** Opens a view once, within three seconds. */
  readonly triggerId: string;
  /** Of the button or the option; empty of a submission. */
  readonly value: string;
  /** When it was pressed: with the button it makes a press one. */
  readonly at: string;
  readonly view?: ActView;
  readonly message?: { readonly channel: string; readonly ts: string };
}

/** The view that it was done in. */
export interface ActView {
  readonly id: string;
  readonly type: string;
  readonly hash: string;
  /** The opaque id that the view was opened with; '' where it has none. */
  readonly about: string;
  readonly values: FormValues;
}

/** The same by somebody who is admitted, with their rights of now. */
export interface Act extends RawAct {
  readonly asker: AskingReader;
}

const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

const ViewBody = z.object({
  id: z.string(),
  type: optional(z.string()),
  hash: optional(z.string()),
  private_metadata: optional(z.string()),
  state: optional(z.object({ values: ViewState })),
});

const ActBody = z.object({
  team: optional(z.object({ id: z.string() })),
  user: z.object({ id: z.string(), team_id: optional(z.string()) }),
  trigger_id: optional(z.string()),
  view: optional(ViewBody),
  channel: optional(z.object({ id: z.string() })),
  message: optional(z.object({ ts: z.string() })),
  /** Of a message for one person alone Slack sends nothing else. */
  container: optional(z.object({ message_ts: optional(z.string()) })),
  actions: optional(
    z.array(
      z.object({
        action_ts: z.string(),
        value: optional(z.string()),
        selected_option: optional(z.object({ value: z.string() })),
      }),
    ),
  ),
});

export function readAct(body: unknown): RawAct | undefined {
  const parsed = ActBody.safeParse(body).data;
  const team = parsed?.team?.id ?? parsed?.user.team_id;
  if (!parsed || team === undefined) return undefined;
  const { user, trigger_id, view, channel, message, container, actions = [] } = parsed;
  const ts = message?.ts ?? container?.message_ts;
  const [action] = actions;
  return {
    team,
    user: user.id,
    triggerId: trigger_id ?? '',
    value: action?.selected_option?.value ?? action?.value ?? '',
    at: action?.action_ts ?? '',
    ...(view ? { view: readView(view) } : {}),
    ...(channel && ts ? { message: { channel: channel.id, ts } } : {}),
  };
}

const readView = ({ id, type, hash, private_metadata, state }: z.infer<typeof ViewBody>): ActView => ({
  id,
  type: type ?? 'modal',
  hash: hash ?? '',
  about: private_metadata ?? '',
  values: formValues(state?.values ?? {}),
});

/** Who it is, by what Slack says now. A person of another company hears nothing (PERM-3). */
export async function admitted<Raw extends Pick<RawAct, 'team' | 'user'>>(
  raw: Raw,
  { people }: Pick<ActionPorts, 'people'>,
): Promise<(Raw & Pick<Act, 'asker'>) | Failure | undefined> {
  const asker = await people.admit(raw.team, raw.user, undefined);
  switch (asker.kind) {
    case 'reader':
      return { ...raw, asker };
    case 'outsider':
      return undefined;
    default:
      return { kind: asker.kind === 'guest' ? 'not-a-member' : 'asker-unknown' };
  }
}

export const isAct = <Raw>(one: (Raw & Pick<Act, 'asker'>) | Failure | undefined): one is Raw & Pick<Act, 'asker'> =>
  one !== undefined && 'asker' in one;

/** Why somebody may not administer a database, or anything; nothing where they may. Asked at each press and submission. */
export async function mayNot(
  { asker }: Pick<Act, 'asker'>,
  { querent }: Pick<ActionPorts, 'querent'>,
  database?: DatabaseId,
): Promise<Failure | undefined> {
  if (await querent.mayAdminister(asker.reader, database)) return undefined;
  return { kind: 'not-an-admin', ...(database === undefined ? {} : { database }) };
}

/** Waits for so long that a person still stands before it. */
export const patienceOf = ({ stopping, log }: Pick<ActionPorts, 'stopping' | 'log'>): Patience => ({
  lastsMs: LOOKUP_PATIENCE_MS,
  signal: stopping,
  onFault: (method, error) => log(method, error),
});

/** Says something to who did it: beside what they pressed, for them alone, else in their direct message. */
export async function tell({ user, message }: RawAct, text: string, ports: ActionPorts): Promise<void> {
  const { critical } = ports.clients;
  const patience = patienceOf(ports);
  if (message) {
    const beside = { channel: message.channel, user, text, ...AS_WRITTEN };
    const told = await callAgain('chat.postEphemeral', () => critical.chat.postEphemeral(beside), patience);
    if (told.ok) return;
  }
  const channel = await openDirect({ client: critical, patience }, user);
  if (channel !== undefined) await postNotice({ client: critical, patience }, { channel }, { text, blocks: [] });
}

export const tellFailure = (raw: RawAct, failure: Failure, ports: ActionPorts): Promise<void> =>
  tell(raw, escapeMrkdwn(sayFailure(failure)), ports);
