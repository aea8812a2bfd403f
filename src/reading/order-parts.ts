import type { Words } from '#src/domain/reading.ts';
import { sayWords } from '#src/domain/reading.ts';
import type { SelectIr, SortKeyIr } from '#src/sql/query-ir.ts';
import { partOfDate } from './date-part.ts';
import { isSame, type Outline } from './outline.ts';
import type { Edit, Part } from './part.ts';
import { expressionWords, withoutDress } from './say-expression.ts';
import { name, text } from './say-names.ts';
import { columnAt, type Statement } from './statement.ts';

/** How the rows are sorted and cut; nothing where it cannot be said. */
export function orderParts(outline: Outline): readonly Part[] | undefined {
  const { statement } = outline;
  const { orderBy, limit } = statement.query;
  const words = orderBy.map((key) => keyWords(key, outline));
  if (!words.every((one) => one !== undefined)) return undefined;
  const [first, ...rest] = words;
  const order: Part[] = first
    ? [
        {
          kind: 'order',
          words: [first, ...rest].flatMap((one, at) => (at ? [text(', then '), ...one] : one)),
          edits: turned(outline),
        },
      ]
    : [];
  if (limit === undefined) return [...order, ...unsorted(outline)];
  const said: Words =
    limit === 1 && first
      ? [text('only the '), name('first')]
      : [text(first ? 'the first ' : 'any '), name(String(limit))];
  const edits: Edit[] = [
    { words: 'without the limit', becomes: undefined, query: { ...statement.query, limit: undefined } },
  ];
  return [...order, ...unsorted(outline), { kind: 'limit', words: said, edits }];
}

/** Which end comes first, in words that fit what is sorted by. */
function keyWords(key: SortKeyIr, { statement, measures }: Outline): Words | undefined {
  const bare = withoutDress(key.expression);
  const [low, high] = ends(key, statement);
  const end = key.descending ? high : low;
  const [only, ...more] = measures;
  if (only && !more.length && isSame(withoutDress(only.expression), bare)) return [text(`${end}`)];
  const said = expressionWords(bare, statement);
  return said && [text('sorted by '), ...said, text(`, ${end}`)];
}

function ends({ expression }: SortKeyIr, statement: Statement): readonly [low: string, high: string] {
  const part = partOfDate(expression);
  const kind = columnAt(part?.date ?? expression, statement)?.column.kind;
  if (kind === 'date' || kind === 'timestamp') return ['earliest first', 'latest first'];
  return kind === 'text' ? ['A to Z', 'Z to A'] : ['lowest first', 'highest first'];
}

/** The other end first. */
function turned(outline: Outline): readonly Edit[] {
  const { query } = outline.statement;
  const [first, ...rest] = query.orderBy;
  if (!first) return [];
  const other = { ...first, descending: !first.descending };
  const said = keyWords(other, outline);
  const all = [other, ...rest].map((key) => keyWords(key, outline));
  if (!said || !all.every((one) => one !== undefined)) return [];
  const becomes = sayWords(all.flatMap((one, at) => (at ? [text(', then '), ...one] : one)));
  return [{ words: sayWords(said), becomes, query: { ...query, orderBy: [other, ...rest] } }];
}

/** Groups in no order can be put in one, by what is measured of them. */
function unsorted({ statement: { query }, measures, groups }: Outline): readonly Part[] {
  const [only, ...more] = measures;
  if (query.orderBy.length || !only || more.length || !groups.length) return [];
  const sorted = (descending: boolean): Edit => {
    const words = descending ? 'highest first' : 'lowest first';
    const made: SelectIr = { ...query, orderBy: [{ expression: only.expression, descending }] };
    return { words, becomes: words, query: made };
  };
  return [{ kind: 'order', words: [text('in no order')], isUnsaid: true, edits: [sorted(true), sorted(false)] }];
}
