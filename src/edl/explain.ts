import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type Edl, type EdlStep, type StepDetail, stepText } from '#src/domain/edl.ts';
import { type EdlProblem, type EdlResult, good, orTooDeep } from '#src/sql/problem.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Certificate, certify } from './certificate.ts';
import { decompile } from './decompile.ts';
import { quotesSql, type StepNode } from './edl-ast.ts';
import { fragments, type StepFragment } from './fragments.ts';
import { operatorOf, printBody } from './print-edl.ts';
import { shortForm } from './short.ts';
import { stepDetail } from './step-detail.ts';

export interface Explanation {
  readonly edl: Edl;
  /** Canonical EDL/1, one step a line; compile() makes the statement of it again. */
  readonly text: string;
  readonly certificate: Certificate;
  /** The statement as read and resolved. */
  readonly query: QueryIr;
  /** Names that the catalog lacks: the engine will refuse the statement. */
  readonly unknown: readonly EdlProblem[];
}

/**
 * SQL → EDL (sources.md#edl-both-ways), with the certificate that nothing of the statement was left out. Total: what the
 * grammar has no words for is quoted. A problem is given only for a text that is no single SELECT.
 */
export function explain(sql: string, engine: Engine, catalog?: DatabaseCatalog): EdlResult<Explanation> {
  return orTooDeep('S_SYNTAX', () => explained(sql, engine, catalog));
}

function explained(sql: string, engine: Engine, catalog?: DatabaseCatalog): EdlResult<Explanation> {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return parsed;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  const { text: edlText, saidBy, limits } = decompile(query);
  const parts = fragments(sql, query, saidBy, limits);
  const steps = edlText.steps.map((step) => toStep(step, parts.get(step.number)));
  const text = steps.map(stepText).join('\n');
  const certificate = certify({ sql, engine, catalog, query, steps, text, saidBy, limits });
  const edl: Edl = { steps, short: shortForm(edlText, catalog), missing: certificate.missing };
  return good({ edl, text, certificate, query, unknown: problems });
}

/** The explanation of a statement that an engine ran: one that cannot be read is quoted whole. */
export function explainExecuted(sql: string, engine: Engine, catalog?: DatabaseCatalog): Edl {
  const explained = explain(sql, engine, catalog);
  if (explained.ok) return explained.value.edl;
  const text = printBody({ kind: 'verbatim', sql: sql.trim() });
  const step: EdlStep = { number: 1, operator: 'Run as written', text, verbatim: true, sql };
  const [problem] = explained.problems;
  const missing = [`The statement could not be read: ${problem.message}`];
  return { steps: [step], short: [{ text: `Run as written ${text}`, steps: [1] }], missing };
}

/** One step of the explanation of an executed statement; undefined when it has no such step. */
export function explainStep(
  sql: string,
  engine: Engine,
  number: number,
  catalog?: DatabaseCatalog,
): StepDetail | undefined {
  const step = explainExecuted(sql, engine, catalog).steps.find((one) => one.number === number);
  return step && stepDetail(step, catalog);
}

function toStep({ number, body }: StepNode, part: StepFragment | undefined): EdlStep {
  const { sql, columns, tables } = part ?? {};
  return {
    number,
    operator: operatorOf(body),
    text: printBody(body),
    verbatim: quotesSql(body),
    ...(sql ? { sql } : {}),
    ...(columns?.length ? { columns } : {}),
    ...(tables?.length ? { tables } : {}),
  };
}
