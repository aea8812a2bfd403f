import { type KeptTrace, sayStage, spentOn, type TraceEntry } from '#src/domain/trace.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, context, section } from '../views/message.ts';
import { type ModalView, modal } from './view.ts';

export const TRACE_TITLE = 'How it came about';
/** A modal takes a hundred blocks. */
const STAGES_SHOWN = 40;

/** What each stage on the way to an answer came to, and what it spent; prompts and replies are for `querent trace`. */
export const traceView = ({ runId, outcome, entries }: KeptTrace): ModalView =>
  modal({
    title: TRACE_TITLE,
    blocks: [
      context([`It came to ${escapeMrkdwn(outcome)} · ${spent(entries)} · ${runId.slice(0, 8)}`], 'spent'),
      ...entries.slice(0, STAGES_SHOWN).map(stageBlock),
    ],
  });

function stageBlock(entry: TraceEntry, at: number): Block {
  const said = escapeMrkdwn(cut(sayStage(entry), slackLimits.takeaway));
  const calls = entry.calls.length ? ` · ${spent([entry])}` : '';
  return section(
    `*${entry.stage}* · ${Math.round(entry.ms).toLocaleString('en-US')} ms${calls}\n${said}`,
    `stage-${at}`,
  );
}

function spent(entries: readonly TraceEntry[]): string {
  const { calls, promptTokens, completionTokens } = spentOn(entries);
  if (!calls) return 'no model was asked';
  const tokens = `${promptTokens.toLocaleString('en-US')} + ${completionTokens.toLocaleString('en-US')} tokens`;
  return `${calls} ${calls === 1 ? 'model call' : 'model calls'}, ${tokens}`;
}
