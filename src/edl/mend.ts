import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { bad, type EdlMendCode, type EdlProblem, type EdlResult, good } from '#src/sql/problem.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { resolve } from '#src/sql/resolve.ts';
import { assemble } from './assemble.ts';
import type { StepNode } from './edl-ast.ts';
import { EdlSyntaxError, type EdlToken, lexEdl } from './lex-edl.ts';
import { mendColumns } from './mend-columns.ts';
import { mendJoins } from './mend-joins.ts';
import { layOut } from './mend-layout.ts';
import { KnownNames, Place, sayEdit, type TokenEdit } from './mend-place.ts';
import { SENTENCE_RULES } from './mend-sentences.ts';
import { mendCalls, mendTables, STEP_RULES, type StepMend } from './mend-steps.ts';
import { unbracketed, WORD_RULES } from './mend-words.ts';
import { readTokens } from './parse-edl.ts';
import { validate } from './validate.ts';

type Problems = readonly [EdlProblem, ...EdlProblem[]];

/** A text with more is another language. */
const MOST_MENDS = 80;

/** All rules by their ids, as the page lists them (docs/edl.md#mends). */
export const MENDS: readonly { readonly id: string; readonly code: EdlMendCode }[] = [
  { id: 'N18', code: 'M_NUMBERS' } as const,
  ...SENTENCE_RULES,
  ...WORD_RULES,
  ...STEP_RULES,
  { id: 'N46', code: 'M_TABLE' } as const,
  { id: 'N47', code: 'M_COLUMN' } as const,
  { id: 'N48', code: 'M_COLUMN_OF' } as const,
  { id: 'N49', code: 'M_JOIN_ADDED' } as const,
  { id: 'N50', code: 'M_COLUMN_PART' } as const,
]
  .map(({ id, code }) => ({ id, code }))
  .sort((a, b) => a.id.localeCompare(b.id));

const CODES: ReadonlySet<EdlProblem['code']> = new Set(MENDS.map(({ code }) => code));

/** Is a warning about how a text was read? */
export const isMend = ({ code }: EdlProblem): boolean => CODES.has(code);

/**
 * A text that is not EDL but nearly: read as what it can only mean, with a warning for each mend (docs/edl.md#mends). What has no
 * meaning or several stays a problem: the first that no mend has an answer to.
 *
 * @param strict what is wrong with the text as it stands.
 */
export function readMended(
  text: string,
  { engine, catalog }: { readonly engine: Engine; readonly catalog?: DatabaseCatalog },
  strict: Problems,
): EdlResult<QueryIr> {
  const names = new KnownNames(catalog);
  const worded = mendWords(text, names, strict);
  if (!worded.ok) return worded;
  const tables = mendTables(worded.value, names);
  const calls = mendCalls(tables.steps);
  const fitted = mendSteps(calls.steps, catalog !== undefined);
  // Steps that were put in have numbers between those of the text.
  const isOwn = ({ number }: StepNode) => Number.isInteger(number);
  if (!fitted.ok) return worded.value.every(isOwn) ? fitted : bad(...strict);
  const { query, steps } = fitted.value;
  const stepAt = (at: number | undefined) =>
    steps.find(({ span }) => at !== undefined && span && span.start <= at && at < span.end)?.number;
  const named = mendNames(query, { engine, stepAt, ...(catalog ? { catalog } : {}) });
  const checked = validate(named.query, { steps }, engine, catalog);
  const [error, ...more] = checked.problems.filter((problem) => !checked.lenient.has(problem));
  if (error) return steps.every(isOwn) ? bad(error, ...more) : bad(...strict);
  const mends = [...tables.mends, ...calls.mends, ...named.mends].map(warningOf);
  const warnings = [...worded.warnings, ...mends, ...fitted.warnings, ...checked.lenient];
  return good(
    checked.query,
    warnings.sort((a, b) => (a.step ?? 0) - (b.step ?? 0)),
  );
}

/** Tables that are joined for columns that no step joins: more is another question. */
const MOST_JOINS = 3;

interface Naming {
  readonly engine: Engine;
  readonly catalog?: DatabaseCatalog;
  /** The step at a place of the text. */
  readonly stepAt: (at: number | undefined) => number | undefined;
}

/** The query with its columns read as the catalog has them, and with the joins that they need. */
function mendNames(query: QueryIr, { engine, catalog, stepAt }: Naming) {
  const mends: StepMend[] = [];
  for (let left = MOST_JOINS; ; left -= 1) {
    const columns = mendColumns(query, resolve(query, engine, catalog).lost, stepAt);
    mends.push(...columns.mends);
    const { lost } = resolve(columns.query, engine, catalog);
    const joins = catalog && left && lost.size ? mendJoins(columns.query, lost, catalog, stepAt) : undefined;
    if (!joins?.mends.length) return { query: columns.query, mends };
    mends.push(...joins.mends);
    query = joins.query;
  }
}

const warningOf = ({ code, step, says }: StepMend): EdlProblem => ({ code, message: says, step: Math.ceil(step) });

/** The text's steps, in the words of EDL. */
function mendWords(text: string, names: KnownNames, strict: Problems): EdlResult<readonly StepNode[]> {
  const { text: laidOut, warnings } = layOut(text);
  if (!laidOut.trim()) return bad(...strict);
  const mends: EdlProblem[] = [...warnings];
  let tokens: readonly EdlToken[];
  try {
    tokens = lexEdl(laidOut);
  } catch (error) {
    if (error instanceof EdlSyntaxError) return bad(error.problem);
    throw error;
  }
  const apply = (edit: TokenEdit, code: EdlProblem['code'], step: number) => {
    mends.push({ code, message: sayEdit(tokens, edit), step: Math.ceil(step) });
    tokens = [...tokens.slice(0, edit.from), ...edit.put, ...tokens.slice(edit.to)];
  };
  for (let edit = unbracketed(tokens, names); edit; edit = unbracketed(tokens, names)) {
    // A step names only earlier ones, so the highest number before is its own.
    const steps = tokens.slice(0, edit.from).filter(({ kind }) => kind === 'step');
    apply(edit, 'M_BRACKETS', Math.max(1, ...steps.map(({ value }) => Number(value))));
  }
  for (;;) {
    const read = readTokens(tokens);
    if (read.ok) return good(read.text.steps, mends);
    const place = new Place(tokens, read.stopped, names);
    const found = mends.length < MOST_MENDS ? firstEdit(place) : undefined;
    if (!found) return bad(read.stopped.problem);
    apply(found.edit, found.code, place.number);
  }
}

function firstEdit(place: Place) {
  for (const { code, mend } of [...SENTENCE_RULES, ...WORD_RULES]) {
    const edit = mend(place);
    if (edit) return { code, edit };
  }
  return undefined;
}

interface Fitted {
  readonly query: QueryIr;
  readonly steps: readonly StepNode[];
}

/** The query that steps make together. */
function mendSteps(given: readonly StepNode[], lenient: boolean): EdlResult<Fitted> {
  let steps = given;
  const mends: EdlProblem[] = [];
  for (;;) {
    const assembled = assemble({ steps }, lenient);
    if (assembled.ok) return good({ query: assembled.value, steps }, [...mends, ...assembled.warnings]);
    const [problem] = assembled.problems;
    const at = steps.findIndex(({ number }) => number === problem.step);
    const step = steps[at];
    const found = step && mends.length < MOST_MENDS ? firstMend({ steps, problem, step, at }) : undefined;
    if (!found) return assembled;
    mends.push(warningOf({ code: found.code, step: problem.step ?? 0, says: found.says }));
    steps = found.steps;
  }
}

function firstMend(broken: Parameters<(typeof STEP_RULES)[number]['mend']>[0]) {
  for (const { code, of, mend } of STEP_RULES) {
    const mended = of.includes(broken.problem.code) ? mend(broken) : undefined;
    if (mended) return { code, ...mended };
  }
  return undefined;
}
