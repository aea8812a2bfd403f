import { sayFailure } from '#src/domain/failure.ts';
import { stateOf } from '#src/domain/permission-request.ts';
import type { Verdict } from '#src/service/requests.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type Act, tellFailure } from '../modals/acts.ts';
import { textIn } from '../modals/form-values.ts';
import { radioInput, selectInput, textInput } from '../modals/inputs.ts';
import type { ActPress, ModalPart } from '../modals/modal-part.ts';
import type { Fill } from '../modals/show-modal.ts';
import type { Submit } from '../modals/submissions.ts';
import { modal, noticeView } from '../modals/view.ts';
import type { ActionPorts } from '../press.ts';
import { section } from '../views/message.ts';

const ASK = 'Ask for access';
const DECLINE = 'Decline the request';
const APPROVE = 'Approve the request';
const WEEK_DAYS = 7;
const LONGEST_REASON = 500;

/** Says who asks and why they may; the question stands in the thread and is not asked for again. */
const askForm: Fill = async ({ value: runId, user }, { querent }) => {
  const run = await querent.runs.run(runId);
  if (!run) return noticeView(ASK, sayFailure({ kind: 'no-such-request' }));
  if (run.user !== user) return noticeView(ASK, 'Only whoever asked the question can ask for access to answer it.');
  return modal({
    title: ASK,
    about: runId,
    submit: { callbackId: 'querent_request_access', label: 'Send' },
    blocks: [
      section(
        'Whoever answers for the data gets your question and decides. Once they agree, it is answered by itself.',
        'what',
      ),
      textInput('reason', {
        label: 'What do you need it for?',
        optional: true,
        multiline: true,
        longest: LONGEST_REASON,
        placeholder: 'For example: the monthly report to the board',
      }),
    ],
  });
};

const SENT = 'Sent. You hear from me once somebody decides; your question is then answered in its thread.';

/** What its asker hears is the same whether or not there is what they asked for. */
const sendRequest: Submit = async ({ view, asker }, { querent, wake }) => {
  const asked = await querent.requests.askForAccess(view.about, asker.reader, textIn(view.values, 'reason'));
  if (!asked.ok) return { kind: 'show', view: noticeView(ASK, sayFailure(asked.failure)) };
  const said = {
    new: SENT,
    joined: SENT, // that two questions are about the same database says what there is
    told: 'You asked for that already, and nobody has decided yet. Nothing was sent again.',
  }[asked.value.state];
  return { kind: 'show', view: noticeView(ASK, said), after: async () => wake() };
};

const decides = (verdict: Verdict): ActPress => ({
  async works(act: Act, ports: ActionPorts) {
    const decided = await ports.querent.requests.decide(act.value, verdict, act.asker.reader);
    ports.wake();
    if (!decided.ok) await tellFailure(act, decided.failure, ports);
  },
});

/** A form for a request that is open and that whoever opens it may decide. */
const openRequest =
  (title: string, form: (act: Act, ports: ActionPorts) => Promise<ReturnType<typeof modal>>): Fill =>
  async (act, ports) => {
    const { querent, now } = ports;
    const request = await querent.requests.request(act.value);
    if (!request) return noticeView(title, sayFailure({ kind: 'no-such-request' }));
    const state = stateOf(request, now());
    if (state !== 'open') return noticeView(title, sayFailure({ kind: 'request-over', state }));
    return form(act, ports);
  };

const declineForm = openRequest(DECLINE, async ({ value }) =>
  modal({
    title: DECLINE,
    about: value,
    submit: { callbackId: 'querent_request_decline', label: 'Decline' },
    blocks: [
      textInput('reason', {
        label: 'Why, for whoever asked',
        optional: true,
        multiline: true,
        longest: LONGEST_REASON,
      }),
    ],
  }),
);

const decline: Submit = async ({ view, asker }, { querent, wake }) => {
  const reason = textIn(view.values, 'reason');
  const verdict: Verdict = { kind: 'decline', ...(reason ? { reason } : {}) };
  const decided = await querent.requests.decide(view.about, verdict, asker.reader);
  if (!decided.ok) return { kind: 'show', view: noticeView(DECLINE, sayFailure(decided.failure)) };
  return { kind: 'close', after: async () => wake() };
};

const approveForm = openRequest(APPROVE, async ({ value, asker }, { querent }) => {
  const ids = await querent.administeredBy(asker.reader);
  if (!ids.length) return noticeView(APPROVE, sayFailure({ kind: 'not-an-admin' }));
  const choices = ids.map((id) => ({ text: id, value: id }));
  const database =
    ids.length > SLACK_LIMITS.selectOptions
      ? textInput('database', { label: 'Database', hint: 'Its name, as it is registered.' })
      : selectInput('database', { label: 'Database', choices });
  return modal({
    title: APPROVE,
    about: value,
    submit: { callbackId: 'querent_request_approve', label: 'Approve' },
    blocks: [
      database,
      radioInput('days', {
        label: 'For how long',
        choices: [
          { text: '7 days', value: String(WEEK_DAYS) },
          { text: '30 days', value: '30' },
          { text: 'Always', value: 'always' },
        ],
        initial: String(WEEK_DAYS),
      }),
    ],
  });
});

const approve: Submit = async ({ view, asker }, { querent, wake }) => {
  const databaseId = textIn(view.values, 'database') ?? '';
  const days = Number(textIn(view.values, 'days'));
  const verdict: Verdict = { kind: 'approve', databaseId, ...(days > 0 ? { days } : {}) };
  const decided = await querent.requests.decide(view.about, verdict, asker.reader);
  if (!decided.ok) return { kind: 'errors', errors: { database: sayFailure(decided.failure) } };
  return { kind: 'close', after: async () => wake() };
};

/** Asking for access, and deciding what was asked. */
export const REQUESTS_PART: ModalPart = {
  presses: [
    ['querent_request_access', { opens: ASK, fill: askForm }],
    ['querent_request_week', decides({ kind: 'approve', days: WEEK_DAYS })],
    ['querent_request_always', decides({ kind: 'approve' })],
    ['querent_request_run', decides({ kind: 'approve' })],
    ['querent_request_decline', { opens: DECLINE, fill: declineForm }],
    ['querent_request_other', { opens: APPROVE, fill: approveForm }],
  ],
  submissions: [
    ['querent_request_access', sendRequest],
    ['querent_request_decline', decline],
    ['querent_request_approve', approve],
  ],
};
