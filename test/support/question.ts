import { NEW_THREAD, OPERATOR, type Question } from '#src/domain/question.ts';

/** A question of the operator's, at the terminal, in a new thread, to any database; `more` says what is different. */
export const asked = (text: string, more: Partial<Question> = {}): Question => ({
  text,
  asker: OPERATOR,
  place: { kind: 'terminal' },
  thread: NEW_THREAD,
  intent: { kind: 'any' },
  calendar: { today: '2026-03-15' },
  runId: 'run-1',
  ...more,
});
