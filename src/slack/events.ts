import type { App } from '@slack/bolt';
import type { NewRun } from '#src/domain/run.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import { afterRecorded, followChange } from './follow-messages.ts';
import { openHome } from './home/publish-home.ts';
import { recordDelivery } from './ingress.ts';
import { leaveShared } from './leave-shared.ts';
import { type RefusedMessage, tellSecret } from './refuse-secret.ts';
import { openSignsFirst } from './signs-first.ts';
import type { SlackPorts } from './slack-ports.ts';

export interface EventPorts extends SlackPorts {
  readonly botUserId: string;
  readonly wake: () => void;
  /** Ends at the stop of the bot. */
  readonly stopping: AbortSignal;
  /** Questions offered when somebody opens the bot's messages. */
  readonly prompts: readonly string[];
}

/** Slack shows at most so many suggested prompts. */
const PROMPTS_SHOWN = 4;

/** Of the Home that somebody has before them; the types of Slack's package leave it out. */
const hashOf = (view: object | undefined) => (view && 'hash' in view ? String(view.hash) : undefined);

/** What Slack tells us: messages are recorded before they are acknowledged; who leaves is forgotten. */
export function registerEvents(app: App, ports: EventPorts): void {
  const { querent, clients, botUserId, wake, prompts, newId, now } = ports;
  const patience = { lastsMs: LOOKUP_PATIENCE_MS, signal: ports.stopping, onFault: ports.log };
  const onSecret = (message: RefusedMessage) =>
    void tellSecret(message, clients, patience).catch((error: unknown) =>
      ports.log('a secret could not be told of', error),
    );
  const onLate = ({ channel, message }: NewRun, ageMs: number) =>
    ports.log(
      `message ${message} in ${channel} came ${Math.round(ageMs / 60_000)} minutes after it was written and was not answered; where that is not so, this machine's clock is ahead`,
    );
  const { perThread, threadMode } = querent.runSettings;
  const { runs, conversations } = querent;
  const onDuplicate = (kind: string) => ports.metrics.count('duplicates_dropped_total', { kind });
  const ingress = {
    ...{ runs, conversations, threadMode, botUserId, perThread, newId, now },
    ...{ onSecret, onLate, onDuplicate },
  };
  const signs = openSignsFirst(wake);
  const listen = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    const arrivedMs = performance.now();
    // Rejects when the store cannot be written; then nothing is acknowledged and Slack delivers again.
    const recorded = await recordDelivery(event.body, ingress);
    await followChange(event.body, botUserId, { ...ports, wake, onSecret });
    const onSigned = () => ports.metrics.observe('first_sign_seconds', performance.now() - arrivedMs);
    signs.sign(afterRecorded(recorded, ports, onSigned));
    return listen(event);
  };
  const read = async () => signs.wake();
  app.event('app_mention', read);
  app.event('message', read);

  const forget = async (team: string) => {
    const forgotten = await querent.forget(team);
    if (!forgotten.ok) ports.log(`a workspace that left could not be forgotten: ${forgotten.failure.kind}`);
  };
  app.event('app_uninstalled', async ({ context }) => {
    if (context.teamId) await forget(context.teamId);
  });
  // Other people's tokens are revoked for reasons of their own: only without the bot's is the workspace gone.
  app.event('tokens_revoked', async ({ context, event }) => {
    if (context.teamId && event.tokens.bot?.includes(botUserId)) await forget(context.teamId);
  });

  // Who was deactivated or became a guest gets nothing any more, of what is under way either.
  app.event('user_change', async ({ event }) => {
    const { id, deleted } = event.user as { readonly id: string; readonly deleted?: boolean };
    ports.people.forget(id);
    if (deleted) for (const run of ports.underWay.ofPerson(id)) ports.underWay.stop(run, 'deactivated');
  });

  app.event('subteam_members_changed', async ({ event }) => ports.people.forgetGroup(event.subteam_id));

  app.event('channel_shared', async ({ context, event }) => {
    if (context.teamId) await leaveShared(context.teamId, event.channel, ports);
  });

  app.event('app_home_opened', async ({ event, context: { teamId: team } }) => {
    if (team === undefined) return;
    const { user } = event;
    if (event.tab === 'home') return openHome({ team, user, hash: hashOf(event.view) }, undefined, ports);
    const asker = await ports.people.admit(team, user, undefined);
    if (asker.kind !== 'reader') return;
    const texts = await querent.home.prompts(asker, PROMPTS_SHOWN, prompts);
    const offered = texts.map((message) => ({ title: message, message }));
    if (!offered.length) return;
    const request = { channel_id: event.channel, prompts: offered as never, title: 'Try asking' };
    await clients.cosmetic.apiCall('assistant.threads.setSuggestedPrompts', request).catch(() => undefined);
  });
}
