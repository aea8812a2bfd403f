import { AGENT_METHODS } from './agent-methods.ts';
import { type ApiArguments, type ApiContext, type ApiReply, error, type Method } from './api-call.ts';
import { CHAT_METHODS } from './chat-methods.ts';
import { CONVERSATION_METHODS } from './conversation-methods.ts';
import { FILE_METHODS } from './file-methods.ts';
import { PEOPLE_METHODS } from './people-methods.ts';
import { lackingScope } from './scopes.ts';
import { STREAM_METHODS } from './stream-methods.ts';
import { VIEW_METHODS } from './view-methods.ts';
import { BOT_NAME, BOT_USER, ENTERPRISE, TEAM } from './workspace.ts';

const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': (_, { workspace }) => ({
    ok: true,
    url: 'http://sandbox/',
    team: 'Fernhill Supplies',
    user: BOT_NAME,
    team_id: TEAM,
    user_id: BOT_USER,
    bot_id: 'B0QUERENT',
    is_enterprise_install: false,
    ...(workspace.grid ? { enterprise_id: ENTERPRISE } : {}),
  }),
  'apps.connections.open': (_, { socketTicket }) => ({ ok: true, url: socketTicket() }),
  ...CHAT_METHODS,
  ...STREAM_METHODS,
  ...CONVERSATION_METHODS,
  ...PEOPLE_METHODS,
  ...AGENT_METHODS,
  ...VIEW_METHODS,
  ...FILE_METHODS,
};

/** The methods that the sandbox knows. */
export const METHOD_NAMES: readonly string[] = Object.keys(METHODS);

/** What a workspace without the agent surface refuses. */
const AGENT_SURFACE = /^(?:agents\.|chat\.(?:start|append|stop)Stream$)/;

/** One Web API call. Business errors are replies with `ok: false` and Slack's own code. */
export function callApi(method: string, args: ApiArguments, context: ApiContext): ApiReply {
  const { agentSurface } = context.switches;
  if (agentSurface !== 'on' && AGENT_SURFACE.test(method)) return error(agentSurface);
  return lackingScope(method, args, context) ?? METHODS[method]?.(args, context) ?? error('unknown_method');
}
