import { findTable, type Table } from '#src/domain/catalog.ts';
import type { EdlErrorCode, EdlMendCode, EdlProblem } from '#src/sql/problem.ts';
import { canonical, mapParts, partsOf } from '#src/sql/query-ir.ts';
import type { EdlExpression, EdlItem, EdlSource, StepBody, StepNode } from './edl-ast.ts';
import { latestOf, type OutlinedBlock, outline } from './mend-outline.ts';
import { AGGREGATES_SAID } from './mend-phrases.ts';
import { type KnownNames, sayReading, sayStep } from './mend-place.ts';
import { AGGREGATE_WORDS, RANKS } from './phrases.ts';
import { bracket } from './print-edl.ts';

/** Steps that are read as others, with what was done in a sentence. */
export interface MendedSteps {
  readonly steps: readonly StepNode[];
  readonly says: string;
}

/** Where the steps do not make a query. */
export interface BrokenStep {
  readonly steps: readonly StepNode[];
  readonly problem: EdlProblem;
  /** The step at fault and its index. */
  readonly step: StepNode;
  readonly at: number;
}

/** One way in which steps that do not fit together are read (docs/edl.md#mends). */
export interface StepRule {
  readonly id: `N${number}`;
  readonly code: EdlMendCode;
  readonly of: readonly EdlErrorCode[];
  mend(broken: BrokenStep): MendedSteps | undefined;
}

/** Tried in this order for the first thing that is wrong. */
export const STEP_RULES: readonly StepRule[] = [
  {
    id: 'N20',
    code: 'M_REPEATED',
    of: ['E_DUP_CLAUSE', 'E_REF_STALE', 'E_ALIAS_DUP', 'E_NAME_DUP', 'E_BLOCK_CLOSED'],
    mend: repeated,
  },
  { id: 'N41', code: 'M_GROUPS', of: ['E_RESERVE_AFTER_GROUP'], mend: groups },
  { id: 'N42', code: 'M_PASSED', of: ['E_REF_STALE'], mend: passed },
  { id: 'N43', code: 'M_JOIN_FIRST', of: ['E_ORDER'], mend: joinFirst },
  { id: 'N27', code: 'M_JOINED', of: ['E_BLOCK_NOT_CLOSED'], mend: joinedScan },
  { id: 'N44', code: 'M_RESULT', of: ['E_BLOCK_CLOSED'], mend: resultRead },
  { id: 'N45', code: 'M_SELECTED', of: ['E_RESULT_NOT_CLOSED', 'E_BLOCK_NOT_CLOSED'], mend: selected },
];

const replaced = (steps: readonly StepNode[], at: number, ...by: readonly StepNode[]): StepNode[] => [
  ...steps.slice(0, at),
  ...by,
  ...steps.slice(at + 1),
];

/** A step that says what the one before says, of the same rows, is left out. */
function repeated({ steps, step, at }: BrokenStep): MendedSteps | undefined {
  const again = [at, ...steps.keys()].find((index) => isAgain(steps[index - 1], steps[index]));
  const [before, gone] = [steps[(again ?? 0) - 1], steps[again ?? 0]];
  if (again === undefined || !before || !gone || gone.number > step.number) return undefined;
  const kept = [...steps.slice(0, again), ...steps.slice(again + 1)];
  const says = `Step #${gone.number} repeats #${before.number} and is left out.`;
  return { steps: kept.map((one) => ({ ...one, body: renumbered(one.body, gone.number, before.number) })), says };
}

function isAgain(before: StepNode | undefined, step: StepNode | undefined): boolean {
  if (!before || !step || ['scan', 'subquery', 'verbatim', 'set'].includes(step.body.kind)) return false;
  const same = canonical(before.body) === canonical(renumbered(step.body, before.number, inputOf(before.body) ?? -1));
  return same || canonical(before.body) === canonical(step.body);
}

const inputOf = (body: StepBody): number | undefined => ('input' in body ? body.input : undefined);

/** "Keep rows" behind a Group whose condition is about the groups: it says an aggregate, or only what is grouped by. */
function groups({ steps, step, at }: BrokenStep): MendedSteps | undefined {
  const { body } = step;
  if (body.kind !== 'reserve') return undefined;
  const block = outline(steps.slice(0, at)).owner.get(body.input);
  if (!block || !isOfGroups(body.condition, block)) return undefined;
  const says = 'Behind a Group step groups are kept, not rows.';
  return { steps: replaced(steps, at, { ...step, body: { ...body, kind: 'having' } }), says };
}

function isOfGroups(expression: EdlExpression, block: OutlinedBlock): boolean {
  if (expression.kind === 'aggregate' || expression.kind === 'list') return true;
  if (expression.kind !== 'column') return partsOf(expression).every((part) => isOfGroups(part, block));
  const name = lastName(expression.name);
  return block.steps.some(({ body }) => {
    if (body.kind === 'compute') return body.name === expression.name && isOfGroups(body.expression, block);
    return body.kind === 'group' && body.keys.some((key) => key.kind === 'column' && lastName(key.name) === name);
  });
}

const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** A step that names one before a join or a sort of its block: these name no rows of their own, so the latest is meant. */
function passed({ steps, step, at }: BrokenStep): MendedSteps | undefined {
  const { body } = step;
  if (!('input' in body)) return undefined;
  const block = outline(steps.slice(0, at)).owner.get(body.input);
  const over = block?.steps.filter(({ number }) => number > body.input) ?? [];
  if (!block || !over.every(({ body: { kind } }) => ['join', 'sort', 'compute'].includes(kind))) return undefined;
  const latest = latestOf(block);
  const says = `${sayStep(body.input)} is read as ${sayStep(latest)}, the latest step of its block.`;
  return { steps: replaced(steps, at, { ...step, body: { ...body, input: latest } }), says };
}

/** A join behind a filter of rows comes before it: for inner and left joins that is the same. */
function joinFirst({ steps, step, at }: BrokenStep): MendedSteps | undefined {
  const { body } = step;
  const before = steps.slice(0, at);
  const block = outline(before).blocks.findLast(({ isClosed }) => !isClosed);
  const first = block?.steps.find((one) => one.body.kind === 'reserve');
  if (body.kind !== 'join' || !['inner', 'left'].includes(body.type) || !block || !first) return undefined;
  if (block.steps.some((one) => one.body.kind === 'group')) return undefined;
  const index = before.indexOf(first);
  const number = (first.number + (before[index - 1]?.number ?? 0)) / 2;
  const filter: StepNode = { ...first, body: renumbered(first.body, inputOf(first.body) ?? -1, number) };
  const rest = [filter, ...before.slice(index + 1), ...steps.slice(at + 1)];
  const latest = latestOf(block);
  const moved = rest.map((one) => ({ ...one, body: renumbered(one.body, step.number, latest) }));
  const says = `The join of step #${step.number} comes before the rows are kept.`;
  return { steps: [...before.slice(0, index), { ...step, number }, ...moved], says };
}

/** `Join #2 on …`, where #2 only reads a table: the table is joined. */
function joinedScan({ steps, step, at }: BrokenStep): MendedSteps | undefined {
  const { body } = step;
  if (body.kind !== 'join' || body.source.kind !== 'step') return undefined;
  const block = outline(steps.slice(0, at)).owner.get(body.source.step);
  const [scan, ...more] = block?.steps ?? [];
  if (scan?.body.kind !== 'scan' || more.length || scan.body.source?.kind !== 'table') return undefined;
  const source: EdlSource = {
    ...scan.body.source,
    ...(body.source.alias === undefined ? {} : { alias: body.source.alias }),
  };
  const mended = { ...step, body: { ...body, source } };
  const says = sayReading(`#${scan.number}`, bracket(source.name));
  // The table is read once: by the join.
  const without = steps.filter((one) => one !== scan);
  return { steps: replaced(without, without.indexOf(step), mended), says };
}

/** A step that goes on from a result reads it like a table, if the result has all that it names. */
function resultRead({ steps, step, at }: BrokenStep): MendedSteps | undefined {
  const { body } = step;
  if (!('input' in body)) return undefined;
  const before = steps.slice(0, at);
  const block = outline(before).owner.get(body.input);
  const columns = block && latestOf(block) === body.input ? columnsOf(before, body.input) : undefined;
  const named = columnsIn(body);
  if (!columns || !named.every(({ name }) => columns.names.has(lastName(name)))) return undefined;
  if (columns.aggregates && aggregates(body)) return undefined;
  const number = (step.number + (before.at(-1)?.number ?? 0)) / 2;
  const alias = freeAlias(before);
  const scan: StepNode = {
    number,
    body: { kind: 'scan', source: { kind: 'step', step: body.input, alias }, nested: false },
    ...(step.span ? { span: step.span } : {}),
  };
  const bare = mapBody({ ...body, input: number }, (one) =>
    one.kind === 'column' ? { kind: 'column', name: spelt(one.name) } : one,
  );
  const says = `Step #${step.number} reads the result of #${body.input}.`;
  return { steps: replaced(steps, at, scan, { ...step, body: bare }), says };
}

const spelt = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function freeAlias(steps: readonly StepNode[]): string {
  const used = new Set(
    steps.flatMap(({ body }) => ('source' in body && body.source && 'alias' in body.source ? [body.source.alias] : [])),
  );
  const [free = 'r'] = ['r', ...Array.from({ length: steps.length }, (_, at) => `r${at + 2}`)].filter(
    (one) => !used.has(one),
  );
  return free;
}

/** The columns of a result by their last names; undefined where not all of them can be told. */
function columnsOf(
  steps: readonly StepNode[],
  number: number,
): { readonly names: ReadonlySet<string>; readonly aggregates: boolean } | undefined {
  const block = outline(steps).owner.get(number);
  const set = block?.steps.find(({ body }) => body.kind === 'set')?.body;
  if (set?.kind === 'set') return columnsOf(steps, set.left);
  const items = block?.steps.flatMap(({ body }) => ('items' in body ? body.items : [])) ?? [];
  const names = items.map(nameOf);
  if (!items.length || names.some((name) => name === undefined)) return undefined;
  return {
    names: new Set(names.flatMap((name) => (name === undefined ? [] : [name]))),
    aggregates: items.some(({ expression }) => expression.kind === 'aggregate'),
  };
}

const nameOf = ({ expression, alias }: EdlItem): string | undefined =>
  alias?.toLowerCase() ??
  (expression.kind === 'column' ? lastName(expression.name) : expression.kind === 'aggregate' ? '' : undefined);

/** A result that is never closed but ends in a computed value, or only reads another result: what is selected is plain. */
function selected({ steps, step, problem, at }: BrokenStep): MendedSteps | undefined {
  if (problem.code === 'E_RESULT_NOT_CLOSED') {
    const number = Math.floor(step.number) + 1;
    const mended = closing(steps, step.number, true);
    return mended && { steps: [...steps, { number, body: mended.body }], says: mended.says };
  }
  const open = namedIn(step.body).find((number) => closing(steps.slice(0, at), number));
  const mended = open === undefined ? undefined : closing(steps.slice(0, at), open);
  const index = steps.findIndex(({ number }) => number === open);
  const last = steps[index];
  if (!mended || !last || mended.body.kind !== 'select') return undefined;
  // The Select takes the number, so that what names it names the result.
  const number = (last.number + (steps[index - 1]?.number ?? 0)) / 2;
  const body = { ...mended.body, input: mended.body.input === last.number ? number : mended.body.input };
  return { steps: replaced(steps, index, { ...last, number }, { ...last, body }), says: mended.says };
}

/** @param last whether these are the last rows of the text, which are shown whole where nothing is selected of them. */
function closing(
  steps: readonly StepNode[],
  number: number,
  last = false,
): { readonly body: StepBody; readonly says: string } | undefined {
  const block = outline(steps).owner.get(number);
  const end = block?.steps.at(-1);
  if (!block || block.isClosed || end?.number !== number || block.steps.some(({ body }) => body.kind === 'group'))
    return undefined;
  const select = (items: readonly EdlItem[]): StepBody => ({ kind: 'select', input: number, distinct: false, items });
  if (end.body.kind === 'compute') {
    const { name } = end.body;
    return {
      body: select([{ expression: { kind: 'column', name } }]),
      says: `The computed ${bracket(name)} is selected.`,
    };
  }
  const [scan] = block.steps;
  const readsResult = scan?.body.kind === 'scan' && scan.body.source?.kind === 'step';
  if (!readsResult && !(last && ['reserve', 'sort', 'limit'].includes(end.body.kind))) return undefined;
  const says = readsResult ? 'All columns of the result are selected.' : 'Nothing is selected: all columns are.';
  return { body: select([{ expression: { kind: 'star' } }]), says };
}

// Parts of steps

/** A copy of a step's body with its expressions mapped, from the outside inwards, and the numbers of the steps that it names. */
export function mapBody(
  body: StepBody,
  expression: (part: EdlExpression) => EdlExpression,
  number: (step: number) => number = (step) => step,
): StepBody {
  const one = (part: EdlExpression): EdlExpression => mapParts(expression(part), { expression: one, query: number });
  const items = (all: readonly EdlItem[]) => all.map((item) => ({ ...item, expression: one(item.expression) }));
  const source = <S extends EdlSource | undefined>(from: S): S =>
    from?.kind === 'step' ? { ...from, step: number(from.step) } : from;
  switch (body.kind) {
    case 'scan':
      return { ...body, source: source(body.source) };
    case 'subquery':
      return { ...body, source: source(body.source), items: items(body.items) };
    case 'join':
      return { ...body, source: source(body.source), on: body.on && one(body.on) };
    case 'reserve':
    case 'having':
      return { ...body, input: number(body.input), condition: one(body.condition) };
    case 'group':
      return { ...body, input: number(body.input), keys: body.keys.map(one) };
    case 'sort':
      return {
        ...body,
        input: number(body.input),
        keys: body.keys.map((key) => ({ ...key, expression: one(key.expression) })),
      };
    case 'limit':
      return { ...body, input: number(body.input) };
    case 'select':
      return { ...body, input: number(body.input), items: items(body.items) };
    case 'set':
      return { ...body, left: number(body.left), right: number(body.right) };
    case 'compute':
      return { ...body, expression: one(body.expression) };
    case 'verbatim':
      return body;
  }
}

const same = (part: EdlExpression): EdlExpression => part;
const renumbered = (body: StepBody, from: number, to: number): StepBody =>
  mapBody(body, same, (number) => (number === from ? to : number));

function columnsIn(body: StepBody): Extract<EdlExpression, { kind: 'column' }>[] {
  const columns: Extract<EdlExpression, { kind: 'column' }>[] = [];
  mapBody(body, (part) => {
    if (part.kind === 'column') columns.push(part);
    return part;
  });
  return columns;
}

function aggregates(body: StepBody): boolean {
  let found = false;
  mapBody(body, (part) => {
    found ||= part.kind === 'aggregate';
    return part;
  });
  return found;
}

/** The steps whose results a step uses. */
function namedIn(body: StepBody): number[] {
  const numbers: number[] = [];
  mapBody(body, same, (number) => {
    if (number !== inputOf(body)) numbers.push(number);
    return number;
  });
  return numbers;
}

// Names and calls, which need no block

/** A mend of one step, as it is said. */
export interface StepMend {
  readonly code: EdlMendCode;
  readonly step: number;
  readonly says: string;
}

export interface MendedNames {
  readonly steps: readonly StepNode[];
  readonly mends: readonly StepMend[];
}

/** N46: tables that the catalog spells otherwise, in singular or plural, or without the database before them. */
export function mendTables(steps: readonly StepNode[], names: KnownNames): MendedNames {
  const results = new Set(steps.flatMap(({ body }) => ('name' in body && body.kind !== 'compute' ? [body.name] : [])));
  const mends: StepMend[] = [];
  const mended = steps.map((step): StepNode => {
    const { body } = step;
    if (!('source' in body) || body.source?.kind !== 'table' || results.has(body.source.name)) return step;
    const { source } = body;
    const table = meantTable(source.name, source.schema, names);
    if (!table) return step;
    mends.push({ code: 'M_TABLE', step: step.number, says: sayReading(bracket(source.name), bracket(table.name)) });
    const { schema: _, ...rest } = source;
    const schema = source.schema === undefined || table.schema === undefined ? {} : { schema: table.schema };
    return { ...step, body: { ...body, source: { ...rest, ...schema, name: table.name } } };
  });
  return { steps: mended, mends };
}

/** The one table that a name means which the catalog has not. */
function meantTable(name: string, schema: string | undefined, names: KnownNames): Table | undefined {
  const { catalog } = names;
  if (!catalog || findTable(catalog, name, schema)) return undefined;
  const [, before, rest] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
  const fits = (table: Table) =>
    schema === undefined && before !== undefined && table.schema !== undefined
      ? table.schema.toLowerCase() === before.toLowerCase() || before === catalog.databaseId
      : schema === undefined || table.schema === undefined || table.schema.toLowerCase() === schema.toLowerCase();
  const alike = names.tables(name).length ? names.tables(name) : names.tables(rest ?? '');
  const exact = alike.filter((table) => table.name.toLowerCase() === (rest ?? name).toLowerCase());
  const [only, ...others] = (exact.length ? exact : alike).filter(fits);
  return others.length ? undefined : only;
}

/** N36 and N40: `AVG([x])`, one value in the parentheses, is the average of it; and the rank of a column is that of the row. */
export function mendCalls(steps: readonly StepNode[]): MendedNames {
  const mends: StepMend[] = [];
  const mended = steps.map((step) => {
    const call = (part: EdlExpression): EdlExpression => {
      const read = callRead(part);
      if (read) mends.push({ code: read.code, step: step.number, says: read.says });
      return read?.as ?? part;
    };
    return { ...step, body: mapBody(step.body, call) };
  });
  return { steps: mended, mends };
}

function callRead(part: EdlExpression) {
  if (part.kind === 'window' && RANKS.has(part.name) && part.args.length) {
    const says = `${part.name} ranks rows: what it is of is left out.`;
    return { code: 'M_WINDOW', as: { ...part, args: [] }, says } as const;
  }
  const [argument, ...more] = part.kind === 'function' ? part.args : [];
  if (part.kind !== 'function' || !argument || more.length || part.name === 'TOTAL') return undefined;
  const word = AGGREGATES_SAID.get(part.name.toLowerCase());
  const name = AGGREGATE_NAMES.find((one) => AGGREGATE_WORDS[one] === word);
  if (name === undefined) return undefined;
  const as: EdlExpression = { kind: 'aggregate', name, distinct: false, argument };
  return { code: 'M_AGGREGATE', as, says: sayReading(`${part.name}(…)`, `the ${word} of …`) } as const;
}

const AGGREGATE_NAMES = ['count', 'sum', 'avg', 'min', 'max'] as const;
