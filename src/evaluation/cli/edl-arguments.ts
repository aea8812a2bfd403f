import type { Engine } from '#src/domain/catalog.ts';
import type { BenchmarkDatabasesOptions } from '../data/places.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readArguments, stopWith } from './terminal.ts';

export interface EdlBench extends BenchmarkDatabasesOptions {
  readonly engine: Engine;
  readonly questions: readonly BenchQuestion[];
  readonly json: boolean;
}

/** The arguments that bench:edl and bench:edl:mutants share; a wrong one prints the usage and ends the run. */
export function edlArguments(usage: string): EdlBench {
  const args = readArguments(usage, {
    questions: { type: 'string' },
    databases: { type: 'string' },
    tables: { type: 'string' },
    engine: { type: 'string', default: 'sqlite' },
    url: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (!args.questions || !(args.databases || args.tables)) stopWith(usage);
  if (!['sqlite', 'postgres', 'mysql', 'mariadb'].includes(args.engine)) {
    stopWith(`--engine ${args.engine} is not known: use sqlite, postgres, mysql or mariadb.`);
  }
  return {
    engine: args.engine as Engine,
    questions: readQuestions(args.questions).slice(0, args.limit ? Number(args.limit) : undefined),
    databases: args.databases,
    tables: args.tables,
    url: args.url,
    json: args.json ?? false,
  };
}
