import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type EdlStep, stepText } from '#src/domain/edl.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { stepDetail } from '#src/edl/step-detail.ts';
import { type EdlProblem, sayProblem } from '#src/sql/problem.ts';

/** What a text came to: lines for people, the same as JSON, what is wrong with it, and whether it is right. */
export interface EdlReport {
  readonly isRight: boolean;
  readonly lines: readonly string[];
  /** Problems and warnings, a few lines each, with their places in the text. */
  readonly complaints: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

interface Over {
  readonly engine: Engine;
  /** To check names against. */
  readonly catalog?: DatabaseCatalog;
}

export interface CompileOptions extends Over {
  /** The engine that quoted SQL in the steps was written for. */
  readonly from: Engine;
}

export interface ExplainOptions extends Over {
  /** The grouped form shown in Slack. */
  readonly short?: boolean;
  /** One step alone, with what it stands on. */
  readonly step?: number;
}

/** SQL → numbered steps. */
export function explainReport(sql: string, { engine, catalog, short, step }: ExplainOptions): EdlReport {
  const explained = explain(sql, engine, catalog);
  if (!explained.ok) return report(sql, { problems: explained.problems, json: { edl: null } });
  const { edl, certificate, unknown } = explained.value;
  const json = {
    edl: edl.steps.map(stepText),
    short: edl.short.map(({ text }) => text),
    complete: certificate.complete,
  };
  if (step !== undefined) {
    const found = edl.steps.find(({ number }) => number === step);
    if (!found) return report(sql, { problems: [noStep(step, edl.steps.length)], json });
    const lines = detailLines(found, catalog);
    return report(sql, { lines, problems: unknown, json: { ...json, step: stepDetail(found, catalog) } });
  }
  const lines = [...(short ? json.short : json.edl), ...certificate.missing.map((one) => `! ${one}`)];
  return report(sql, { lines, problems: unknown, json });
}

/** Steps → SQL. */
export function compileReport(steps: string, { engine, from, catalog }: CompileOptions): EdlReport {
  const compiled = compile(steps, { engine, verbatimEngine: from, ...(catalog ? { catalog } : {}) });
  if (!compiled.ok) return report(steps, { problems: compiled.problems, json: { sql: null } });
  const { sql } = compiled.value;
  return report(steps, { lines: [sql], warnings: compiled.warnings, json: { sql } });
}

/** SQL or steps (they begin with #1): is it complete, what is wrong with it. */
export function checkReport(text: string, options: CompileOptions): EdlReport {
  if (!/^\s*#/.test(text)) return checkSql(text, options);
  const compiled = compileReport(text, options);
  return compiled.isRight ? { ...compiled, lines: ['The EDL is right.'] } : compiled;
}

function checkSql(sql: string, { engine, catalog }: Over): EdlReport {
  const explained = explain(sql, engine, catalog);
  if (!explained.ok) return report(sql, { problems: explained.problems, json: { complete: false } });
  const { certificate, edl, unknown } = explained.value;
  const { complete, entries, missing } = certificate;
  const quoted = edl.steps.filter((step) => step.verbatim).length;
  const lines = complete
    ? [
        `Complete: ${entries.length} parts of the statement are said in ${edl.steps.length} steps, ` +
          'which read back as the same query.',
        ...(quoted ? [`${quoted} ${quoted === 1 ? 'step quotes' : 'steps quote'} SQL that EDL has no words for.`] : []),
      ]
    : missing.map((one) => `! ${one}`);
  return report(sql, {
    lines,
    problems: unknown,
    json: { complete, certificate: entries, missing, quotedSteps: quoted },
  });
}

function report(
  text: string,
  {
    lines = [],
    problems = [],
    warnings = [],
    json,
  }: {
    readonly lines?: readonly string[];
    readonly problems?: readonly EdlProblem[];
    readonly warnings?: readonly EdlProblem[];
    readonly json: EdlReport['json'];
  },
): EdlReport {
  return {
    isRight: !problems.length,
    lines,
    complaints: [
      ...problems.map((one) => sayProblem(one, text)),
      ...warnings.map((one) => `warning ${sayProblem(one, text)}`),
    ],
    json: { ...json, problems, warnings },
  };
}

const noStep = (step: number, steps: number): EdlProblem => ({
  code: 'E_REF_UNDEFINED',
  message: `There is no step ${step}; the explanation has ${steps}.`,
});

function detailLines(step: EdlStep, catalog: DatabaseCatalog | undefined): string[] {
  const { text, tables, columns, sql } = stepDetail(step, catalog);
  const described = (one: { readonly label: string; readonly description?: string }) =>
    `  ${one.label}${one.description ? `: ${one.description}` : ''}`;
  return [
    text,
    ...(tables.length ? ['Tables', ...tables.map(described)] : []),
    ...(columns.length ? ['Columns', ...columns.map(described)] : []),
    ...(sql ? ['SQL', `  ${sql}`] : []),
  ];
}
