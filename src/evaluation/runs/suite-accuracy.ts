import { rounded } from '../statistics.ts';
import type { Suite } from '../suite/make-suite.ts';
import type { SuiteVerdict } from '../suite/open-suites.ts';

/** What the suite says of one question of a run, beside what the data say. */
export interface SuiteCase {
  readonly id: string;
  readonly right: boolean;
  readonly goldEmpty: boolean;
  readonly verdict: SuiteVerdict;
}

/** Accuracy on the data, on the suites and on both; where no suite can be made of a gold query, the data alone speak. */
export function summariseSuites(cases: readonly SuiteCase[]) {
  const having = cases.filter(({ verdict }) => verdict.agrees !== undefined);
  const share = (list: readonly SuiteCase[], hit: (one: SuiteCase) => boolean) =>
    rounded(list.filter(hit).length / Math.max(1, list.length));
  const both = ({ right, verdict }: SuiteCase) => right && verdict.agrees !== false;
  const filled = cases.filter(({ goldEmpty }) => !goldEmpty);
  const suites = [
    ...new Map(
      cases.flatMap(({ verdict }) => verdict.suites).map((suite): [string, Suite] => [suite.gold, suite]),
    ).values(),
  ];
  const total = (count: (suite: Suite) => number) => suites.reduce((sum, suite) => sum + count(suite), 0);
  return {
    n: cases.length,
    withSuite: having.length,
    onData: share(cases, ({ right }) => right),
    suiteRight: share(cases, both),
    nNonEmpty: filled.length,
    onDataNonEmpty: share(filled, ({ right }) => right),
    suiteRightNonEmpty: share(filled, both),
    onSuiteAlone: share(having, ({ verdict }) => verdict.agrees === true),
    /** Right on the data by chance, as the suite shows. */
    onDataOnly: having.filter((one) => one.right && !both(one)).map(({ id }) => id),
    /** As the gold query on every database of the suite, and not on the data. */
    onSuiteOnly: having.filter(({ right, verdict }) => !right && verdict.agrees).map(({ id }) => id),
    goldQueries: suites.length,
    databasesPerSuite: rounded(total(({ databases }) => databases.length) / Math.max(1, suites.length), 2),
    mutantsToldApart: rounded(
      total(({ apart }) => apart) /
        Math.max(
          1,
          total(({ mutants }) => mutants),
        ),
    ),
  };
}

export type SuiteSummary = ReturnType<typeof summariseSuites>;
