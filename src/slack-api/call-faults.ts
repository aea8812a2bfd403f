/** What a failed call of the Web API means for whoever made it. */
export type CallFault =
  /** It had no effect: make it again, after the server's wait where it gave one. */
  | { readonly kind: 'again'; readonly code: string; readonly waitMs?: number }
  /** It may have had its effect: look before it is made again. */
  | { readonly kind: 'unknown'; readonly code: string }
  /** What was sent is refused: make it plainer. `messages` say where. */
  | { readonly kind: 'refused'; readonly code: string; readonly messages: readonly string[] }
  /** Only somebody who administers the app can mend it: token, scope, installation. */
  | { readonly kind: 'admin'; readonly code: string; readonly scope?: string }
  /** The thread or message it is about is not there: it can go to the conversation itself. */
  | { readonly kind: 'thread-gone'; readonly code: string }
  /** The conversation, person or view is out of reach, now and later. */
  | { readonly kind: 'gone'; readonly code: string };

/**
 * Slack's codes by what they mean, from the error tables of its method pages (https://docs.slack.dev/reference/methods). Of
 * `internal_error` and `fatal_error` these say that part of the work may have been done. A code not named here is `gone`:
 * making the same call again would fail in the same way.
 */
const MEANING: Readonly<Record<string, CallFault['kind']>> = {
  ratelimited: 'again',
  rate_limited: 'again',
  message_limit_exceeded: 'again',
  request_timeout: 'again',
  team_added_to_org: 'again',
  org_login_required: 'again',
  internal_error: 'unknown',
  fatal_error: 'unknown',
  service_unavailable: 'unknown',
  invalid_blocks: 'refused',
  invalid_blocks_format: 'refused',
  msg_blocks_too_long: 'refused',
  msg_too_long: 'refused',
  too_many_attachments: 'refused',
  invalid_attachments: 'refused',
  not_authed: 'admin',
  invalid_auth: 'admin',
  account_inactive: 'admin',
  token_revoked: 'admin',
  token_expired: 'admin',
  missing_scope: 'admin',
  no_permission: 'admin',
  not_allowed_token_type: 'admin',
  access_denied: 'admin',
  accesslimited: 'admin',
  ekm_access_denied: 'admin',
  team_access_not_granted: 'admin',
  two_factor_setup_required: 'admin',
  app_missing_action_url: 'admin',
  messages_tab_disabled: 'admin',
  thread_not_found: 'thread-gone',
  message_not_found: 'thread-gone',
  cannot_reply_to_message: 'thread-gone',
  restricted_action_thread_locked: 'thread-gone',
};

/** Error codes of a connection that never came about: the request was not sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

interface WebApiError {
  readonly code?: string;
  readonly statusCode?: number;
  readonly retryAfter?: number;
  readonly original?: { readonly code?: string; readonly cause?: { readonly code?: string } };
  readonly data?: {
    readonly error?: string;
    readonly needed?: string;
    readonly response_metadata?: { readonly messages?: readonly string[] };
  };
}

/** What an error thrown by `@slack/web-api` means; undefined for one that is not Slack's (a bug of ours). */
export function callFault(error: unknown): CallFault | undefined {
  const { code, statusCode, retryAfter, original, data } = (error ?? {}) as WebApiError;
  switch (code) {
    case 'slack_webapi_rate_limited_error':
      return { kind: 'again', code: 'ratelimited', waitMs: 1_000 * (retryAfter ?? 1) };
    case 'slack_webapi_http_error':
      return statusCode !== undefined && statusCode >= 500
        ? { kind: 'unknown', code: `http_${statusCode}` }
        : { kind: 'gone', code: `http_${statusCode ?? 'error'}` };
    case 'slack_webapi_request_error': {
      const reason = original?.cause?.code ?? original?.code ?? 'connection_lost';
      return NEVER_SENT.has(reason) ? { kind: 'again', code: reason } : { kind: 'unknown', code: reason };
    }
    case 'slack_webapi_platform_error':
      return platformFault(data);
    default:
      return undefined;
  }
}

function platformFault(data: WebApiError['data']): CallFault {
  const code = data?.error ?? 'unknown_error';
  const kind = MEANING[code] ?? 'gone';
  if (kind === 'refused') return { kind, code, messages: data?.response_metadata?.messages ?? [] };
  if (kind === 'admin') return { kind, code, ...(data?.needed ? { scope: data.needed } : {}) };
  return { kind, code };
}
