import { PHASES, type Phase, type PhaseNews, sayDone, sayPhase } from '#src/domain/progress.ts';
import { cut, escapeMrkdwn, neutral } from '../text.ts';
import { type Block, button, richText } from '../views/message.ts';

export type TaskStatus = 'in_progress' | 'complete' | 'error';

/** One task of a plan, as Slack shows it. The id stays, the words are those of what is done or was. */
export interface Task {
  readonly id: Phase;
  readonly title: string;
  readonly status: TaskStatus;
  readonly output?: string;
}

/** What has been begun, in its order. */
export type Plan = readonly Task[];

/**
 * How a run ended, for whoever watched it. `later`: it goes on after a restart; `again`: it was begun anew with other words; `superseded`: a
 * newer one of its thread goes on.
 */
export type Ending = 'done' | 'asked' | 'stopped' | 'failed' | 'later' | 'again' | 'superseded';

/** A message is edited at most so often. */
export const EDIT_EVERY_MS = 3_000;

/** Characters of a task: a chunk of a stream takes 256. */
const TITLE = 200;

/**
 * The plan after a piece of news: what stands before a phase that begins is over. Facts name the database and what it holds, so they are told only
 * where nobody else reads along.
 */
export function afterNews(plan: Plan, news: PhaseNews, mayTellFacts: boolean): Plan {
  const at = PHASES.indexOf(news.phase);
  if (news.fact !== undefined) {
    const output = mayTellFacts ? { output: cut(neutral(news.fact), TITLE) } : {};
    return plan.map((task) => (task.id === news.phase ? { ...over(task), ...output } : task));
  }
  const said = sayPhase(news);
  const where = mayTellFacts && news.phase === 'run' && news.databaseId !== undefined ? ` on ${news.databaseId}` : '';
  const begun: Task = {
    id: news.phase,
    title: cut(neutral(`${said.charAt(0).toUpperCase()}${said.slice(1)}${where}`), TITLE),
    status: 'in_progress',
  };
  const others = plan.filter(({ id }) => id !== news.phase);
  const before = others.filter(({ id }) => PHASES.indexOf(id) < at).map(over);
  const after = others.filter(({ id }) => PHASES.indexOf(id) > at);
  return [...before, begun, ...after];
}

const over = (task: Task): Task =>
  task.status === 'in_progress' ? { ...task, title: sayDone(task.id), status: 'complete' } : task;

/** Every task has an end: what went on when it was stopped or broke is marked so. */
export const afterEnd = (plan: Plan, how: Ending): Plan =>
  how === 'done' || how === 'asked'
    ? plan.map(over)
    : plan.map((task) => (task.status === 'in_progress' ? { ...task, status: 'error' } : task));

export function endTitle(how: Ending, ms: number): string {
  switch (how) {
    case 'done':
    case 'asked':
      return `Worked for ${Math.max(1, Math.round(ms / 1_000))} s`;
    case 'stopped':
    case 'superseded':
      return 'Stopped';
    case 'failed':
      return 'Error';
    case 'later':
      return 'Restarting, will go on';
    case 'again':
      return 'Begun anew: the question was changed';
  }
}

/** What is being done now. */
const nowDoing = (plan: Plan): string | undefined => plan.findLast(({ status }) => status === 'in_progress')?.title;

export interface PlanMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A message that shows a plan; with a button to stop it while it goes on. */
export function planMessage(plan: Plan, title: string, runId: string, goesOn: boolean): PlanMessage {
  const doing = goesOn ? nowDoing(plan) : undefined;
  return {
    text: escapeMrkdwn(doing === undefined ? title : `${title}: ${doing}`),
    blocks: [
      { type: 'plan', block_id: `plan-${runId}`, title, tasks: plan.map(taskCard) },
      ...(goesOn
        ? [{ type: 'actions', block_id: `stop-${runId}`, elements: [button('Stop', 'querent_stop', runId)] }]
        : []),
    ],
  };
}

const taskCard = ({ id, title, status, output }: Task) => ({
  type: 'task_card',
  task_id: id,
  title,
  status,
  ...(output === undefined ? {} : { output: { type: 'rich_text', elements: [richText([{ text: output }])] } }),
});

/** The same as chunks of a stream. */
export const taskChunks = (tasks: Plan) =>
  tasks.map(({ id, title, status, output }) => ({
    type: 'task_update' as const,
    id,
    title,
    status,
    ...(output === undefined ? {} : { output }),
  }));
