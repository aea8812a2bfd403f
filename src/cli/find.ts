import { Command } from '@commander-js/extra-typings';
import { sayEvidence } from '#src/domain/evidence.ts';
import type { Failure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { ClusterHit, DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';
import { oneQuestion } from './one-question.ts';

const TABLES_LISTED = 10;
const MOST_TABLES = 1_000;
const DATABASES_LISTED = 5;

interface FindFlags {
  readonly limit: number;
  readonly explain?: true;
  readonly json?: true;
}

export const find = (context: CommandContext) =>
  new Command('find')
    .summary('rank the databases and tables that a question is about')
    .description('Says which databases and tables a question would be answered from, and why, without answering it.')
    .argument('[question...]', 'in quotes')
    .option('--limit <number>', 'tables to list', wholeNumber(1, MOST_TABLES), TABLES_LISTED)
    .option('--explain', 'tell the clusters of columns that the question is near to, with their sizes and weights')
    .option('--json', 'print one JSON object instead of text')
    .action(runs((words, flags, command) => findAbout(oneQuestion(words, command), flags, context)));

function findAbout(text: string, { limit, explain, json }: FindFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const asked = { text, asker: OPERATOR, place: { kind: 'terminal' } } as const;
    const found = await querent.find(asked, { limit, explain: explain ?? false }, terminal.interrupted());
    if (json) terminal.print(JSON.stringify(found.ok ? sliceJson(found.value) : failureJson(found.failure)));
    else if (found.ok) terminal.print(sliceText(found.value));
    else return failed(context, found.failure);
    return found.ok ? 0 : 1;
  });
}

const failureJson = (failure: Failure) => ({
  databases: [],
  tables: [],
  error: { code: failure.kind, message: sayToOperator(failure) },
});

/** Databases with their probability (0–1, over all that may be asked) and evidence, then tables; best first. */
function sliceJson({ databases, tables, searchedTables, clusters }: SchemaSlice) {
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
    ...(clusters ? { clusters: clusters.map(clusterJson) } : {}),
  };
}

const clusterJson = ({ label, size, weight, similarity, columns }: ClusterHit) => ({
  label,
  size,
  weight: Number(weight.toFixed(4)),
  similarity: Number(similarity.toFixed(4)),
  columns: columns.map(({ databaseId, table, column }) => ({
    database: databaseId,
    ...(table.schema ? { schema: table.schema } : {}),
    table: table.name,
    column: column.name,
  })),
});

function sliceText({ databases, tables, searchedTables, clusters }: SchemaSlice): string {
  const more = databases.length - DATABASES_LISTED;
  return [
    `Of ${searchedTables} tables. Databases:`,
    ...databases.slice(0, DATABASES_LISTED).map(databaseLine),
    ...(more > 0 ? [`        and ${more} more`] : []),
    'Tables:',
    ...tables.map(({ databaseId, table }, at) => {
      const name = table.schema ? `${table.schema}.${table.name}` : table.name;
      return `  ${String(at + 1).padStart(4)}  ${databaseId} · ${name}`;
    }),
    ...(clusters
      ? ['Clusters of columns, by what they weigh where ranking is by clusters:', ...clusters.map(clusterLine)]
      : []),
  ].join('\n');
}

function databaseLine({ databaseId, probability, evidence }: DatabaseScore): string {
  const said = sayEvidence(evidence);
  const share = `${(100 * probability).toFixed(0)} %`.padStart(5);
  return `  ${share}  ${databaseId}${said.length ? `: ${said.join(', ')}` : ''}`;
}

function clusterLine({ label, size, weight, similarity, columns: [first, ...others] }: ClusterHit): string {
  const where = first ? ` (${first.table.name}.${first.column.name}${others.length ? ', …' : ''})` : '';
  const many = size === 1 ? '1 column' : `${size} columns`;
  return `  ${similarity.toFixed(2)}  ${label}${where}: ${many}, weight ${Number(weight.toPrecision(2))}`;
}
