import os from 'node:os';

/**
 * One Ctrl-C reaches a program more than once where npm, `node --watch` or the launcher passes on what the terminal or a
 * supervisor gave it already.
 */
const ONE_PRESS_MS = 2000;

export type EndSignal = 'SIGINT' | 'SIGTERM';

/** What a program that a signal ended ends with: 130 or 143. */
export const codeOf = (signal: EndSignal): number => 128 + os.constants.signals[signal];

/** Calls back once, at the first of a signal, so that things can be put back; a further press ends the program at once. */
export function onFirst(signal: EndSignal, work: () => void, onePressMs = ONE_PRESS_MS): void {
  let since: number | undefined;
  process.on(signal, () => {
    const now = performance.now();
    if (since === undefined) {
      since = now;
      work();
    } else if (now - since > onePressMs) process.exit(codeOf(signal));
  });
}

/** Aborts on Ctrl-C, so that work in progress can put things back; a second Ctrl-C ends the program at once. */
export function untilInterrupted(onInterrupt: () => void, onePressMs = ONE_PRESS_MS): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    onInterrupt();
    controller.abort();
  };
  onFirst('SIGINT', stop, onePressMs);
  return controller.signal;
}

/** Aborts when the process is told to end (SIGTERM), as a container or a supervisor does. */
export function untilTerminated(): AbortSignal {
  const controller = new AbortController();
  onFirst('SIGTERM', () => controller.abort());
  return controller.signal;
}
