import { WebClient } from '@slack/web-api';
import { z } from 'zod';

/** The app as Slack knows it when somebody signs in with it. */
export interface SignInApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Another server that speaks Slack's API: the sandbox. */
  readonly apiUrl?: string;
}

/** Who signed in, and what came back from the start of it. */
export interface SignedIn {
  readonly teamId: string;
  readonly userId: string;
  readonly nonce: string;
}

const ISSUER = 'https://slack.com';
const AUTHORIZE = '/openid/connect/authorize';

/** Where a browser is sent to sign in (https://docs.slack.dev/authentication/sign-in-with-slack). */
export function authorizeUrl(
  app: SignInApp,
  asked: { readonly redirectUri: string; readonly team: string; readonly state: string; readonly nonce: string },
): string {
  const url = new URL(AUTHORIZE, app.apiUrl ?? ISSUER);
  url.search = new URLSearchParams({
    response_type: 'code',
    scope: 'openid',
    client_id: app.clientId,
    redirect_uri: asked.redirectUri,
    team: asked.team,
    state: asked.state,
    nonce: asked.nonce,
  }).toString();
  return url.href;
}

const Claims = z.object({
  iss: z.literal(ISSUER),
  aud: z.string(),
  exp: z.number(),
  nonce: z.string(),
  'https://slack.com/user_id': z.string(),
  'https://slack.com/team_id': z.string(),
});

/**
 * Exchanges the code that a browser came back with. The token is from Slack's own server over TLS, which stands for its signature (OpenID
 * Connect Core, 3.1.3.7); that it is for this app and not too old is looked at here, whose signing in it belongs to by the nonce.
 */
export async function exchangeCode(
  app: SignInApp,
  { code, redirectUri }: { readonly code: string; readonly redirectUri: string },
  now: Date,
): Promise<SignedIn | undefined> {
  const client = new WebClient(undefined, {
    ...(app.apiUrl ? { slackApiUrl: app.apiUrl } : {}),
    timeout: 5_000,
    retryConfig: { retries: 0 },
  });
  const reply = await client.openid.connect.token({
    client_id: app.clientId,
    client_secret: app.clientSecret,
    code,
    redirect_uri: redirectUri,
  });
  const claims = Claims.safeParse(payloadOf(String(reply.id_token ?? ''))).data;
  if (!claims || claims.aud !== app.clientId || 1_000 * claims.exp <= now.getTime()) return undefined;
  return {
    teamId: claims['https://slack.com/team_id'],
    userId: claims['https://slack.com/user_id'],
    nonce: claims.nonce,
  };
}

function payloadOf(token: string): unknown {
  const [, payload = ''] = token.split('.');
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
