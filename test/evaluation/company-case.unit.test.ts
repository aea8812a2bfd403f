import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Answer, Answered, CatalogAnswer, Clarification, Failed } from '#src/domain/answer.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { type CompanyCase, outcomeOf, shownOf, type Wanted } from '#src/evaluation/runs/company-case.ts';
import { summariseCompany } from '#src/evaluation/runs/summarise-company.ts';
import { asked } from '#test/support/question.ts';

const table = (...rows: Cell[][]): ResultTable => ({
  columns: (rows[0] ?? []).map((_, at) => ({ name: `c${at}`, kind: 'other' })),
  rows,
  cellsCut: false,
  elapsedMs: 0,
});
const question = asked('How many orders were placed?');
const answered = (databaseId: string, rows: ResultTable): Answered => ({
  kind: 'answer',
  question,
  databaseId,
  probability: 1,
  databases: [],
  sql: 'SELECT COUNT(*) FROM orders',
  edl: { steps: [], short: [], missing: [] },
  takeaway: 'Orders: 7',
  table: rows,
  tables: [],
  caveats: [],
  checks: [],
  origin: { generator: 'planner', agreeing: 1, voting: 1, withoutModel: false },
  candidates: [],
  trace: [],
});
const failed: Failed = { kind: 'failure', question, failure: { kind: 'no-databases' }, databases: [], trace: [] };
const catalog = (text: string): CatalogAnswer => ({
  kind: 'catalog',
  question,
  text,
  columns: [],
  rows: [],
  trace: [],
});
const clarification: Clarification = {
  kind: 'clarification',
  question,
  prompt: 'Which database?',
  options: [{ databaseId: 'sales', tables: ['orders'], onlyHere: [] }],
  reason: '',
  trace: [],
};

const rows: Wanted = {
  kind: 'rows',
  accepted: [
    { database: 'sales', table: table([7]), anyForm: 0 },
    { database: 'purchasing', table: table([9]), anyForm: 0 },
  ],
  acceptance: { extra: false, ordered: false },
};
const names: Wanted = { kind: 'names', mentions: ['sales', 'order'] };
const nothing: Wanted = { kind: 'nothing' };

describe('what came of an answer', () => {
  it.each<[string, Answer, Wanted, string]>([
    ['the rows of one accepted query', answered('purchasing', table([9])), rows, 'right'],
    ['the rows of another database’s query', answered('sales', table([9])), rows, 'wrong'],
    ['a decline of what can be answered', failed, rows, 'declined'],
    ['a catalog answer where rows were asked for', catalog('sales'), rows, 'declined'],
    ['a question back', clarification, rows, 'asked'],
    ['a decline of what cannot be answered', failed, nothing, 'refused'],
    ['help where no rows can be given', catalog('Ask me about orders.'), nothing, 'refused'],
    ['rows for what cannot be answered', answered('sales', table([7])), nothing, 'wrong'],
    ['a question back about what cannot be answered', clarification, nothing, 'asked'],
    ['a catalog answer with all names', catalog('the order table of Sales'), names, 'right'],
    ['a catalog answer where a name is but part of a word', catalog('sales: orders, order_items'), names, 'wrong'],
    ['rows where names were asked for', answered('sales', table(['sales order'])), names, 'wrong'],
    ['a decline where names were asked for', failed, names, 'declined'],
  ])('%s', (_, given, wanted, outcome) => assert.equal(outcomeOf(given, wanted), outcome));

  it('is kept with what was shown, its first rows alone', () => {
    const shown = shownOf(answered('sales', table(...Array.from({ length: 8 }, (__, at) => [at, null]))));
    assert.deepEqual([shown.kind, shown.database, shown.rowCount, shown.rows?.length], ['answer', 'sales', 8, 5]);
    assert.deepEqual(shown.rows?.[1], ['1', '']);
    assert.deepEqual(shownOf(clarification).options, ['sales']);
  });
});

const one = (id: string, outcome: CompanyCase['outcome'], more: Partial<CompanyCase> = {}): CompanyCase => ({
  id,
  department: 'sales',
  kind: 'count',
  question: '',
  outcome,
  databaseRight: outcome === 'right',
  ms: 1_000,
  calls: 2,
  promptTokens: 100,
  completionTokens: 10,
  shown: { kind: 'failure' },
  ...more,
});

describe('the figures of a run', () => {
  const summary = summariseCompany([
    one('a', 'right'),
    one('b', 'right', { kind: 'top', decision: 'post' }),
    one('c', 'wrong', { ms: 9_000, decision: 'check' }),
    one('d', 'declined'),
    one('e', 'asked', { offered: true, chosen: 'right', databaseRight: true }),
    one('f', 'asked', { offered: false, kind: 'ambiguous', department: 'hr' }),
    one('g', 'refused', { kind: 'unanswerable', department: 'hr' }),
    one('h', 'right', { kind: 'catalogue' }),
    one('t1/1', 'right'),
    one('t1/2', 'asked', { offered: true, chosen: 'right' }),
    one('t2/1', 'right'),
    one('t2/2', 'wrong'),
  ]) as Record<string, Record<string, unknown>>;

  it('count coverage and what is right of it over what rows can answer', () => {
    const { n, right, wrong, declined, refused, answerable, coverage, rightOfAnswered, rightOfAll } =
      summary.questions!;
    assert.deepEqual([n, right, wrong, declined, refused], [8, 3, 1, 1, 1]);
    assert.deepEqual([answerable, coverage, rightOfAnswered, rightOfAll], [6, 0.5, 0.6667, 0.3333]);
    assert.equal(summary.questions!.databaseRight, 0.5);
  });

  it('tell what is posted without a word of doubt', () => {
    const { posted, postedRight } = summary.questions!;
    assert.deepEqual([posted, postedRight], [0.1667, 1]);
  });

  it('tell questions back by whether what was meant was among the options', () => {
    const { asked: back, askedWell, chosenRight } = summary.questions!;
    assert.deepEqual([back, askedWell, chosenRight], [2, 1, 1]);
  });

  it('count by kind and by department', () => {
    const { byKind, byDepartment } = summary.questions as Record<string, Record<string, Record<string, number>>>;
    assert.deepEqual(Object.keys(byKind!), ['ambiguous', 'catalogue', 'count', 'top', 'unanswerable']);
    assert.deepEqual([byKind!.count!.n, byKind!.count!.right], [4, 1]);
    assert.deepEqual([byDepartment!.hr!.refused, byDepartment!.hr!.asked], [1, 1]);
  });

  it('take a thread for right when all of its turns are, as answered or as chosen', () => {
    assert.deepEqual([summary.threads!.threads, summary.threads!.threadsRight, summary.threads!.n], [2, 1, 4]);
  });

  it('hold what it cost', () => {
    const { p50Seconds, p95Seconds, calls, promptTokens } = summary as Record<string, unknown>;
    assert.deepEqual([p50Seconds, p95Seconds, calls, promptTokens], [1, 9, 2, 100]);
  });
});
