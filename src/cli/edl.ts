import { readFileSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { CompileOptions, EdlReport, ExplainOptions } from '#src/service/edl-reports.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import type { Terminal } from '#src/terminal/terminal.ts';
import { type CommandContext, withQuerent } from './context.ts';

const ENGINES = ['sqlite', 'postgres', 'mysql', 'mariadb'] as const;
type EngineName = (typeof ENGINES)[number];

interface EdlFlags {
  readonly engine?: EngineName;
  readonly from?: EngineName;
  readonly db?: string;
  readonly json?: true;
}

export const edl = (context: CommandContext) =>
  new Command('edl')
    .summary('SQL to steps, steps to SQL, and what is wrong with either')
    .description('Explains SQL as EDL, compiles EDL to SQL, or checks either; reads standard input without a file.')
    .addCommand(explainCommand(context))
    .addCommand(compileCommand(context))
    .addCommand(checkCommand(context));

const explainCommand = (context: CommandContext) =>
  new Command('explain')
    .description('SQL in, numbered steps out.')
    .argument('[files...]')
    .option('--short', 'the grouped form shown in Slack')
    .option(
      '--step <number>',
      'one step with its tables, columns, their descriptions, and its part of the SQL',
      wholeNumber(0, 1_000_000),
    )
    .addOption(engineOption())
    .option(...DB)
    .option(...JSON_FLAG)
    .action(
      runs((files, { short, step, ...flags }) => {
        const more = { ...(short ? { short } : {}), ...(step === undefined ? {} : { step }) };
        return reportOn(
          files,
          flags,
          async (text, over) => (await reports()).explainReport(text, { ...over, ...more }),
          context,
        );
      }),
    );

const compileCommand = (context: CommandContext) =>
  new Command('compile')
    .description('EDL in, SQL out.')
    .argument('[files...]')
    .addOption(fromOption())
    .addOption(engineOption())
    .option(...DB)
    .option(...JSON_FLAG)
    .action(
      runs((files, flags) =>
        reportOn(files, flags, async (text, over) => (await reports()).compileReport(text, over), context),
      ),
    );

const checkCommand = (context: CommandContext) =>
  new Command('check')
    .description('SQL or EDL in (EDL begins with #1): is it complete, what is wrong with it.')
    .argument('[files...]')
    .addOption(fromOption())
    .addOption(engineOption())
    .option(...DB)
    .option(...JSON_FLAG)
    .action(
      runs((files, flags) =>
        reportOn(files, flags, async (text, over) => (await reports()).checkReport(text, over), context),
      ),
    );

/** They bring the readers of SQL. */
const reports = () => import('#src/service/edl-reports.ts');

const DB = [
  '--db <name>',
  'a registered database: its engine, and its tables and columns to check names against',
] as const;
const JSON_FLAG = ['--json', 'print one JSON object a file'] as const;
const engineOption = () =>
  new Option('--engine <engine>', 'the engine that the SQL is for (default: that of --db, else sqlite)').choices(
    ENGINES,
  );
const fromOption = () =>
  new Option('--from <engine>', 'the engine that quoted SQL in the steps was written for (default: --engine)').choices(
    ENGINES,
  );

/** Reads each file, or standard input, and prints what it comes to; a bad one does not keep the others from that. */
async function reportOn(
  files: readonly string[],
  { engine, from, db, json }: EdlFlags,
  reportOf: (text: string, options: CompileOptions & ExplainOptions) => Promise<EdlReport>,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const catalog = db === undefined ? undefined : await catalogOf(db, context);
  if (db !== undefined && !catalog) {
    terminal.complain(`There is no indexed database ${db}. \`querent databases\` lists them.`);
    return 1;
  }
  const over = engine ?? catalog?.engine ?? 'sqlite';
  const options = { engine: over, from: from ?? over, ...(catalog ? { catalog } : {}) };
  let code: ExitCode = 0;
  for (const file of files.length ? files : ['-']) {
    const text = await readInput(file, terminal);
    const report = text === undefined ? undefined : await reportOf(text, options);
    if (report) printReport(report, files.length > 1 ? file : undefined, json ?? false, terminal);
    if (!report?.isRight) code = 1;
  }
  return code;
}

async function catalogOf(name: string, context: CommandContext): Promise<DatabaseCatalog | undefined> {
  let catalog: DatabaseCatalog | undefined;
  await withQuerent(context, async (querent) => {
    catalog = await querent.index.catalogOf(name);
    return 0;
  });
  return catalog;
}

async function readInput(file: string, terminal: Terminal): Promise<string | undefined> {
  if (file === '-' && terminal.attended) terminal.complain('Reading standard input; end with Ctrl-D.');
  try {
    return file === '-' ? await terminal.input() : readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    terminal.complain(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`);
    return undefined;
  }
}

function printReport(
  { lines, complaints, json }: EdlReport,
  file: string | undefined,
  asJson: boolean,
  { print, complain }: Terminal,
): void {
  if (asJson) return print(JSON.stringify({ ...(file === undefined ? {} : { file }), ...json }));
  if (file !== undefined) print(`== ${file}`);
  if (lines.length) print(lines.join('\n'));
  for (const complaint of complaints) complain(complaint);
}
