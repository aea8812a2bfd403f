import { calendarAt } from '#src/domain/calendar.ts';
import type { TeamId, UserId } from '#src/domain/ids.ts';
import { byUrgency, databaseOfRun, type Review } from '#src/domain/review.ts';
import type { Administration, Responsible } from './administration.ts';
import type { ServiceParts } from './parts.ts';

export interface DigestService {
  /**
   * What is to be said today to those who decide, each once a day and not before the morning; nothing where nothing came in a day. It is
   * given until it is saved that they had it. `membersOf`: who is in a user group.
   */
  digests(team: TeamId, membersOf: MembersOf): Promise<readonly Digest[]>;
  saveDigest(team: TeamId, digest: Pick<Digest, 'to' | 'day'>): Promise<void>;
}

export interface Digest {
  readonly to: UserId;
  /** The day that it is of, where the deployment is. */
  readonly day: string;
  readonly reviews: readonly Review[];
}

type MembersOf = (group: string) => Promise<readonly UserId[]>;

const DAY_MS = 24 * 3_600_000;
/** Nobody is written to before this hour of the day. */
const FROM_HOUR = 8;

const hourAt = (now: Date, timeZone: string) =>
  Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(now));

async function peopleOf({ users, groups }: Responsible, membersOf: MembersOf): Promise<readonly UserId[]> {
  const members = await Promise.all(groups.map(membersOf));
  return [...new Set([...users, ...members.flat()])];
}

/** Those who answer for a database hear of it, admins of what nobody of the chat surface owns; who has nothing new hears nothing. */
export function openDigests(
  { store, settings, clock }: Pick<ServiceParts, 'store' | 'settings' | 'clock'>,
  { responsibleFor }: Pick<Administration, 'responsibleFor'>,
): DigestService {
  return {
    saveDigest: (team, { to, day }) => store.saveDigest(team, to, day),
    async digests(team, membersOf) {
      const now = clock.now();
      const { today, timeZone } = calendarAt(now, settings.calendar);
      if (hourAt(now, timeZone ?? 'UTC') < FROM_HOUR) return [];
      const since = new Date(now.getTime() - DAY_MS).toISOString();
      const isNew = ({ reasons }: Review) => reasons.some(({ at }) => at > since);
      const byDatabase = Map.groupBy(await store.reviews({ team, which: 'open' }), ({ run }) => databaseOfRun(run));
      const byPerson = new Map<UserId, Review[]>();
      for (const [id, reviews] of byDatabase) {
        const people = await peopleOf(await responsibleFor(id), membersOf);
        // A group that nobody is known to be in keeps nobody from hearing of it.
        for (const user of people.length ? people : await peopleOf(await responsibleFor(), membersOf))
          byPerson.set(user, [...(byPerson.get(user) ?? []), ...reviews]);
      }
      const digests: Digest[] = [];
      for (const [to, reviews] of byPerson)
        if (reviews.some(isNew) && (await store.isDigestDue(team, to, today)))
          digests.push({ to, day: today, reviews: byUrgency(reviews) });
      return digests;
    },
  };
}
