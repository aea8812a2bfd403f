import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import {
  canonical,
  EMPTY_SELECT,
  type ExpressionIr,
  mapParts,
  mapQuery,
  type QueryIr,
  type SelectIr,
} from '#src/sql/query-ir.ts';
import { type Source, sourcesRead } from '../mending/sources.ts';
import {
  type Check,
  type Correction,
  counted,
  type Finding,
  failed,
  look,
  NOT_APPLICABLE,
  outerSelect,
  passed,
  type Subject,
  told,
} from './check.ts';
import {
  type AggregateIr,
  aggregatesOf,
  countOf,
  type Joined,
  joinedInOrder,
  joinedOf,
  keyOf,
  manyOf,
  measuredIn,
  number,
  singlesOf,
} from './joined.ts';

/** What is added up, averaged or counted, and whose rows it is of. */
interface Measured {
  readonly aggregate: AggregateIr;
  readonly source: Source;
}

/**
 * Whether a join repeats the rows that are summed, averaged or counted: told by keys where no row can meet several of another table, else
 * by looking for one that comes up twice within a group. Of a list whether rows of it say the same.
 */
export const checkRepeats: Check = (subject) => {
  const select = outerSelect(subject);
  if (select && isList(select)) return checkList(select, subject);
  const joined = select?.joins.length ? joinedOf(select, subject.catalog) : undefined;
  if (!select || !joined) return NOT_APPLICABLE;
  const measured = measuredOf(select, joined, subject.question);
  if (!measured.length) return NOT_APPLICABLE;
  const repeated = measured.filter(({ source }) => manyOf(source, joined).length > 0);
  if (!repeated.length) return passed('By the keys of the tables, no row is counted twice.');
  const doubt: Doubt = { select, joined, subject };
  const doubtful = repeated.filter((one) => one.aggregate.name === 'count' || !isMeantSo(one, doubt));
  return doubtful.length ? lookAt(doubtful, doubt) : NOT_APPLICABLE;
};

const isList = (select: SelectIr) =>
  !select.distinct && !select.groupBy.length && select.limit === undefined && !aggregatesOf(select).length;

function checkList(select: SelectIr, { table: { rows } }: Subject): Finding {
  const different = new Set(rows.map((row) => JSON.stringify(row.map(String)))).size;
  if (different === rows.length) return rows.length > 1 ? passed('No two rows say the same.') : NOT_APPLICABLE;
  const shown = new Set(select.items.map(({ expression }) => canonical(expression)));
  const says = `Rows say the same: of ${counted(rows.length)} only ${counted(different)} ${different === 1 ? 'is' : 'are'} different.`;
  // what is sorted by must be shown where each row is shown once
  if (!select.orderBy.every(({ expression }) => shown.has(canonical(expression)))) return told(says);
  return told(says, { query: { ...select, distinct: true }, from: 'all rows', to: 'without repeated rows' });
}

interface Doubt {
  readonly select: SelectIr;
  readonly joined: Joined;
  readonly subject: Subject;
}

/** One doubtful measure after another; each is looked at by its own table's key. */
function lookAt([next, ...rest]: readonly Measured[], doubt: Doubt): Finding {
  if (!next) return passed('No row is counted twice within a group.');
  const { select, subject, joined } = doubt;
  const { source } = next;
  const key = keyOf(source);
  if (!key.length) return rest.length ? lookAt(rest, doubt) : NOT_APPLICABLE;
  return look(repeatedRow(select, key), ({ rows }) =>
    rows.length
      ? failed(saysRepeated(next, doubt), correctionFor(next, doubt))
      : lookAt(skipSame(rest, source), { select, joined, subject }),
  );
}

const skipSame = (rest: readonly Measured[], source: Source) => rest.filter((one) => one.source !== source);

/** A row of a table, by its key, that the joined rows of one group have several times; nothing where there is none. */
export function repeatedRow(
  { from, joins, where, groupBy }: SelectIr,
  key: readonly ExpressionIr[],
  within: readonly ExpressionIr[] = groupBy,
): QueryIr {
  const times = countOf(key[0]);
  return {
    ...EMPTY_SELECT,
    items: [{ expression: times, alias: 'times' }],
    from,
    joins,
    where,
    groupBy: [...within, ...key],
    having: { kind: 'compare', operator: '>', left: times, right: number(1) },
    limit: 1,
  };
}

function measuredOf(select: SelectIr, joined: Joined, question: string): readonly Measured[] {
  const counted = countedIn(question, joined.sources);
  return aggregatesOf(select).flatMap((aggregate): Measured[] => {
    const { name, distinct, argument } = aggregate;
    if (distinct || name === 'min' || name === 'max') return [];
    if (name === 'count') return counted ? [{ aggregate, source: counted }] : [];
    const source = argument && measuredIn(argument, joined);
    return source ? [{ aggregate, source }] : [];
  });
}

const COUNTS =
  /\b(?:how many|numbers? of|counts? of|count (?:the|all))\s+(?:(?:the|of|all|our|different|distinct|unique)\s+)*(?=([\p{L}\p{N}_-]+(?:\s+[\p{L}\p{N}_-]+){0,3}))/giu;
/** Words for several things that do not end in s. */
const PLURALS = /^(?:people|children|men|women|staff|persons|data|criteria|phenomena|species|series|analyses)$/;

/** The table whose rows a question counts: the only one that is named, in the plural, right after "how many" or "number of". */
export function countedIn(question: string, sources: readonly Source[]): Source | undefined {
  const counted = new Set(
    [...question.matchAll(COUNTS)].flatMap(([, said = '']) => namedFirst(splitIdentifier(said), sources) ?? []),
  );
  const [only] = counted;
  return counted.size === 1 ? only : undefined;
}

function namedFirst(said: readonly string[], sources: readonly Source[]): Source | undefined {
  const words = said.map(stem);
  const named = sources
    .map((source) => ({ source, name: nameWords(source) }))
    .filter(({ name }) => name.length > 0 && name.every((word, at) => words[at] === word))
    .filter(({ name }) => isPlural(said[name.length - 1] ?? ''))
    .sort((a, b) => b.name.length - a.name.length);
  const [first, second] = named;
  return first && (!second || second.name.length < first.name.length) ? first.source : undefined;
}

const isPlural = (word: string) => /[^s]s$/.test(word) || PLURALS.test(word);
const nameWords = ({ table }: Source): readonly string[] => splitIdentifier(table.title ?? table.name).map(stem);

/**
 * Whether a question is about the rows that the join makes: it names a table that meets the measured one several times and not the
 * measured one, as in "total credits of all classes", where the credits are those of a class's course.
 */
function isMeantSo({ source }: Measured, { joined, subject: { question } }: Doubt): boolean {
  const words = new Set(splitIdentifier(question).map(stem));
  const isNamed = (one: Source) => nameWords(one).every((word) => words.has(word));
  if (isNamed(source)) return false;
  const met = joined.links.flatMap(({ left, right }) =>
    left.source === source ? [right.source] : right.source === source ? [left.source] : [],
  );
  return manyOf(source, joined).some((one) => met.includes(one) && isNamed(one));
}

const nameOf = ({ table }: Source, { engine }: DatabaseCatalog) => tableLabel(table, engine);

function saysRepeated({ aggregate, source }: Measured, { joined, subject: { catalog } }: Doubt): string {
  const many = manyOf(source, joined)
    .map((one) => nameOf(one, catalog))
    .join(', ');
  const does = aggregate.name === 'sum' ? 'added up' : aggregate.name === 'avg' ? 'averaged' : 'counted';
  return `a row of ${nameOf(source, catalog)} is ${does} once for each row of ${many} that it meets.`;
}

function correctionFor(measured: Measured, { select, joined, subject }: Doubt): Correction | undefined {
  const { aggregate, source } = measured;
  // A mean over what repeats may be meant: of the stations of all trips, of the grades of all enrolments.
  if (aggregate.name === 'avg') return undefined;
  const [key, ...more] = keyOf(source);
  if (!key || more.length) return undefined;
  const name = nameOf(source, subject.catalog);
  const query =
    aggregate.name === 'count' ? countedOnce(select, aggregate, key) : withoutRepeats(select, source, key, joined);
  return query && { query, says: `Each row of ${name} is counted once: joined tables repeated some of them.` };
}

/** The query with a count of rows as one of different keys. */
const countedOnce = (select: SelectIr, counts: AggregateIr, key: ExpressionIr): QueryIr =>
  replaced(select, counts, countOf(key, true));

/** A SELECT with an expression of its own in another's place, wherever it stands. */
function replaced(select: SelectIr, old: ExpressionIr, by: ExpressionIr): QueryIr {
  const wanted = canonical(old);
  const change = (one: ExpressionIr): ExpressionIr =>
    canonical(one) === wanted ? by : mapParts(one, { expression: change, query: (query) => query });
  return mapQuery(select, { expression: change, source: (one) => one, query: (one) => one });
}

/**
 * The same figures over each row once: the tables that repeat it only say which rows are meant, so they go into a condition. Undefined where
 * more than that is read of them.
 */
function withoutRepeats(select: SelectIr, source: Source, key: ExpressionIr, joined: Joined): QueryIr | undefined {
  const { items, groupBy, having, orderBy, distinct, limit, offset } = select;
  if (select.joins.some(({ type }) => type !== 'inner')) return undefined;
  if (aggregatesOf(select).some((one) => one.name === 'count' && !one.distinct)) return undefined;
  const kept = singlesOf(source, joined);
  const read = [...sourcesRead([items, groupBy, having, orderBy], joined.sources)];
  if (!read.every((one) => kept.includes(one)) || hasStar(items.map(({ expression }) => expression))) return undefined;
  const inner: SelectIr = {
    ...EMPTY_SELECT,
    items: [{ expression: key }],
    from: select.from,
    joins: select.joins,
    where: select.where,
  };
  const once = joinedInOrder(select, kept, joined, 'inner');
  if (!once) return undefined;
  return {
    ...EMPTY_SELECT,
    distinct,
    items,
    ...once,
    where: { kind: 'in-query', negated: false, value: key, query: inner },
    groupBy,
    having,
    orderBy,
    limit,
    offset,
  };
}

const hasStar = (parts: readonly ExpressionIr[]) => parts.some(({ kind }) => kind === 'star');
