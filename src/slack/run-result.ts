import { type Answer, decisionOf } from '#src/domain/answer.ts';
import { isForWantOfAccess, sayCosts } from '#src/domain/failure.ts';
import type { RunOption, RunResult, RunState } from '#src/domain/run.ts';

/** Tables of an option whose names a reply may use. */
const WORDS_OF_TABLES = 100;

/** What is kept of an answer: no rows. */
export function resultOf(answer: Answer): RunResult {
  const { text } = answer.question;
  switch (answer.kind) {
    case 'answer':
      return {
        kind: 'answer',
        text,
        databaseId: answer.databaseId,
        sql: answer.sql,
        ...(answer.remedies ? { remedies: answer.remedies.map(({ sql, change }) => ({ sql, change })) } : {}),
        ...(decisionOf(answer) === 'check' ? { unsure: true } : {}),
      };
    case 'catalog':
      return { kind: 'catalog', text };
    case 'courtesy':
      return { kind: 'courtesy', text, offered: answer.offered };
    case 'clarification':
      return {
        kind: 'question-back',
        about: 'database',
        text,
        prompt: answer.prompt,
        options: answer.options.map(({ databaseId, tables, onlyHere, description = '' }): RunOption => {
          const words = [databaseId, ...tables, ...onlyHere.slice(0, WORDS_OF_TABLES), description].join(' ');
          return { label: databaseId, words, target: { kind: 'database', id: databaseId } };
        }),
      };
    case 'outcomes':
      return {
        kind: 'question-back',
        about: 'outcome',
        text,
        prompt: answer.prompt,
        options: answer.outcomes.map(({ label, differs, sql }): RunOption => {
          const { databaseId } = answer;
          return { label, words: [label, ...differs].join(' '), target: { kind: 'query', databaseId, sql } };
        }),
      };
    case 'failure':
      return {
        kind: 'failure',
        text,
        failure: answer.failure.kind,
        ...(answer.databaseId === undefined ? {} : { databaseId: answer.databaseId }),
        ...(answer.sql === undefined ? {} : { sql: answer.sql }),
        ...(answer.failure.kind === 'query-too-costly' ? { costly: true, costs: sayCosts(answer.failure) } : {}),
        ...(isForWantOfAccess(answer.failure) ? { wantsAccess: true } : {}),
        ...(answer.offered?.length ? { offered: answer.offered } : {}),
      };
  }
}

/** The state of a run once this was posted. */
export const STATE_AFTER: Readonly<Record<Answer['kind'], RunState>> = {
  answer: 'done',
  catalog: 'done',
  courtesy: 'done',
  clarification: 'clarifying',
  outcomes: 'clarifying',
  failure: 'failed',
};
