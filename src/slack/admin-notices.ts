import type { CallFault } from '#src/slack-api/call-faults.ts';
import { callAgain } from './calls.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { openDirect, type TellPorts } from './tell-one.ts';

export type TellAdmins = (method: string, fault: CallFault) => Promise<void>;

/** The same trouble is told again after this. */
const TOLD_EVERY_MS = 3_600_000;

/** Tells admins what only they can mend, in their direct messages and in the log, at most once an hour for each trouble. */
export function openAdminNotices(
  ports: () => TellPorts,
  admins: readonly string[],
  now: () => Date,
  log: (message: string) => void,
): TellAdmins {
  const told = new Map<string, number>();
  return async (method, fault) => {
    const at = now().getTime();
    const key = `${method} ${fault.code}`;
    if (at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < TOLD_EVERY_MS) return;
    told.set(key, at);
    const text = sayAdminFault(method, fault);
    log(`for an admin: ${text}`);
    for (const admin of admins) {
      const channel = await openDirect(ports(), admin);
      if (channel === undefined) continue;
      const { client, patience } = ports();
      await callAgain('chat.postMessage', () => client.chat.postMessage({ channel, text, ...AS_WRITTEN }), patience);
    }
  };
}

/** What happened, then what an admin does about it. */
export function sayAdminFault(method: string, fault: CallFault): string {
  if (fault.kind === 'admin' && fault.code === 'missing_scope')
    return `Slack refuses ${method}: the app lacks the scope ${fault.scope ?? 'that it needs'}. Paste deploy/slack/manifest.json into the app's manifest again and reinstall it.`;
  if (/^(?:not_authed|invalid_auth|account_inactive|token_revoked|token_expired)$/.test(fault.code))
    return `Slack no longer takes the bot's token (${fault.code}). Install the app again and set SLACK_BOT_TOKEN anew.`;
  return `Slack refuses ${method} (${fault.code}). Look at the app's installation and at what the workspace allows apps to do.`;
}
