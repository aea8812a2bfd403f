import type { AccessRule } from '#src/domain/access.ts';
import type { OfferedQuestion } from '#src/domain/answer.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { NewRun, RunOption, RunResult } from '#src/domain/run.ts';
import type { KeptTrace, TraceEntry } from '#src/domain/trace.ts';

/** What a database is called from now on; an id of another stays as it is. */
export type Rename = (id: DatabaseId) => DatabaseId;

/** Tables, columns and words that happen to be called as the database are left, here and below. */
export const renamedRules = (rules: readonly AccessRule[], rename: Rename): readonly AccessRule[] =>
  rules.map((rule) => ({ ...rule, databaseId: rename(rule.databaseId) }));

export const renamedRequest = (run: NewRun, rename: Rename): NewRun => ({
  ...run,
  intent: 'databaseId' in run.intent ? { ...run.intent, databaseId: rename(run.intent.databaseId) } : run.intent,
  turnedDown: run.turnedDown.map(rename),
});

export function renamedResult(result: RunResult, rename: Rename): RunResult {
  switch (result.kind) {
    case 'answer':
      return { ...result, databaseId: rename(result.databaseId) };
    case 'catalog':
    case 'stopped':
      return result;
    case 'question-back':
      return {
        ...result,
        options: result.options.map((option) => ({ ...option, target: renamedTarget(option, rename) })),
      };
    case 'courtesy':
      return { ...result, offered: renamedOffers(result.offered, rename) };
    case 'failure':
      return {
        ...result,
        ...(result.databaseId === undefined ? {} : { databaseId: rename(result.databaseId) }),
        ...(result.offered ? { offered: renamedOffers(result.offered, rename) } : {}),
      };
  }
}

const renamedOffers = (offered: readonly OfferedQuestion[], rename: Rename): readonly OfferedQuestion[] =>
  offered.map((one) => ({ ...one, databaseId: rename(one.databaseId) }));

const renamedTarget = ({ target }: RunOption, rename: Rename): RunOption['target'] =>
  target.kind === 'database'
    ? { ...target, id: rename(target.id) }
    : { ...target, databaseId: rename(target.databaseId) };

export function renamedTrace(trace: KeptTrace, rename: Rename): KeptTrace {
  const { databaseId, entries } = trace;
  const own = databaseId === undefined ? {} : { databaseId: rename(databaseId) };
  return { ...trace, ...own, entries: entries.map((entry) => renamedEntry(entry, rename)) };
}

function renamedEntry(entry: TraceEntry, rename: Rename): TraceEntry {
  const renamed = <T extends { readonly databaseId: DatabaseId }>(one: T): T => ({
    ...one,
    databaseId: rename(one.databaseId),
  });
  switch (entry.stage) {
    case 'retrieve':
      return { ...entry, databases: entry.databases.map(renamed), tables: entry.tables.map(renamed) };
    case 'choose-database':
      return entry.databaseId === undefined ? entry : { ...entry, databaseId: rename(entry.databaseId) };
    case 'clarify':
      return { ...renamed(entry), ...(entry.options ? { options: entry.options.map(rename) } : {}) };
    default:
      return entry;
  }
}

/** Every database that a trace names. */
export function databasesOfTrace(trace: KeptTrace): ReadonlySet<DatabaseId> {
  const named = new Set<DatabaseId>();
  renamedTrace(trace, (id) => {
    named.add(id);
    return id;
  });
  return named;
}

/**
 * A result as it may be kept when databases are gone: nothing of an answer from one, nor of queries over one. Where one was
 * offered its name stays, by which it may be turned down, and nothing else of it.
 */
export function withoutDatabases(result: RunResult, isGone: (id: DatabaseId) => boolean): RunResult {
  const { text, movedTo } = result;
  const bare: RunResult = { kind: 'failure', text, ...(movedTo ? { movedTo } : {}) };
  switch (result.kind) {
    case 'answer':
      return isGone(result.databaseId) ? bare : result;
    case 'catalog':
    case 'stopped':
      return result;
    case 'question-back':
      return result.options.some(({ target }) => target.kind === 'query' && isGone(target.databaseId))
        ? bare
        : { ...result, options: result.options.map((option) => nameAlone(option, isGone)) };
    case 'courtesy':
      return { ...result, offered: result.offered.filter((one) => !isGone(one.databaseId)) };
    case 'failure': {
      if (result.databaseId !== undefined && isGone(result.databaseId)) return bare;
      const { offered, ...rest } = result;
      return offered ? { ...rest, offered: offered.filter((one) => !isGone(one.databaseId)) } : result;
    }
  }
}

function nameAlone(option: RunOption, isGone: (id: DatabaseId) => boolean): RunOption {
  const { target } = option;
  return target.kind === 'database' && isGone(target.id) ? { label: target.id, words: target.id, target } : option;
}
