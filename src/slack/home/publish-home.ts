import { LRUCache } from 'lru-cache';
import { sayFailure } from '#src/domain/failure.ts';
import type { TeamId, UserId } from '#src/domain/ids.ts';
import type { AskedRun, Home } from '#src/service/home.ts';
import { callAgain, callOnce, LOOKUP_PATIENCE_MS, type Patience } from '../calls.ts';
import { placeOf } from '../poster.ts';
import type { SlackPorts } from '../slack-ports.ts';
import { emptyHomeView, homeView, type LinkOf } from './home-view.ts';

type Ports = Pick<SlackPorts, 'querent' | 'clients' | 'people' | 'log'>;

interface Opened {
  readonly team: TeamId;
  readonly user: UserId;
  /** Of the Home that they have before them: one that changed meanwhile is not written over unseen. */
  readonly hash?: string | undefined;
}

const patienceOf = ({ log }: Ports): Patience => ({
  lastsMs: LOOKUP_PATIENCE_MS,
  signal: new AbortController().signal,
  onFault: (method, error) => log(method, error),
});

/** Shows somebody their Home, at the page that they are at; nobody who never opened it (HOME-2). */
export async function refreshHome(opened: Opened, ports: Ports): Promise<void> {
  const page = await ports.querent.home.pageOf(opened.team, opened.user);
  if (page !== undefined) await publishHome(opened, page, ports);
}

/** Somebody opened their Home, or turned its page. */
export async function openHome(opened: Opened, page: number | undefined, ports: Ports): Promise<void> {
  const { home } = ports.querent;
  const at = page ?? (await home.pageOf(opened.team, opened.user)) ?? 0;
  await home.open(opened.team, opened.user, at);
  await publishHome(opened, at, ports);
}

async function publishHome({ team, user, hash }: Opened, page: number, ports: Ports): Promise<void> {
  const { critical } = ports.clients;
  const publish = async (held: string | undefined) => {
    const view = await viewFor(team, user, page, ports);
    if (!view) return undefined;
    const request = { user_id: user, view: view as never, ...(held ? { hash: held } : {}) };
    return callOnce('views.publish', () => critical.views.publish(request), patienceOf(ports));
  };
  const published = await publish(hash);
  // It changed meanwhile: what is shown is made anew, once.
  if (published && !published.ok && published.fault.code === 'hash_conflict') await publish(undefined);
}

async function viewFor(team: TeamId, user: UserId, page: number, ports: Ports) {
  const asker = await ports.people.admit(team, user, undefined);
  switch (asker.kind) {
    case 'reader': {
      const home = await ports.querent.home.home(asker, page);
      if (!home) return emptyHomeView('There is nothing to ask yet: whoever runs Querent registers databases first.');
      return homeView(home, await linksOf(home, ports));
    }
    case 'outsider':
      return undefined;
    default:
      return emptyHomeView(sayFailure({ kind: asker.kind === 'guest' ? 'not-a-member' : 'asker-unknown' }));
  }
}

/** Addresses of messages, which do not change. */
const links = new LRUCache<string, string>({ max: 5_000 });

/** Links to where answers stand; where Slack tells none, the question is shown without. */
async function linksOf({ recent, saved, administration }: Home, ports: Ports): Promise<LinkOf> {
  const shown = [...recent, ...saved, ...(administration?.reviews.slice(0, 5) ?? [])];
  const found = new Map<string, string>();
  await Promise.all(
    shown.map(async ({ run }) => {
      const link = await linkOf({ run, askedAt: '' }, ports);
      if (link) found.set(run.id, link);
    }),
  );
  return ({ run }) => found.get(run.id);
}

async function linkOf({ run }: AskedRun, ports: Ports): Promise<string | undefined> {
  const { channel } = placeOf(run);
  const { runs } = ports.querent;
  const ts = (await runs.posted(run.id, 'answer')) ?? (await runs.posted(run.id, 'clarify')) ?? run.message;
  const key = `${channel}:${ts}`;
  const known = links.get(key);
  if (known) return known;
  const { lookups } = ports.clients;
  const request = { channel, message_ts: ts };
  const told = await callAgain('chat.getPermalink', () => lookups.chat.getPermalink(request), patienceOf(ports));
  const link = told.ok ? told.value.permalink : undefined;
  if (link) links.set(key, link);
  return link;
}
