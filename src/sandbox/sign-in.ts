import { randomBytes } from 'node:crypto';
import type { SandboxContext } from './sandbox-context.ts';
import { TEAM } from './workspace.ts';

/** The app as the sandbox knows it when somebody signs in with it. */
export const SIGN_IN_APP = { clientId: 'sandbox.querent', clientSecret: 'sandbox-client-secret' } as const;

const CODE_MS = 10 * 60_000;

interface Code {
  readonly user: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly at: number;
}

/** Sign in with Slack, as far as the bot's own page uses it: who is asked picks who they are, and the app exchanges a code once. */
export function openSignIn({ workspace }: Pick<SandboxContext, 'workspace'>) {
  const codes = new Map<string, Code>();
  const people = () => workspace.users.filter(({ isBot, stranger }) => !isBot && !stranger);
  return {
    /** Where the browser goes next, or the page that asks who is there. */
    authorize(url: URL): { readonly to: string } | { readonly html: string } {
      const asked = url.searchParams;
      const user = people().find(({ id }) => id === asked.get('as'))?.id;
      const redirectUri = asked.get('redirect_uri') ?? '';
      if (!URL.canParse(redirectUri) || asked.get('client_id') !== SIGN_IN_APP.clientId)
        return { html: whole('<p>No such app.</p>') };
      if (user === undefined) {
        const links = people().map(({ id, name, role }) => {
          const here = new URL(url);
          here.searchParams.set('as', id);
          return `<li><a href="${escapeHtml(here.pathname + here.search)}">${escapeHtml(name)}, ${escapeHtml(role)}</a></li>`;
        });
        return { html: whole(`<p>This is the sandbox, not Slack. Who are you?</p><ul>${links.join('')}</ul>`) };
      }
      const code = randomBytes(18).toString('base64url');
      codes.set(code, { user, redirectUri, nonce: asked.get('nonce') ?? '', at: Date.now() });
      const to = new URL(redirectUri);
      to.searchParams.set('code', code);
      to.searchParams.set('state', asked.get('state') ?? '');
      return { to: to.href };
    },
    /** `openid.connect.token` */
    token(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
      const code = codes.get(String(fields.code ?? ''));
      codes.delete(String(fields.code ?? ''));
      const { clientId, clientSecret } = SIGN_IN_APP;
      if (fields.client_id !== clientId) return { ok: false, error: 'invalid_client_id' };
      if (fields.client_secret !== clientSecret) return { ok: false, error: 'bad_client_secret' };
      if (!code || Date.now() - code.at > CODE_MS) return { ok: false, error: 'invalid_code' };
      if (fields.redirect_uri !== code.redirectUri) return { ok: false, error: 'bad_redirect_uri' };
      const now = Math.floor(Date.now() / 1_000);
      const claims = {
        iss: 'https://slack.com',
        sub: code.user,
        aud: clientId,
        iat: now,
        exp: now + 300,
        nonce: code.nonce,
        'https://slack.com/team_id': TEAM,
        'https://slack.com/user_id': code.user,
      };
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return { ok: true, token_type: 'Bearer', id_token: `${part({ alg: 'none' })}.${part(claims)}.sandbox` };
    },
  };
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
const whole = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title><body>${body}</body></html>`;
