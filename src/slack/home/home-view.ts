import { countReasons, mainReason, REASON_NAMES, type Review } from '#src/domain/review.ts';
import type { AskedRun, DatabaseHealth, Home, HomeAdministration, HomeDatabase } from '#src/service/home.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, button, context, plain, section } from '../views/message.ts';

/** Where a question was asked, for a link; nothing where Slack told no address. */
export type LinkOf = (asked: AskedRun) => string | undefined;

/** Items of the data team's list that stand on Home; the rest is counted. */
const REVIEWS_SHOWN = 5;
const REQUESTS_SHOWN = 5;
const TEXT_SHOWN = 120;

const title = (text: string, id: string): Block => ({ type: 'header', block_id: id, text: plain(text) });
const said = (text: string) => escapeMrkdwn(cut(text, TEXT_SHOWN));
const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** What somebody sees when they open the app: what they may ask, what they asked, whom to ask for more; and what admins look after. */
export function homeView(home: Home, linkOf: LinkOf): { readonly type: 'home'; readonly blocks: readonly Block[] } {
  return {
    type: 'home',
    blocks: [
      ...(home.administration ? administrationBlocks(home.administration, linkOf) : []),
      ...databaseBlocks(home),
      ...runBlocks(
        'You asked last',
        'recent',
        home.recent,
        linkOf,
        'Nothing yet. Write me in Messages, or mention me in a channel.',
      ),
      ...runBlocks('Saved', 'saved', home.saved, linkOf, 'Save an answer by the menu under it.'),
      ...moreBlocks(home),
    ],
  };
}

/** What is shown while there is nothing to ask. */
export const emptyHomeView = (text: string): { readonly type: 'home'; readonly blocks: readonly Block[] } => ({
  type: 'home',
  blocks: [section(escapeMrkdwn(text), 'empty')],
});

function databaseBlocks({ databases, databaseCount, page, pages }: Home): readonly Block[] {
  if (!databaseCount)
    return [title('What you may ask', 'databases'), section('No database is shared with you yet.', 'no-databases')];
  const turn = [
    ...(page > 0 ? [button('Earlier', 'querent_home_page_back', String(page - 1))] : []),
    ...(page + 1 < pages ? [button('More databases', 'querent_home_page_on', String(page + 1))] : []),
  ];
  return [
    title(`What you may ask (${counted(databaseCount, 'database')})`, 'databases'),
    ...databases.flatMap((one, at) => databaseBlock(one, at)),
    ...(turn.length
      ? [context([`Page ${page + 1} of ${pages}`], 'page'), { type: 'actions', block_id: 'pages', elements: turn }]
      : []),
  ];
}

function databaseBlock(
  { id, description, owner, tables, latest, readAt, paused, questions }: HomeDatabase,
  at: number,
): readonly Block[] {
  const about = description ? `\n${said(description)}` : '';
  const asked = questions.map((text) => `\n• ${said(text)}`).join('');
  const facts = [
    counted(tables, 'table'),
    ...(latest === undefined ? [] : [`data up to ${latest} at least`]),
    ...(readAt ? [`schema read ${dayOf(readAt)}`] : []),
    ...(owner === undefined ? [] : [`owner ${ownerText(owner)}`]),
    ...(paused ? ['*paused: it is not asked now*'] : []),
  ];
  return [
    section(`*${escapeMrkdwn(id)}*${about}${asked}`, `database-${at}`),
    context([facts.join(' · ')], `about-${at}`),
  ];
}

/** `user:U1` and `group:S1` as mentions; other words as they are. */
function ownerText(owner: string): string {
  const [, kind, id] = /^(user|group):([A-Z0-9]+)$/.exec(owner) ?? [];
  if (!id) return escapeMrkdwn(cut(owner, 60));
  return kind === 'user' ? `<@${id}>` : `<!subteam^${id}>`;
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

function runBlocks(
  heading: string,
  id: string,
  runs: readonly AskedRun[],
  linkOf: LinkOf,
  nothing: string,
): readonly Block[] {
  const lines = runs.map((asked) => `• ${askedLine(asked, linkOf)}`);
  return [title(heading, id), section(cut(lines.join('\n') || nothing, slackLimits.sectionText), `${id}-list`)];
}

function askedLine(asked: AskedRun, linkOf: LinkOf): string {
  const { run, askedAt } = asked;
  const link = linkOf(asked);
  const text = said(run.result?.text ?? run.text);
  const named = link ? `<${link}|${text.replace(/[|>]/g, ' ')}>` : text;
  return `${named} · ${outcomeOf(asked)} · ${askedAt.slice(0, 10)}`;
}

function outcomeOf({ run: { result } }: AskedRun): string {
  switch (result?.kind) {
    case 'answer':
      return `answered from ${escapeMrkdwn(result.databaseId)}`;
    case 'catalog':
      return 'answered from the catalog';
    case 'question-back':
      return 'waits for your choice';
    default:
      return 'not answered';
  }
}

function moreBlocks({ admins }: Home): readonly Block[] {
  const whom = [...admins.users.map((id) => `<@${id}>`), ...admins.groups.map((id) => `<!subteam^${id}>`)].slice(0, 5);
  const text = whom.length
    ? `For access to more, ask ${whom.join(', ')}.`
    : 'For access to more, ask whoever runs Querent here.';
  return [context([text], 'more')];
}

function administrationBlocks(
  { isAdmin, health, reviews, requests, usage }: HomeAdministration,
  linkOf: LinkOf,
): readonly Block[] {
  return [
    title(isAdmin ? 'Running Querent' : 'Your databases', 'administration'),
    ...healthBlocks(health),
    { type: 'actions', block_id: 'administer', elements: administerButtons(isAdmin, health.length) },
    ...reviewBlocks(reviews, linkOf),
    ...(requests.length
      ? [
          section(
            [
              `*${counted(requests.length, 'request')} for you to decide*, in your direct messages:`,
              ...requests
                .slice(0, REQUESTS_SHOWN)
                .map(
                  ({ userId, wants, databaseId }) =>
                    `• <@${userId}> ${wants.kind === 'access' ? 'asks for access' : 'asks to run a costly query'}${databaseId === undefined ? '' : ` (${escapeMrkdwn(databaseId)})`}`,
                ),
            ].join('\n'),
            'requests',
          ),
        ]
      : []),
    ...(usage
      ? [
          context(
            [
              `Last 24 hours: ${counted(usage.questions, 'question')}, ${usage.answered} answered, ${usage.declined} without an answer, ${usage.good} good and ${usage.bad} bad verdicts · ${(usage.engineMs / 1000).toFixed(1)} s of database time${usage.tokens ? ` · ${counted(usage.tokens, 'model token')}` : ''}`,
            ],
            'usage',
          ),
        ]
      : []),
    { type: 'divider', block_id: 'end-of-administration' },
  ];
}

/** Databases that have a button of their own on Home; *Databases* leads to the rules of the rest, too. */
const HEALTH_SHOWN = 10;

/** How each database is, with the way to its rules; whoever presses is asked for their rights again. */
function healthBlocks(health: readonly DatabaseHealth[]): readonly Block[] {
  const rest = health.slice(HEALTH_SHOWN);
  return [
    ...health.slice(0, HEALTH_SHOWN).map(
      (one, at): Block => ({
        ...section(healthLine(one), `health-${at}`),
        accessory: button('Who may ask', 'querent_access', one.id),
      }),
    ),
    ...(rest.length ? [section(cut(rest.map(healthLine).join('\n'), slackLimits.sectionText), 'health')] : []),
  ];
}

const administerButtons = (isAdmin: boolean, databases: number) => [
  ...(isAdmin ? [button('Add a database', 'querent_add', 'new')] : []),
  ...(databases
    ? [button('Databases', 'querent_databases', 'all'), button('Explore a database', 'querent_explore', 'all')]
    : []),
];

const MARKS: Readonly<Record<DatabaseHealth['state'], string>> = { ok: '✓', paused: '‖', 'not read': '✗' };

function healthLine({ id, state, tables, readAt, asked, failed }: DatabaseHealth): string {
  const read = readAt ? `, read ${dayOf(readAt)}` : '';
  const day = asked ? ` · ${counted(asked, 'question')} today, ${failed} without an answer` : '';
  return `${MARKS[state]} *${escapeMrkdwn(id)}* ${state} · ${counted(tables, 'table')}${read}${day}`;
}

function reviewBlocks(reviews: readonly Review[], linkOf: LinkOf): readonly Block[] {
  if (!reviews.length) return [section('*Nothing is to be looked at.*', 'reviews')];
  return [
    section(`*To be looked at:* ${countReasons(reviews)}`, 'reviews'),
    ...reviews.slice(0, REVIEWS_SHOWN).map((review, at): Block => {
      const { run, askedAt } = review;
      const [one] = REASON_NAMES[mainReason(review)];
      return {
        ...section(`• ${one}: ${askedLine({ run, askedAt }, linkOf)}`, `review-${at}`),
        accessory: button('Review', 'querent_review', run.id),
      };
    }),
    ...(reviews.length > REVIEWS_SHOWN
      ? [
          {
            type: 'actions',
            block_id: 'more-reviews',
            elements: [button(`All ${reviews.length} of them`, 'querent_reviews', 'all')],
          },
        ]
      : []),
  ];
}
