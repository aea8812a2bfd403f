import type { UserId } from '#src/domain/ids.ts';
import type { CallFault } from '#src/slack-api/call-faults.ts';
import { postNotice } from './post-marked.ts';
import { openDirect, type TellPorts } from './tell-one.ts';

/** Tells admins what only they can mend. `trouble` tells one trouble from another; `text` says it, and what to do about it. */
export type TellAdmins = (trouble: string, text: string) => Promise<void>;

/** The same trouble is told again after this. */
const TOLD_EVERY_MS = 3_600_000;

/**
 * In the log each time, in their direct messages at most once an hour for each trouble. `admins`: who they are now, by their ids and by the
 * user group that administers; what reached none of them is told when it comes again.
 */
export function openAdminNotices(
  ports: () => TellPorts,
  admins: () => Promise<readonly UserId[]>,
  now: () => Date,
  log: (message: string) => void,
): TellAdmins {
  const told = new Map<string, number>();
  return async (trouble, text) => {
    log(`for an admin: ${text}`);
    const at = now().getTime();
    if (at - (told.get(trouble) ?? Number.NEGATIVE_INFINITY) < TOLD_EVERY_MS) return;
    told.set(trouble, at);
    const reached: boolean[] = [];
    for (const admin of await admins()) reached.push(await tellAdmin(admin, text, ports()));
    if (!reached.includes(true)) told.delete(trouble);
  };
}

async function tellAdmin(admin: UserId, text: string, ports: TellPorts): Promise<boolean> {
  const channel = await openDirect(ports, admin);
  if (channel === undefined) return false;
  return (await postNotice(ports, { channel }, { text, blocks: [] })) !== undefined;
}

/** Tells admins of a fault that only they can mend; of others nothing. */
export async function tellOfFault(tellAdmins: TellAdmins, method: string, fault: CallFault): Promise<void> {
  if (fault.kind === 'admin') await tellAdmins(`${method} ${fault.code}`, sayAdminFault(method, fault));
}

/** Tells admins of something stored that cannot be read. Nobody waits for it: other questions need not. */
export function tellOfDamage(
  { tellAdmins, log }: { readonly tellAdmins: TellAdmins; readonly log: (message: string, error: unknown) => void },
  trouble: string,
  text: string,
): void {
  tellAdmins(trouble, text).catch((error: unknown) => log('no admin could be told', error));
}

/** What happened, then what an admin does about it. */
function sayAdminFault(method: string, fault: CallFault): string {
  if (fault.kind === 'admin' && fault.code === 'missing_scope')
    return `Slack refuses ${method}: the app lacks the scope ${fault.scope ?? 'that it needs'}. Paste deploy/slack/manifest.json into the app's manifest again and reinstall it.`;
  if (/^(?:not_authed|invalid_auth|account_inactive|token_revoked|token_expired)$/.test(fault.code))
    return `Slack no longer takes the bot's token (${fault.code}). Install the app again and set SLACK_BOT_TOKEN anew.`;
  return `Slack refuses ${method} (${fault.code}). Look at the app's installation and at what the workspace allows apps to do.`;
}
