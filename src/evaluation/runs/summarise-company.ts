import { percentile, rounded } from '../statistics.ts';
import type { CompanyCase, Outcome } from './company-case.ts';

/** Kinds of questions that no rows answer. */
const WITHOUT_ROWS = new Set(['unanswerable', 'out of domain', 'catalogue']);

/** What a run over the company comes to: all of it, by kind and by department. */
export function summariseCompany(cases: readonly CompanyCase[]): Record<string, unknown> {
  const threads = cases.filter(({ id }) => id.includes('/'));
  const questions = cases.filter(({ id }) => !id.includes('/'));
  return {
    ...(questions.length ? { questions: { ...counts(questions), ...groups(questions) } } : {}),
    ...(threads.length ? { threads: { ...counts(threads), ...ofThreads(threads), ...groups(threads) } } : {}),
    ...costs(cases),
  };
}

/**
 * Coverage is the share of questions with rows for an answer that were answered, `rightOfAnswered` what of those answers was right. A
 * question back counts as none of both; posted is what goes without a word of doubt, of those with rows for an answer; `askedWell` had what was meant among its options, `chosenRight` came out right when it was chosen.
 */
function counts(cases: readonly CompanyCase[]) {
  const number = (hit: (one: CompanyCase) => boolean) => cases.filter(hit).length;
  const came = (outcome: Outcome) => number((one) => one.outcome === outcome);
  const withRows = cases.filter(({ kind }) => !WITHOUT_ROWS.has(kind));
  const share = (hits: number, of: number) => (of ? rounded(hits / of) : null);
  const answered = withRows.filter(({ outcome }) => outcome === 'right' || outcome === 'wrong');
  const right = answered.filter(({ outcome }) => outcome === 'right').length;
  const posted = answered.filter(({ decision }) => decision === 'post');
  return {
    n: cases.length,
    right: came('right'),
    wrong: came('wrong'),
    declined: came('declined'),
    refused: came('refused'),
    asked: came('asked'),
    askedWell: number(({ offered }) => offered === true),
    chosenRight: number(({ chosen }) => chosen === 'right'),
    answerable: withRows.length,
    coverage: share(answered.length, withRows.length),
    rightOfAnswered: share(right, answered.length),
    rightOfAll: share(right, withRows.length),
    posted: share(posted.length, withRows.length),
    postedRight: share(posted.filter(({ outcome }) => outcome === 'right').length, posted.length),
    databaseRight: share(withRows.filter(({ databaseRight }) => databaseRight).length, withRows.length),
  };
}

function groups(cases: readonly CompanyCase[]) {
  const by = (key: (one: CompanyCase) => string) =>
    Object.fromEntries(
      [...Map.groupBy(cases, key)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, own]) => {
          const { n, right, wrong, declined, refused, asked, askedWell, chosenRight } = counts(own);
          return [name, { n, right, wrong, declined, refused, asked, askedWell, chosenRight }];
        }),
    );
  return { byKind: by(({ kind }) => kind), byDepartment: by(({ department }) => department) };
}

/** Turns are named `thread/turn`; a thread is right when all its turns are, as answered or as chosen. */
function ofThreads(turns: readonly CompanyCase[]) {
  const threads = [...Map.groupBy(turns, ({ id }) => id.slice(0, id.indexOf('/'))).values()];
  const isRight = ({ outcome, chosen }: CompanyCase) => outcome === 'right' || chosen === 'right';
  return { threads: threads.length, threadsRight: threads.filter((own) => own.every(isRight)).length };
}

function costs(cases: readonly CompanyCase[]) {
  const times = cases.map(({ ms }) => ms / 1_000).sort((a, b) => a - b);
  const mean = (pick: (one: CompanyCase) => number) =>
    cases.length ? cases.reduce((sum, one) => sum + pick(one), 0) / cases.length : 0;
  return {
    p50Seconds: rounded(percentile(times, 0.5), 3),
    p95Seconds: rounded(percentile(times, 0.95), 3),
    calls: rounded(
      mean((one) => one.calls),
      2,
    ),
    promptTokens: Math.round(mean((one) => one.promptTokens)),
    completionTokens: Math.round(mean((one) => one.completionTokens)),
  };
}
