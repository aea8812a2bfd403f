import type { NewRun } from '#src/domain/run.ts';
import { slackLimits } from '../limits.ts';
import type { SlackPorts } from '../slack-ports.ts';
import { cut, neutral } from '../text.ts';
import type { Surfaces } from './surfaces.ts';

/** The free-text status and the status of a session share one place: a run uses one of them (PROG-3). */
export type SignKind = 'session' | 'status' | 'none';

export interface StatusLine {
  /** Says that something is done about a question; which sign shows it. */
  begin(run: NewRun, says: string): Promise<SignKind>;
  /** Says in words what a question waits for: a session, which begins with the work, has none. */
  wait(run: NewRun, says: string): Promise<SignKind>;
  /** What is done now. A session has no words of its own. */
  say(run: NewRun, sign: SignKind, says: string): Promise<void>;
  end(run: NewRun, sign: SignKind, waitsForReply: boolean): Promise<void>;
  /** The sign that a question would have been given here. */
  kindFor(run: NewRun): SignKind;
}

/** Characters of a status; longer ones are cut by Slack. */
const STATUS = 100;

/** The line below a thread that says what its question is at. What fails is let go, and what a workspace lacks is remembered. */
export function statusLine({ clients }: Pick<SlackPorts, 'clients'>, surfaces: Surfaces): StatusLine {
  const { cosmetic } = clients;
  const place = ({ channel, thread }: NewRun) => ({ channel_id: channel, thread_ts: thread });

  async function session(run: NewRun, status: 'processing' | 'active' | 'suspended'): Promise<boolean> {
    const begins =
      status === 'processing'
        ? { title: cut(neutral(run.text), slackLimits.sessionTitle), initiator_user_id: run.user }
        : {};
    try {
      await cosmetic.agents.sessions.setStatus({ ...place(run), status, ...begins });
      return true;
    } catch (error) {
      return !surfaces.learn(run.team, 'sessions', error);
    }
  }

  async function words(run: NewRun, status: string): Promise<boolean> {
    try {
      await cosmetic.assistant.threads.setStatus({ ...place(run), status: cut(status, STATUS) });
      return true;
    } catch (error) {
      return !surfaces.learn(run.team, 'status', error);
    }
  }

  return {
    async begin(run, says) {
      if (run.direct && surfaces.has(run.team, 'sessions') && (await session(run, 'processing'))) return 'session';
      return surfaces.has(run.team, 'status') && (await words(run, says)) ? 'status' : 'none';
    },
    async wait(run, says) {
      if (surfaces.has(run.team, 'status') && (await words(run, says))) return 'status';
      return this.begin(run, says);
    },
    kindFor: (run) => (run.direct && surfaces.has(run.team, 'sessions') ? 'session' : 'none'),
    async say(run, sign, says) {
      if (sign === 'status') await words(run, says);
    },
    async end(run, sign, waitsForReply) {
      if (sign === 'session') await session(run, waitsForReply ? 'suspended' : 'active');
      if (sign === 'status') await words(run, '');
    },
  };
}
