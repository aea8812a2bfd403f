import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { callFault } from '#src/slack-api/call-faults.ts';

/** Frames of a stack that are logged. */
const FRAMES = 12;

/**
 * What of an error goes to the log. Of a call of Slack's: the code, where it points, the scope that it needs. Of a bug: its
 * kind and the frames of its stack. The text of an error may hold cell values or addresses, so it stays out, but for what cannot be
 * read of the state, which names a record.
 */
export function errorText(error: unknown): string {
  const fault = callFault(error);
  if (!fault) return bugText(error);
  const needs = fault.kind === 'admin' && fault.scope ? ` needs ${fault.scope}` : '';
  const places = fault.kind === 'refused' && fault.messages.length ? ` ${fault.messages.slice(0, 3).join('; ')}` : '';
  return `${fault.code} (${fault.kind})${needs}${places}`;
}

function bugText(error: unknown): string {
  const { name, code, stack, cause } = (error ?? {}) as {
    readonly name?: string;
    readonly code?: string;
    readonly stack?: string;
    readonly cause?: unknown;
  };
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const because = cause === undefined ? '' : `\n  caused by ${bugText(cause)}`;
  const told = error instanceof StateUnreadable ? error.message : undefined;
  return [[name ?? 'Error', code, told].filter(Boolean).join(' '), ...frames.slice(0, FRAMES)].join('\n') + because;
}
