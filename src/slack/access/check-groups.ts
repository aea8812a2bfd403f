import { setTimeout as sleep } from 'node:timers/promises';
import type { People } from '../people.ts';

/** A form is answered within three seconds. */
const LOOK_UP_MS = 1_500;

/** What is wrong with ids of user groups as somebody typed them, after one look at Slack; nothing where it knows them all. */
export async function groupsFault(
  groups: readonly string[],
  { people }: { readonly people: Pick<People, 'knowsGroup'> },
): Promise<string | undefined> {
  const mistyped = groups.find((id) => !/^S[A-Z0-9]+$/.test(id));
  if (mistyped !== undefined) return 'The id of a user group is S and then letters and digits.';
  const looking = Promise.all(groups.map((id) => people.knowsGroup(id)));
  const known = await Promise.race([looking, sleep(LOOK_UP_MS, undefined)]);
  if (known === undefined) return 'Slack did not say in time who is in that user group. Please try again.';
  const at = known.indexOf(false);
  return at === -1
    ? undefined
    : `Slack does not tell me who is in ${groups[at]}. Check its id, and that the app may read user groups (usergroups:read).`;
}
