import type { DatabaseId } from './ids.ts';

/** Told what is being done, and how much of it. */
export type Progress = (step: string, done: number, total: number) => void;

/** What is being done about a question, as people are told while they wait, in the order in which it is done. */
export const PHASES = ['find', 'tables', 'write', 'check', 'run', 'explain'] as const;
export type Phase = (typeof PHASES)[number];

/** That a phase begins, with what it is about; or, where it has a fact, that it is over. */
export interface PhaseNews {
  readonly phase: Phase;
  readonly databaseId?: DatabaseId;
  /** Words of the question that it is about: they may be told wherever the question is. */
  readonly about?: readonly string[];
  /** Readings of the question that are compared. */
  readonly readings?: number;
  /** What came of it, "3 of 2,140 tables": for whoever may know of the database. */
  readonly fact?: string;
}

export type OnPhase = (news: PhaseNews) => void;

/** Each phase in words that go after “Querent is …”. */
const PHRASES: Readonly<Record<Phase, string>> = {
  find: 'finding the right database',
  tables: 'choosing the tables',
  write: 'writing the query',
  check: 'checking that the query only reads and what it gives',
  run: 'running the query',
  explain: 'explaining the steps',
};

/** Each phase once it is over. */
const DONE: Readonly<Record<Phase, string>> = {
  find: 'Found the right database',
  tables: 'Chose the tables',
  write: 'Wrote the query',
  check: 'Checked the query',
  run: 'Ran the query',
  explain: 'Explained the steps',
};

/** So many words of the question are told. */
const WORDS_TOLD = 3;

/** What begins, in words of the question where there are some: "comparing two readings of “active”". */
export function sayPhase({ phase, about = [], readings }: PhaseNews): string {
  const words = about.slice(0, WORDS_TOLD).map((word) => `“${word}”`);
  const said = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words.join('');
  if (readings !== undefined) return `comparing ${inWords(readings)} readings${said ? ` of ${said}` : ''}`;
  if (!said) return PHRASES[phase];
  switch (phase) {
    case 'find':
      return `looking for the database that knows ${said}`;
    case 'tables':
      return `choosing the tables for ${said}`;
    default:
      return PHRASES[phase];
  }
}

export const sayDone = (phase: Phase): string => DONE[phase];

const inWords = (count: number): string => ['no', 'one', 'two', 'three', 'four', 'five'][count] ?? String(count);
