/** Told what is being done, and how much of it. */
export type Progress = (step: string, done: number, total: number) => void;

/** What is being done about a question, as people are told while they wait. */
export type Phase = 'find' | 'write' | 'run' | 'explain';

/** Each phase in words that go after “Querent is …”. */
const PHRASES: Readonly<Record<Phase, string>> = {
  find: 'finding the right database',
  write: 'writing the query',
  run: 'running the query',
  explain: 'explaining the steps',
};

export const sayPhase = (phase: Phase): string => PHRASES[phase];
