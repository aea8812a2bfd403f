import type { TeamId, UserId } from '#src/domain/ids.ts';
import type { Querent } from '#src/service/querent.ts';
import type { People } from './people.ts';

type Responsible = Awaited<ReturnType<Querent['responsibleFor']>>;

/** More are not told of one thing. */
const TOLD_AT_MOST = 20;

/** Those who answer for something, a user group's members among them: full members alone, asked now. A guest, or who left, is told nothing. */
export async function peopleOf(
  team: TeamId,
  { users, groups }: Responsible,
  people: Pick<People, 'membersOf' | 'admit'>,
): Promise<readonly UserId[]> {
  const members = await Promise.all(groups.map((group) => people.membersOf(group)));
  const found: UserId[] = [];
  for (const user of new Set([...users, ...members.flat()])) {
    if (found.length === TOLD_AT_MOST) break;
    if ((await people.admit(team, user, undefined)).kind === 'reader') found.push(user);
  }
  return found;
}
