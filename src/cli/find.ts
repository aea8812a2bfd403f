import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { sayEvidence } from '#src/domain/evidence.ts';
import type { Failure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import { complain, type ExitCode, untilInterrupted } from './terminal.ts';

export const FIND_USAGE = `querent find "QUESTION" [--limit N] [--json]
  Says which databases and tables a question would be answered from, and why, without answering it.
  --limit N   tables to list (default 10)
  --json      print one JSON object instead of text`;

const TABLES_LISTED = 10;
const MOST_TABLES = 1_000;
const DATABASES_LISTED = 5;

export async function find(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { limit: { type: 'string' }, json: { type: 'boolean' } },
  });
  const limit = values.limit === undefined ? TABLES_LISTED : Number(values.limit);
  if (positionals.length > 1) {
    complain('Put the question in quotes, as one argument.');
    return 2;
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_TABLES) {
    complain(`--limit is a whole number from 1 to ${MOST_TABLES}.`);
    return 2;
  }
  const querent = compose(config);
  try {
    const text = positionals[0] ?? '';
    const question = { text, asker: OPERATOR, earlier: [], notDatabases: [], ...querent.calendar() };
    const found = await querent.find(question, limit, untilInterrupted());
    if (values.json) console.log(JSON.stringify(found.ok ? toJson(found.value) : errorOf(found.failure)));
    else if (found.ok) print(found.value);
    else complain(sayToOperator(found.failure));
    return found.ok ? 0 : 1;
  } finally {
    await querent.close();
  }
}

const errorOf = (failure: Failure) => ({
  databases: [],
  tables: [],
  error: { code: failure.kind, message: sayToOperator(failure) },
});

/** Databases with their probability (0–1, over all that may be asked) and evidence, then tables; best first. */
function toJson({ databases, tables, searchedTables }: SchemaSlice) {
  return {
    databases: databases.map(({ databaseId, probability, evidence }) => ({
      database: databaseId,
      probability: Number(probability.toFixed(4)),
      evidence,
    })),
    tables: tables.map(({ databaseId, table, score }) => ({
      database: databaseId,
      ...(table.schema ? { schema: table.schema } : {}),
      table: table.name,
      score: Number(score.toFixed(4)),
    })),
    searchedTables,
  };
}

function print({ databases, tables, searchedTables }: SchemaSlice): void {
  console.log(`Of ${searchedTables} tables. Databases:`);
  for (const { databaseId, probability, evidence } of databases.slice(0, DATABASES_LISTED))
    console.log(`  ${percent(probability)}  ${databaseId}${reasons(evidence)}`);
  if (databases.length > DATABASES_LISTED) console.log(`        and ${databases.length - DATABASES_LISTED} more`);
  console.log('Tables:');
  for (const [at, { databaseId, table }] of tables.entries()) {
    const name = table.schema ? `${table.schema}.${table.name}` : table.name;
    console.log(`  ${String(at + 1).padStart(4)}  ${databaseId} · ${name}`);
  }
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`.padStart(5);

function reasons(evidence: DatabaseScore['evidence']): string {
  const said = sayEvidence(evidence);
  return said.length ? `: ${said.join(', ')}` : '';
}
