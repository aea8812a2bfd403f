import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { DESCRIPTION_LENGTH } from '#src/domain/description.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { ReviewedQuery } from '#src/service/reviews.ts';
import { refreshHome } from '../home/publish-home.ts';
import { slackLimits } from '../limits.ts';
import type { ActionPorts } from '../press.ts';
import { cut } from '../text.ts';
import type { Block } from '../views/message.ts';
import { type Act, mayNot } from './acts.ts';
import { type FormValues, textIn } from './form-values.ts';
import { selectInput, textInput } from './inputs.ts';
import type { ModalPart } from './modal-part.ts';
import { listBlocks, previewBlocks, reviewBlocks } from './review-blocks.ts';
import type { Reply, Submission } from './submissions.ts';
import { TRACE_TITLE, traceView } from './trace-view.ts';
import { loadingView, type ModalView, modal, noticeView } from './view.ts';

const TITLE = 'Review';
/** Databases that a list offers, and characters of a query that Slack's input takes. */
const MOST_DATABASES = 100;
const LONGEST_SQL = 3_000;

/** The data team's list in modals: one question with its trace, and what can be decided about it. Each step is authorised anew. */
export const REVIEW_PART: ModalPart = {
  presses: [
    ['querent_reviews', { opens: TITLE, fill: listed }],
    ['querent_review', { opens: TITLE, fill: shownReview }],
    ['querent_review_of_list', { opens: TITLE, how: 'push', fill: shownReview }],
    ['querent_review_verify', { opens: 'Verify', how: 'push', fill: askQuery }],
    ['querent_review_describe', { opens: 'Describe', how: 'push', fill: askDescription }],
    ['querent_review_trace', { opens: TRACE_TITLE, how: 'push', fill: shownTrace }],
    ['querent_review_dismiss', { opens: 'Dismiss', how: 'push', fill: askNote }],
  ],
  submissions: [
    ['querent_review_query', takeQuery],
    ['querent_review_description', takeDescription],
    ['querent_review_note', takeNote],
  ],
};

/** All that somebody decides about, as far as a modal holds it. */
async function listed(act: Act, { querent }: ActionPorts): Promise<ModalView> {
  const reviews = await querent.reviews.list(act.asker, 'open');
  if (!reviews.length) return noticeView(TITLE, 'Nothing is to be looked at.');
  return modal({ title: TITLE, blocks: listBlocks(reviews) });
}

async function shownReview(act: Act, { querent }: ActionPorts): Promise<ModalView> {
  const shown = await querent.reviews.show(act.value, act.asker);
  if (!shown.ok) return noticeView(TITLE, sayFailure(shown.failure));
  return modal({ title: TITLE, about: shown.value.run.id, blocks: reviewBlocks(shown.value) });
}

/** Every stage on the way to its answer, as far as whoever decides about it may know of that. */
async function shownTrace(act: Act, { querent }: ActionPorts): Promise<ModalView> {
  const shown = await querent.reviews.show(act.value, act.asker);
  if (!shown.ok) return noticeView(TRACE_TITLE, sayFailure(shown.failure));
  const { trace } = shown.value;
  return trace ? traceView(trace) : noticeView(TRACE_TITLE, 'How it came about is not kept any more.');
}

/** What was tried last in a view, by its digest: a query is verified only as its result was seen. Lost with a restart, and then tried anew. */
const triedIn = new LRUCache<string, string>({ max: 1_000 });
const digestOf = ({ question, databaseId, sql }: ReviewedQuery) =>
  createHash('sha256')
    .update(JSON.stringify([question, databaseId, sql]))
    .digest('hex');

async function askQuery(act: Act, ports: ActionPorts): Promise<ModalView> {
  const { reviews } = ports.querent;
  const shown = await reviews.show(act.value, act.asker);
  if (!shown.ok) return noticeView('Verify', sayFailure(shown.failure));
  const { run, databaseId, sql } = shown.value;
  const question = run.result?.text ?? run.text;
  return queryForm(
    run.id,
    { question, databaseId: databaseId ?? '', sql: sql ?? '' },
    await reviews.databasesOf(act.asker),
  );
}

type Query = Omit<ReviewedQuery, 'id'>;

/** The question and query to edit; below what it gave, where it was tried. */
function queryForm(
  id: string,
  { question, databaseId, sql }: Query,
  databases: readonly string[],
  before: readonly Block[] = [],
  isTried = false,
): ModalView {
  const choices = databases.slice(0, MOST_DATABASES).map((one) => ({ text: one, value: one }));
  if (!choices.length) return noticeView('Verify', 'There is no database whose questions you decide about.');
  return modal({
    title: 'Verify',
    about: id,
    submit: { callbackId: 'querent_review_query', label: isTried ? 'Verify' : 'Try it' },
    blocks: [
      ...before,
      textInput('question', {
        label: 'The question',
        hint: 'Later questions that are the same, or the same but for values, are answered by the query.',
        initial: cut(question, slackLimits.takeaway),
        multiline: true,
        longest: slackLimits.takeaway,
      }),
      selectInput('database', { label: 'Database', choices, initial: databaseId }),
      ...(sql.length > LONGEST_SQL
        ? []
        : [
            textInput('sql', {
              label: 'The query that answers it',
              hint: 'One SELECT. It is judged and run read-only, with your rights. A query that was changed is tried before it can be verified.',
              initial: sql,
              multiline: true,
              longest: LONGEST_SQL,
            }),
          ]),
    ],
  });
}

/** A query that is too long for a field stays as it ran. */
async function queryIn(
  view: Submission['view'],
  act: Act,
  { querent }: ActionPorts,
): Promise<ReviewedQuery | undefined> {
  const [question, databaseId] = [textIn(view.values, 'question'), textIn(view.values, 'database')];
  const shown = await querent.reviews.show(view.about, act.asker);
  const sql = textIn(view.values, 'sql') ?? (shown.ok ? shown.value.sql : undefined);
  return question && databaseId && sql ? { id: view.about, question, databaseId, sql } : undefined;
}

async function takeQuery(act: Submission, ports: ActionPorts): Promise<Reply> {
  const { view } = act;
  const refused = await mayNot(act, ports, textIn(view.values, 'database'));
  if (refused) return { kind: 'errors', errors: { database: sayFailure(refused) } };
  return {
    kind: 'show',
    view: loadingView('Verify'),
    async after(shown) {
      const query = await queryIn(view, act, ports);
      if (!query) return void (await shown.put(noticeView('Verify', 'It has no query to try.')));
      const isSeen = triedIn.get(view.id) === digestOf(query);
      await shown.put(isSeen ? await verified(query, act, ports) : await tried(query, view.id, act, ports));
    },
  };
}

async function tried(query: ReviewedQuery, viewId: string, act: Act, ports: ActionPorts): Promise<ModalView> {
  const { reviews } = ports.querent;
  const databases = await reviews.databasesOf(act.asker);
  const made = await reviews.attempt(query, act.asker, ports.stopping);
  if (made.ok) triedIn.set(viewId, digestOf(query));
  const result = made.ok ? previewBlocks(made.value) : previewBlocks(sayFailure(made.failure));
  return queryForm(query.id, query, databases, result, made.ok);
}

async function verified(query: ReviewedQuery, act: Act, ports: ActionPorts): Promise<ModalView> {
  const made = await ports.querent.reviews.verify(query, act.asker, ports.stopping);
  if (!made.ok) return noticeView('Verify', sayFailure(made.failure));
  ports.wake();
  await refreshHome({ team: act.team, user: act.user }, ports);
  return noticeView(
    'Verify',
    'Verified. It is posted where it was asked, and later questions like it are answered by it.',
  );
}

async function askDescription(act: Act, { querent }: ActionPorts): Promise<ModalView> {
  const shown = await querent.reviews.show(act.value, act.asker);
  if (!shown.ok) return noticeView('Describe', sayFailure(shown.failure));
  const ids = await querent.reviews.databasesOf(act.asker);
  const choices = ids.slice(0, MOST_DATABASES).map((one) => ({ text: one, value: one }));
  if (!choices.length) return noticeView('Describe', 'There is no database that you may describe.');
  return modal({
    title: 'Describe',
    about: shown.value.run.id,
    submit: { callbackId: 'querent_review_description', label: 'Save' },
    blocks: [
      selectInput('database', { label: 'Database', choices, initial: shown.value.databaseId }),
      textInput('name', { label: 'Table, or column as table.column', placeholder: 'orders.amount', longest: 200 }),
      textInput('text', {
        label: 'What it holds',
        hint: 'In the words that people ask with. It stands in the place of what the database says; empty brings that back.',
        multiline: true,
        optional: true,
        longest: DESCRIPTION_LENGTH,
      }),
    ],
  });
}

async function takeDescription(act: Submission, ports: ActionPorts): Promise<Reply> {
  const { values } = act.view;
  const [databaseId = '', name = ''] = [textIn(values, 'database'), textIn(values, 'name')];
  const refused = await mayNot(act, ports, databaseId);
  if (refused) return { kind: 'errors', errors: { database: sayFailure(refused) } };
  return {
    kind: 'show',
    view: loadingView('Describe'),
    async after(shown) {
      const { teamId, userId } = act.asker.reader;
      const request = { databaseId, name, ...withText(values) };
      const made = await ports.querent.descriptions.describe(
        request,
        { teamId, userId },
        () => undefined,
        ports.stopping,
      );
      const said = made.ok
        ? [`${databaseId}.${made.value.name} is described.`, ...made.value.warnings]
        : [sayFailure(made.failure)];
      await shown.put(noticeView('Describe', ...said));
    },
  };
}

function withText(values: FormValues): { readonly text?: string } {
  const text = textIn(values, 'text');
  return text === undefined ? {} : { text };
}

async function askNote(act: Act, { querent }: ActionPorts): Promise<ModalView> {
  const shown = await querent.reviews.show(act.value, act.asker);
  if (!shown.ok) return noticeView('Dismiss', sayFailure(shown.failure));
  return modal({
    title: 'Dismiss',
    about: shown.value.run.id,
    submit: { callbackId: 'querent_review_note', label: 'Dismiss' },
    blocks: [
      textInput('note', {
        label: 'What those who wait are told',
        hint: 'They read it in the thread where it was asked. Empty, and they only learn that it stays as it is.',
        multiline: true,
        optional: true,
        longest: 500,
      }),
    ],
  });
}

async function takeNote(act: Submission, ports: ActionPorts): Promise<Reply> {
  return {
    kind: 'show',
    view: loadingView('Dismiss'),
    async after(shown) {
      const note = textIn(act.view.values, 'note');
      const made = await ports.querent.reviews.dismiss(act.view.about, note, act.asker);
      const said = made.ok ? 'It is left as it is. Those who wait are told.' : sayFailure(made.failure);
      await shown.put(noticeView('Dismiss', said));
      await refreshHome({ team: act.team, user: act.user }, ports);
    },
  };
}
