import { createHash } from 'node:crypto';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { RoleFinding } from '#src/domain/role-report.ts';
import { LINK_MINUTES, type Setup } from '#src/domain/setup.ts';
import type { SetUp } from '#src/service/setup-service.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, button, context, type Message, preformatted, section } from '../views/message.ts';
import { sayOwner } from './say-owner.ts';

/** The message in an admin's direct message that tells how a setup goes, and is updated until it is over. */

const message = (lines: readonly string[], more: readonly Block[] = []): Message => ({
  text: cut(lines.join('\n'), slackLimits.fallbackText),
  blocks: [section(cut(lines.join('\n'), slackLimits.sectionText), 'setup'), ...more],
});

const actions = (...elements: readonly ReturnType<typeof button>[]): Block => ({
  type: 'actions',
  block_id: 'setup-actions',
  elements,
});

const named = ({ database }: Setup) => `*${escapeMrkdwn(database.id)}*`;

/** What is being done. */
export const workingView = (setup: Setup, step: string, done: number, total: number): Message =>
  message([
    `:hourglass_flowing_sand: ${named(setup)}: ${escapeMrkdwn(step)}${total > 1 ? ` (${done} of ${total})` : ''} …`,
  ]);

/** Where its password is typed: a page of ours for a quarter of an hour, or a command on the host. */
export function passwordView(setup: Setup, page: string | undefined): Message {
  if (page === undefined)
    return message(
      [
        `${named(setup)} waits for its password. Passwords never go through Slack, and I have no public address for a page of my own, so whoever can sign in to my machine runs this there:`,
        `\`querent secrets set ${setup.database.id}\``,
        'It asks for the password and seals it. Then press *It is set*.',
      ],
      [
        actions(
          button('It is set', 'querent_setup_again', setup.id),
          button('Change it', 'querent_setup_mend', setup.id),
        ),
      ],
    );
  const open = { ...button('Open the page', 'querent_setup_page', setup.id), url: page, style: 'primary' };
  return message(
    [
      `${named(setup)} waits for its password. Passwords never go through Slack: type it on my own page, which asks you to sign in and seals it. The link is for you alone, works once, and for ${LINK_MINUTES} minutes.`,
    ],
    [
      actions(
        open,
        button('New link', 'querent_setup_link', setup.id),
        button('Change it', 'querent_setup_mend', setup.id),
      ),
    ],
  );
}

/** Tells warnings that were shown from others, in a button's value. */
export const warningsKey = (warned: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(warned)).digest('hex').slice(0, 12);

const findings = (found: readonly RoleFinding[]) => found.map(({ what }) => `• ${escapeMrkdwn(what)}`);

/** Why it is not registered, with what to do next; what was described is kept. */
export function stoppedView(setup: Setup, failure: Failure, script: string | undefined): Message {
  const again = button('Try again', 'querent_setup_again', setup.id);
  const mend = button('Change it', 'querent_setup_mend', setup.id);
  const link = setup.database.secret === 'sealed' ? [button('New password', 'querent_setup_link', setup.id)] : [];
  const change = setup.of === 'password' ? [] : [mend];
  const mending = script === undefined ? [] : [preformatted(cut(script, slackLimits.sqlShown), 'script')];
  const shown = failure.kind === 'role-warned' ? failure.findings.map(({ what }) => what) : [];
  const accepting = button('Accept and go on', 'querent_setup_accept', `${setup.id}:${warningsKey(shown)}`);
  switch (failure.kind) {
    case 'role-refused':
      return message(
        [
          `${named(setup)} is not registered: its role may do more than read.`,
          ...findings(failure.findings),
          'An administrator of the database can make a role that may only read, by this; then enter that role.',
        ],
        [...mending, actions(again, ...change)],
      );
    case 'role-warned':
      return message(
        [
          `${named(setup)} can be registered, but its role may do more than it needs. Accept this, or mend it first:`,
          ...findings(failure.findings),
          'This makes a role that may do less:',
        ],
        [...mending, actions(accepting, again, ...change)],
      );
    default:
      return message(
        [`:warning: ${named(setup)} is not ready. ${escapeMrkdwn(sayFailure(failure))}`],
        [actions(again, ...change, ...link)],
      );
  }
}

/** It is registered: what was found, who may ask it, and what to try. */
export function doneView(done: SetUp, questions: readonly string[]): Message {
  const { setup, serverVersion, warnings, sameAs, indexed, tables } = done;
  const { id, owner } = setup.database;
  if (setup.of === 'password')
    return message([`:white_check_mark: The password of ${named(setup)} is set, and works.`]);
  const asks =
    owner === undefined || owner === `user:${setup.by.userId}` ? 'You may' : `You and ${sayOwner(owner)} may`;
  const lines = [
    `:white_check_mark: ${named(setup)} is registered${serverVersion === undefined ? '' : ` (${escapeMrkdwn(serverVersion)})`}. ${
      indexed.ok ? `I read and indexed ${tables} ${tables === 1 ? 'table' : 'tables'}.` : ''
    } ${asks} ask it, and nobody else yet.`,
    ...(indexed.ok ? [] : [`:warning: Its schema could not be read: ${escapeMrkdwn(sayFailure(indexed.failure))}`]),
    ...(warnings.length ? ['Accepted of its role:', ...warnings.map((what) => `• ${escapeMrkdwn(what)}`)] : []),
    ...(sameAs.length
      ? [`It is the same database as ${escapeMrkdwn(sameAs.join(', '))}: under two names it is asked back about.`]
      : []),
    ...(questions.length ? ['Try one:', ...questions.map((text, at) => `${at + 1}. ${escapeMrkdwn(text)}`)] : []),
  ];
  return message(lines, [
    ...(questions.length
      ? [
          {
            type: 'actions',
            block_id: 'try',
            elements: questions.map((text, at) =>
              button(cut(`${at + 1}. ${text}`, slackLimits.buttonText), `querent_try_${at}`, `${id}:${at}`),
            ),
          },
        ]
      : []),
    actions(button('Manage it', 'querent_manage', id)),
  ]);
}

/** A sentence in the place of what is over. */
export const overView = (text: string): Message => ({ text, blocks: [context([text], 'over')] });
