import { type PermissionRequest, type RequestState, stateOf } from '#src/domain/permission-request.ts';
import { sayRuleEnd } from '#src/domain/rule-end.ts';
import type { Run } from '#src/domain/run.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, button, context, type Message, richText, section } from '../views/message.ts';
import { namesAsCode } from '../views/names-as-code.ts';

/** Questions of one request that are shown. */
const QUESTIONS_SHOWN = 3;
const QUESTION_LENGTH = 300;
const REASON_LENGTH = 600;

export interface RequestShown {
  readonly request: PermissionRequest;
  /** The questions that wait for it. */
  readonly questions: readonly Run[];
  /** What the query does, a step each; of access none. */
  readonly steps: readonly string[];
}

/** A request as one who may decide it sees it: who asks for what, for which question, and why. */
export function requestView({ request, questions, steps }: RequestShown, now: Date): Message {
  const { id } = request;
  const state = stateOf(request, now);
  const headline = headlineOf(request);
  const asked = questions.slice(0, QUESTIONS_SHOWN).map((run) => quoted(run.result?.text ?? run.text, QUESTION_LENGTH));
  const more = questions.length > QUESTIONS_SHOWN ? [`and ${questions.length - QUESTIONS_SHOWN} more`] : [];
  const costs = request.wants.kind === 'costly-run' ? [`*What it costs*\n${escapeMrkdwn(request.wants.costs)}`] : [];
  const why = request.reason ? [`*Why*\n${quoted(request.reason, REASON_LENGTH)}`] : [];
  const lines = [asked.length ? `*The question*\n${[...asked, ...more].join('\n')}` : '', ...costs, ...why].filter(
    Boolean,
  );
  return {
    text: cut(headline, slackLimits.fallbackText),
    blocks: [
      section(headline, `request-${id}`),
      ...(lines.length ? [section(cut(lines.join('\n\n'), slackLimits.sectionText), `about-${id}`)] : []),
      ...(state === 'open' ? [...stepsOf(steps, id), ...decisionBlocks(request)] : []),
      ...(state === 'open' ? [] : [context([sayOutcome(request, state, now)], `decided-${id}`)]),
    ],
  };
}

const quoted = (text: string, limit: number) => `> ${escapeMrkdwn(cut(text.replace(/\s+/g, ' '), limit))}`;

function headlineOf({ userId, wants, databaseId }: PermissionRequest): string {
  const database = databaseId === undefined ? '' : `*${escapeMrkdwn(databaseId)}*`;
  if (wants.kind === 'costly-run') return `<@${userId}> asks to run a query on ${database} that is above its budget.`;
  return database
    ? `<@${userId}> asks for access to ${database}.`
    : `<@${userId}> asks for access. Which database they need is not clear from the question.`;
}

function stepsOf(steps: readonly string[], id: string): Block[] {
  if (!steps.length) return [];
  const items = steps
    .slice(0, slackLimits.edlLines)
    .map((step) => richText(namesAsCode(step, slackLimits.edlLineText)));
  return [
    section('*What it does*', `steps-title-${id}`),
    {
      type: 'rich_text',
      block_id: `steps-${id}`,
      elements: [{ type: 'rich_text_list', style: 'ordered', elements: items }],
    },
  ];
}

/** Buttons name the request alone; what it is about is read again, with the rights of who presses. */
function decisionBlocks({ id, wants, databaseId, expiresAt }: PermissionRequest): Block[] {
  const decline = button('Decline', 'querent_request_decline', id);
  const ofAccess = [
    ...(databaseId === undefined
      ? []
      : [button('Approve for 7 days', 'querent_request_week', id), button('Always', 'querent_request_always', id)]),
    decline,
    button(databaseId === undefined ? 'Choose a database' : 'Another database', 'querent_request_other', id),
    ...(databaseId === undefined ? [] : [button('Who may ask it', 'querent_access', databaseId)]),
  ];
  const elements = wants.kind === 'access' ? ofAccess : [button('Run it', 'querent_request_run', id), decline];
  const what =
    wants.kind === 'access'
      ? 'Approved, they may ask all tables of it that nothing keeps from them; the question is then answered by itself.'
      : 'Approved, it runs once, under the limits that every query has, and is answered in its thread.';
  return [
    { type: 'actions', block_id: `decide-${id}`, elements },
    context([`${what} Open until ${expiresAt.slice(0, 10)}.`], `hint-${id}`),
  ];
}

function sayOutcome({ decision, wants }: PermissionRequest, state: RequestState, now: Date): string {
  if (!decision) return state === 'expired' ? 'Nobody decided in time; it is over.' : 'Open.';
  const by = decision.by === 'operator' ? 'whoever runs Querent' : `<@${decision.by}>`;
  if (decision.kind === 'declined')
    return `Declined by ${by}.${decision.reason ? ` ${escapeMrkdwn(cut(decision.reason, REASON_LENGTH))}` : ''}`;
  if (wants.kind === 'costly-run') return `Approved by ${by}.`;
  return `Approved by ${by}, ${decision.until === undefined ? 'without an end' : sayRuleEnd(decision.until, now)}.`;
}

/** What its asker reads once it is decided, or over. A database is named where it was granted, or was theirs to ask already. */
export function outcomeText(request: PermissionRequest, now: Date): string {
  const { decision, databaseId = '', wants } = request;
  const what = wants.kind === 'access' ? 'your request for access' : 'that your query is run';
  if (!decision) return `Nobody decided ${what} in time. Ask the question again if you still need it.`;
  const by = decision.by === 'operator' ? 'Whoever runs Querent' : `<@${decision.by}>`;
  if (decision.kind === 'declined') {
    const why = decision.reason ? ` They say: ${escapeMrkdwn(cut(decision.reason, REASON_LENGTH))}` : '';
    return `${by} declined ${what}.${why}`;
  }
  if (wants.kind === 'costly-run') return `${by} approved ${what}; the answer comes in its thread.`;
  const end = decision.until === undefined ? '' : ` ${sayRuleEnd(decision.until, now)}`;
  return `${by} lets you ask *${escapeMrkdwn(databaseId)}*${end}. Your question is answered in its thread.`;
}
