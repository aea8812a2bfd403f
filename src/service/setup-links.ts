import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Secret } from '#src/domain/secret.ts';
import { LINK_MINUTES, type Setup, type SetupLink, sealedAs } from '#src/domain/setup.ts';
import type { ServiceParts } from './parts.ts';

/**
 * Links to the page where a password is typed (ADM-3): random, for fifteen minutes, for one use, and for the admin alone who described the
 * database, by their signing in. What opens a page is given out once and kept as its digest.
 */
export interface SetupLinks {
  /** A new link to a setup that waits for its password; an earlier one opens nothing any more. */
  newLink(id: string): Promise<Result<{ readonly token: string; readonly until: Date }>>;
  /** The setup that a link is to, while it may be used. */
  linked(token: string): Promise<Setup | undefined>;
  /** What goes to the sign-in and comes back from it: once, in the same browser. */
  beginSignIn(token: string): Promise<{ readonly state: string; readonly nonce: string } | undefined>;
  /** The setup whose signing in this is, and whether the nonce is its own. */
  signingIn(state: string, nonce: string): Promise<Setup | undefined>;
  /** What the browser of the admin who signed in shows from then on. */
  signedIn(id: string): Promise<string | undefined>;
  /** Seals a password, once, where the browser is that of the admin who signed in. */
  typePassword(token: string, session: string, secret: Secret): Promise<Result<Setup>>;
  /** Whether a browser is that of who signed in for a setup. */
  isSession(setup: Setup, session: string): boolean;
}

type Parts = Pick<ServiceParts, 'store' | 'vault' | 'clock'>;

interface Held {
  readonly find: (id: string) => Promise<Setup | undefined>;
  readonly change: (id: string, change: (before: Setup) => Setup) => Promise<Setup | undefined>;
}

const random = () => randomBytes(32).toString('base64url');
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

function same(one: string | undefined, other: string): boolean {
  if (one === undefined) return false;
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function openSetupLinks({ store, vault, clock }: Parts, { change }: Held): SetupLinks {
  /** The setup whose link, still good, is as said. */
  async function byLink(isIt: (link: SetupLink) => boolean): Promise<Setup | undefined> {
    const now = clock.now().toISOString();
    return (await store.setups()).find(
      ({ link, state }) => link && state === 'waits-for-password' && link.until > now && isIt(link),
    );
  }

  const linked = (token: string) => byLink((link) => same(link.token, digest(token)));
  const withLink = (setup: Setup, more: Partial<SetupLink>): Setup =>
    setup.link ? { ...setup, link: { ...setup.link, ...more } } : setup;

  return {
    linked,
    async newLink(id) {
      const token = random();
      const until = new Date(clock.now().getTime() + LINK_MINUTES * 60_000);
      const link = { token: digest(token), until: until.toISOString() };
      const changed = await change(id, (setup) => ({ ...setup, link, state: 'waits-for-password' }));
      return changed ? ok({ token, until }) : fail({ kind: 'setup-gone' });
    },
    async beginSignIn(token) {
      const setup = await linked(token);
      if (!setup) return undefined;
      const [state, nonce] = [random(), random()];
      const signIn = { state: digest(state), nonce: digest(nonce) };
      const changed = await change(setup.id, (before) => withLink(before, { signIn }));
      return changed && { state, nonce };
    },
    async signingIn(state, nonce) {
      const setup = await byLink(({ signIn }) => same(signIn?.state, digest(state)));
      return same(setup?.link?.signIn?.nonce, digest(nonce)) ? setup : undefined;
    },
    async signedIn(id) {
      const session = random();
      const changed = await change(id, (before) => {
        if (!before.link) return before;
        const { signIn: _, ...link } = before.link;
        return { ...before, link: { ...link, session: digest(session) } };
      });
      return changed?.link ? session : undefined;
    },
    isSession: ({ link }, session) => same(link?.session, digest(session)),
    async typePassword(token, session, secret) {
      const gone = fail({ kind: 'setup-gone' } as const);
      const setup = await linked(token);
      if (!setup || !same(setup.link?.session, digest(session))) return gone;
      const { link: _, ...rest } = setup;
      const used: Setup = { ...rest, state: 'ready' };
      // Used before it is sealed: of two at once, one goes on.
      if (!(await store.changeSetup(setup, used))) return gone;
      const sealed = await vault.seal(sealedAs(setup.id), secret);
      return sealed.ok ? ok(used) : sealed;
    },
  };
}
