import { parseArgs } from 'node:util';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { compose, type Querent } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import type { Answer } from '#src/domain/answer.ts';
import { stepText } from '#src/domain/edl.ts';
import { sayEvidence } from '#src/domain/evidence.ts';
import type { Failure } from '#src/domain/failure.ts';
import { sayOrigin } from '#src/domain/origin.ts';
import { OPERATOR, type Question } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { complain, type ExitCode, jsonCell, progressBar, textTable, untilInterrupted } from './terminal.ts';

export const ASK_USAGE = `querent ask "QUESTION" [--db NAME | --database-url URL] [--json]
  Answers a question from a registered database, or from the one at URL without registering it.
  --db NAME            ask this database
  --database-url URL   postgres://, mariadb:// or mysql://user:password@host/database, or sqlite:PATH
  --json               print one JSON object instead of text`;

const ROWS_SHOWN = 40;

export async function ask(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { db: { type: 'string' }, 'database-url': { type: 'string' }, json: { type: 'boolean' } },
  });
  if (positionals.length > 1) {
    complain('Put the question in quotes, as one argument.');
    return 2;
  }
  if (values.db && values['database-url']) {
    complain('Give either --db or --database-url, not both.');
    return 2;
  }
  const signal = untilInterrupted();
  const querent = compose(config);
  try {
    const question: Question = {
      text: positionals[0] ?? '',
      asker: OPERATOR,
      earlier: [],
      notDatabases: [],
      ...querent.calendar(),
      ...(values.db ? { databaseId: values.db } : {}),
    };
    const given = values['database-url']
      ? await askUrl(values['database-url'], question, querent, config, signal)
      : ok(await querent.answer(question, { onPhase }, signal));
    if (!given.ok) {
      if (values.json) console.log(JSON.stringify({ ...NOTHING, error: errorOf(given.failure) }));
      else complain(sayToOperator(given.failure));
      return 1;
    }
    if (values.json) console.log(JSON.stringify(toJson(given.value)));
    else print(given.value);
    return CODES[given.value.kind];
  } finally {
    await querent.close();
  }
}

/** How the command ends, by what came of the question. */
const CODES: Readonly<Record<Answer['kind'], ExitCode>> = {
  answer: 0,
  catalog: 0,
  clarification: 3,
  outcomes: 3,
  failure: 1,
};

const onPhase = (phase: keyof typeof PHASES, note: string) => complain(`${PHASES[phase]}${note ? ` (${note})` : ''} …`);

const PHASES = {
  find: 'Finding the right database',
  write: 'Writing the query',
  check: 'Checking it is read-only',
  run: 'Running it',
  explain: 'Explaining the steps',
} as const;

/** Reads the schema of an unregistered database, asks it, and leaves nothing behind. */
async function askUrl(
  url: string,
  question: Question,
  querent: Querent,
  config: Config,
  signal: AbortSignal,
): Promise<Result<Answer>> {
  const parsed = parseDatabaseUrl(url);
  if (!parsed.ok) return parsed;
  const { name: id, password } = parsed.value;
  const opened = openDatabase(
    { id, url: parsed.value.url, ...(password === undefined ? {} : { secret: `plain:${password}` }) },
    config.environment,
    { sqliteFolders: config.sqliteFolders },
  );
  if (!opened.ok) return opened;
  const progress = progressBar();
  try {
    const catalog = await opened.value.catalog(
      { onTable: (done, total) => progress('reading tables', done, total) },
      signal,
    );
    if (!catalog.ok) return catalog;
    const ports = { embedder: querent.embedder, vectors: embeddedVectors };
    const index = await buildIndex(
      [catalog.value],
      ports,
      (done, total) => progress('reading names', done, total),
      signal,
    );
    const retriever = indexRetriever(index, querent.embedder);
    const countTokens = openTokenizer();
    const here = {
      retriever,
      database: () => opened.value,
      readable: () => [id],
      scopeOf: wholeScopes((databaseId) => retriever.catalogOf(databaseId)),
      pastAnswers: () => [],
      factsOf: () => ({}),
      askingPrice: () => 1,
      countTokens,
      ...(config.model ? { models: openModels(config.model, config.home, countTokens) } : {}),
    };
    return ok(await answer({ ...question, databaseId: id }, here, { onPhase }, signal));
  } catch (error) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    throw error;
  } finally {
    await opened.value.close();
  }
}

const NOTHING = {
  answer: null,
  database: null,
  probability: null,
  sql: null,
  edl: [],
  columns: [],
  rows: [],
  truncated: false,
  timings: {},
  candidates: [],
  trace: [],
};

/** The same keys whatever came of the question; `error` or `clarification` says why there is no answer. */
function toJson(given: Answer) {
  const spent = {
    timings: Object.fromEntries(given.trace.map((entry) => [entry.stage, entry.ms])),
    candidates: [],
    trace: given.trace,
  };
  switch (given.kind) {
    case 'answer':
      return {
        answer: given.takeaway,
        database: given.databaseId,
        probability: given.probability,
        sql: given.sql,
        edl: given.edl.steps.map(stepText),
        columns: given.table.columns,
        rows: given.table.rows.map((row) => row.map(jsonCell)),
        truncated: given.table.truncated !== undefined,
        caveats: given.caveats,
        ...spent,
        origin: given.origin,
        candidates: given.candidates.map(({ generator, sql, mends, attempt }) => ({
          generator,
          sql,
          ...(mends === undefined ? {} : { mends }),
          ran: attempt?.kind === 'ran',
        })),
      };
    case 'catalog':
      return {
        ...NOTHING,
        answer: given.text,
        columns: given.columns.map((name) => ({ name, type: 'text' })),
        rows: given.rows,
        ...spent,
      };
    case 'clarification':
      return {
        ...NOTHING,
        clarification: { prompt: given.prompt, options: given.options, reason: given.reason },
        ...spent,
      };
    case 'outcomes':
      return {
        ...NOTHING,
        database: given.databaseId,
        clarification: { prompt: given.prompt, options: given.outcomes, reason: given.reason },
        ...spent,
      };
    case 'failure': {
      const { databaseId, databases } = given;
      const probability = databases.find((one) => one.databaseId === databaseId)?.probability;
      return {
        ...NOTHING,
        database: databaseId ?? null,
        probability: probability ?? null,
        sql: given.sql ?? null,
        error: errorOf(given.failure),
        ...spent,
      };
    }
  }
}

const errorOf = (failure: Failure) => ({ kind: failure.kind, message: sayToOperator(failure) });

function print(given: Answer): void {
  if (given.kind === 'failure') {
    console.log(sayToOperator(given.failure));
    if (given.failure.kind === 'declined') console.log(`(asked ${given.databaseId})`);
    return;
  }
  if (given.kind === 'clarification') {
    console.log(given.prompt);
    for (const [at, option] of given.options.entries())
      console.log(
        `  ${at + 1}. ${option.databaseId}: ${option.tables.join(', ')}${option.onlyHere.length ? `; it alone holds ${option.onlyHere.slice(0, 3).join(', ')}` : ''}${option.description ? ` — ${option.description}` : ''}`,
      );
    console.log(`Ask again with --db NAME. (${given.reason})`);
    return;
  }
  if (given.kind === 'outcomes') {
    console.log(given.prompt);
    for (const [at, { label, differs, sql }] of given.outcomes.entries())
      console.log(`  ${at + 1}. ${label}${differs.length ? `\n     ${differs.join(' ')}` : ''}\n     ${sql}`);
    console.log(`Ask again and say which. (${given.reason})`);
    return;
  }
  if (given.kind === 'catalog') {
    console.log(given.text);
    const columns = given.columns.map((name) => ({ name, type: 'text', kind: 'text' as const }));
    if (given.rows.length)
      console.log(textTable({ columns, rows: given.rows, elapsedMs: 0, cellsCut: false }, given.rows.length));
    console.log('(from the catalog; no query ran)');
    return;
  }
  console.log(`\n${given.takeaway}\n`);
  if (given.table.rows.length && !(given.table.rows.length === 1 && given.table.columns.length === 1)) {
    console.log(textTable(given.table, ROWS_SHOWN));
    if (given.table.rows.length > ROWS_SHOWN)
      console.log(`… ${given.table.rows.length - ROWS_SHOWN} more rows (--json has them all)`);
    console.log();
  }
  console.log(
    `${given.databaseId} · ${given.tables.join(', ')} · ${given.table.rows.length} ${given.table.rows.length === 1 ? 'row' : 'rows'} · ${Math.round(given.table.elapsedMs)} ms · ${sayOrigin(given.origin)}`,
  );
  const why = sayEvidence(given.databases.find((one) => one.databaseId === given.databaseId)?.evidence ?? []);
  if (given.databases.length > 1 || given.probability < 1)
    console.log(
      `Why ${given.databaseId} (${Math.round(100 * given.probability)} % sure): ${why.join(', ') || 'closest in meaning'}`,
    );
  for (const caveat of given.caveats) console.log(`! ${caveat}`);
  console.log('\nHow this was computed');
  for (const line of given.edl.short) console.log(`  ${line.text}`);
  console.log('\nSteps (EDL)');
  for (const step of given.edl.steps) console.log(`  ${stepText(step)}`);
  console.log(`\nSQL\n  ${given.sql}`);
}
