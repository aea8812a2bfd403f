import { type BenchmarkDatabases, openPlaces } from '../data/places.ts';
import { readQuestions } from '../data/questions.ts';
import { type GoldStatement, goldStatements } from '../data/statements.ts';
import { count, engineOption, JSON_LINE, measuring, untilEnd } from './program.ts';

/** The program of bench:edl and bench:edl:mutants, which take the same options. */
export const edlProgram = (script: string, says: string) =>
  measuring(script, says)
    .requiredOption('--questions <file>', 'questions with gold statements')
    .option(
      '--databases <folder>',
      'holds DB/DB.sqlite, DB.sqlite or DB.sql (loaded into a fresh database, dropped after)',
    )
    .option('--tables <file>', "schemas in Spider's format, for questions whose database has no data")
    .addOption(engineOption())
    .option(
      '--url <url>',
      'a scratch server (PostgreSQL starts embedded without it, MariaDB where it is installed); on MariaDB the databases of the questions are made anew under their own names',
    )
    .option('--limit <n>', 'so many questions', count())
    .option('--json', JSON_LINE);

export type EdlProgram = ReturnType<typeof edlProgram>;
export type EdlOptions = ReturnType<EdlProgram['opts']>;

export interface EdlStatements {
  readonly statements: readonly GoldStatement[];
  /** Questions whose list of statements for the engine is empty. */
  readonly empty: number;
  readonly places: BenchmarkDatabases;
}

/** The statements that are asked for, with their databases, which are closed at the end. */
export async function openStatements(
  { questions, limit, ...where }: EdlOptions,
  program: EdlProgram,
): Promise<EdlStatements> {
  if (where.databases === undefined && where.tables === undefined)
    program.error('--databases or --tables is needed, or both');
  const read = readQuestions(questions).slice(0, limit);
  const places = await untilEnd(openPlaces(where), (opened) => opened.close());
  return { ...goldStatements(read, where.engine), places };
}
