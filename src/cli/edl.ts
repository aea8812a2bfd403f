import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type EdlStep, stepText } from '#src/domain/edl.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { stepDetail } from '#src/edl/step-detail.ts';
import { type EdlProblem, sayProblem } from '#src/sql/problem.ts';
import { complain, type ExitCode } from './terminal.ts';

export const EDL_USAGE = `querent edl explain|compile|check [FILE …] [--engine ENGINE | --db NAME] [--json]
  Explains SQL as EDL, compiles EDL to SQL, or checks either; reads standard input without a FILE.
  explain          SQL in, numbered steps out
    --short        the grouped form shown in Slack
    --step N       one step with its tables, columns, their descriptions, and its part of the SQL
  compile          EDL in, SQL out
    --from ENGINE  the engine that quoted SQL in the text was written for (default: --engine)
  check            SQL or EDL in (EDL begins with #1): is it complete, what is wrong with it
  --engine ENGINE  sqlite (default), postgres, mysql or mariadb
  --db NAME        a registered database: its engine, and its tables and columns to check names against
  --json           one JSON object a file`;

const ENGINES: readonly string[] = ['sqlite', 'postgres', 'mysql', 'mariadb'];

interface Setting {
  readonly engine: Engine;
  readonly from: Engine;
  readonly catalog: DatabaseCatalog | undefined;
  readonly short: boolean;
  readonly step: number | undefined;
  readonly json: boolean;
}

/** What a text came to: lines for people, the same as JSON, and whether it was right. */
interface Report {
  readonly lines: readonly string[];
  readonly problems: readonly EdlProblem[];
  readonly warnings?: readonly EdlProblem[];
  readonly json: Readonly<Record<string, unknown>>;
}

export async function edl(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      engine: { type: 'string' },
      from: { type: 'string' },
      db: { type: 'string' },
      short: { type: 'boolean' },
      step: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [action, ...files] = positionals;
  if (action !== 'explain' && action !== 'compile' && action !== 'check') {
    complain(`${action ? `There is no querent edl ${action}.` : 'Say what to do.'}\n${EDL_USAGE}`);
    return 2;
  }
  for (const name of [values.engine, values.from]) {
    if (name === undefined || ENGINES.includes(name)) continue;
    complain(`There is no engine ${name}. Use ${ENGINES.join(', ')}.`);
    return 2;
  }
  if (values.step !== undefined && !/^\d+$/.test(values.step)) {
    complain('--step takes the number of a step.');
    return 2;
  }
  const catalog = values.db === undefined ? undefined : registered(values.db, config);
  if (values.db !== undefined && !catalog) {
    complain(`There is no indexed database ${values.db}. \`querent databases\` lists them.`);
    return 1;
  }
  const engine = (values.engine ?? catalog?.engine ?? 'sqlite') as Engine;
  const setting: Setting = {
    engine,
    from: (values.from ?? engine) as Engine,
    catalog,
    short: values.short ?? false,
    step: values.step === undefined ? undefined : Number(values.step),
    json: values.json ?? false,
  };
  let code: ExitCode = 0;
  for (const file of files.length ? files : ['-']) {
    const given = await readInput(file);
    if (given === undefined) {
      code = 1;
      continue;
    }
    const report = REPORTS[action](given, setting);
    print(report, given, files.length > 1 ? file : undefined, setting.json);
    if (report.problems.length) code = 1;
  }
  return code;
}

function registered(name: string, config: Config): DatabaseCatalog | undefined {
  const querent = compose(config);
  try {
    return querent.catalogOf(name);
  } finally {
    void querent.close();
  }
}

async function readInput(file: string): Promise<string | undefined> {
  if (file === '-' && process.stdin.isTTY) complain('Reading standard input; end with Ctrl-D.');
  try {
    return file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    complain(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`);
    return undefined;
  }
}

const REPORTS = { explain: explained, compile: compiled, check: checked } as const;

function explained(sql: string, { engine, catalog, short, step }: Setting): Report {
  const outcome = explain(sql, engine, catalog);
  if (!outcome.ok) return { lines: [], problems: outcome.problems, json: { edl: null } };
  const { edl: told, certificate, unknown } = outcome.value;
  const json = {
    edl: told.steps.map(stepText),
    short: told.short.map(({ text }) => text),
    complete: certificate.complete,
  };
  const steps = step === undefined ? told.steps : told.steps.filter(({ number }) => number === step);
  if (step !== undefined && !steps.length) {
    const message = `There is no step ${step}; the explanation has ${told.steps.length}.`;
    return { lines: [], problems: [{ code: 'E_REF_UNDEFINED', message }], json };
  }
  if (step !== undefined) {
    return {
      lines: detailLines(steps[0]!, catalog),
      problems: unknown,
      json: { ...json, step: stepDetail(steps[0]!, catalog) },
    };
  }
  const lines = short ? told.short.map(({ text }) => text) : told.steps.map(stepText);
  return { lines: [...lines, ...certificate.missing.map((one) => `! ${one}`)], problems: unknown, json };
}

function detailLines(step: EdlStep, catalog: DatabaseCatalog | undefined): string[] {
  const { text: sentence, tables, columns, sql } = stepDetail(step, catalog);
  const described = (one: { readonly label: string; readonly description?: string }) =>
    `  ${one.label}${one.description ? `: ${one.description}` : ''}`;
  return [
    sentence,
    ...(tables.length ? ['Tables', ...tables.map(described)] : []),
    ...(columns.length ? ['Columns', ...columns.map(described)] : []),
    ...(sql ? ['SQL', `  ${sql}`] : []),
  ];
}

function compiled(steps: string, { engine, from, catalog }: Setting): Report {
  const outcome = compile(steps, { engine, verbatimEngine: from, ...(catalog ? { catalog } : {}) });
  if (!outcome.ok) return { lines: [], problems: outcome.problems, json: { sql: null } };
  return { lines: [outcome.value.sql], problems: [], warnings: outcome.warnings, json: { sql: outcome.value.sql } };
}

function checked(given: string, setting: Setting): Report {
  return /^\s*#/.test(given) ? checkedEdl(given, setting) : checkedSql(given, setting);
}

function checkedEdl(steps: string, setting: Setting): Report {
  const report = compiled(steps, setting);
  return report.problems.length ? report : { ...report, lines: ['The EDL is right.'] };
}

function checkedSql(sql: string, { engine, catalog }: Setting): Report {
  const outcome = explain(sql, engine, catalog);
  if (!outcome.ok) return { lines: [], problems: outcome.problems, json: { complete: false } };
  const { certificate, edl: told, unknown } = outcome.value;
  const quoted = told.steps.filter((step) => step.verbatim).length;
  const lines = certificate.complete
    ? [
        `Complete: ${certificate.entries.length} parts of the statement are said in ${told.steps.length} steps, which read back as the same query.`,
        ...(quoted ? [`${quoted} ${quoted === 1 ? 'step quotes' : 'steps quote'} SQL that EDL has no words for.`] : []),
      ]
    : certificate.missing.map((one) => `! ${one}`);
  return {
    lines,
    problems: unknown,
    json: {
      complete: certificate.complete,
      certificate: certificate.entries,
      missing: certificate.missing,
      quotedSteps: quoted,
    },
  };
}

function print(report: Report, given: string, file: string | undefined, json: boolean): void {
  if (json) {
    const { problems, warnings = [] } = report;
    console.log(JSON.stringify({ ...(file ? { file } : {}), ...report.json, problems, warnings }));
    return;
  }
  if (file !== undefined) console.log(`== ${file}`);
  if (report.lines.length) console.log(report.lines.join('\n'));
  for (const problem of report.problems) complain(sayProblem(problem, given));
  for (const warning of report.warnings ?? []) complain(`warning ${sayProblem(warning, given)}`);
}
