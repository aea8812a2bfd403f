import type { Column } from '#src/domain/catalog.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { type FramePart, partsOfFrame } from './frame-parts.ts';
import type { ColumnRef, Mention } from './lexicon.ts';
import { bareScore, bestScore, FULL, isOfTime, NEAR, nameOf, PART, quoted, type Reading, scoreOf } from './naming.ts';

/** "cities" of a column `city_code`: what is shown or measured must bear most of the name. */
export function partlyNamed(reading: Reading): string | undefined {
  const { frame, sentence } = reading;
  for (const part of partsOfFrame(frame)) {
    const { kind, ref } = part;
    const score = Math.max(bestScore(sentence, ref), ...sentence.mentions.map((one) => bareScore(one, ref)));
    if (!WEAKLY.has(kind) || score === 0 || score >= PART || isUsual(part, reading)) continue;
    const mention = sentence.mentions.find((one) => bareScore(one, ref) === score);
    if (mention && (kind === 'measured' || kind === 'order') && isOnlyMeasure(ref, mention, reading)) continue;
    if (mention && kind === 'group' && isOnlyKind(ref, mention, reading)) continue;
    if (mention && kind !== 'measured' && isOnlyName(ref, mention, reading)) continue;
    if (mention) return `I am not sure that ${quoted(sentence, mention)} means ${nameOf(ref)}.`;
  }
  return undefined;
}

const WEAKLY: ReadonlySet<FramePart['kind']> = new Set(['shown', 'counted', 'group', 'order', 'measured']);

/** What a table that is named is usually shown, grouped or sorted by: its label, its key, its date. */
function isUsual({ kind, ref }: FramePart, { frame, sentence, resolver }: Reading): boolean {
  const named = sentence.mentions.some((one) =>
    one.tables.some(({ target, score }) => target === ref.table && score >= NEAR),
  );
  if (!named) return false;
  const isDate = resolver.eventDate(ref.table)?.column === ref.column;
  if (kind === 'order' && !frame.groups.some((group) => group.ref.column === ref.column))
    return (
      (isDate && isOfTime(sentence)) || frame.items.some((item) => 'ref' in item && item.ref.column === ref.column)
    );
  return (
    isDate || [...resolver.labels(ref.table), resolver.key(ref.table)].some((usual) => usual?.column === ref.column)
  );
}

/** "capacity" of `student_capacity`: the last word of its name, and no other column of what is asked about bears it. */
function isOnlyMeasure(
  ref: ColumnRef,
  mention: Mention,
  { sentence, resolver, built: { main, edges } }: Reading,
): boolean {
  if (ref.column.kind !== 'number' || !isMeasureRole(roleOf(ref, resolver.catalog))) return false;
  const wordsIn = ({ column }: ColumnRef) => splitIdentifier(column.title ?? column.name).map(stem);
  const head = wordsIn(ref).at(-1) ?? '';
  if (/^(?:number|count|total|amount|id|code)$/.test(head)) return false;
  if (!sentence.tokens.slice(mention.start, mention.end).some((token) => token.stem === head)) return false;
  return [main, ...edges.map(({ to }) => to)].every((table) =>
    table.columns.every((column) => column === ref.column || !wordsIn({ table, column }).includes(head)),
  );
}

/** "by fuel" of `fuel_type`: a kind, which no other column of its table tells. */
function isOnlyKind({ table, column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const wordsIn = ({ name, title }: Column) => splitIdentifier(title ?? name).map(stem);
  const [word = '', kind = '', ...more] = wordsIn(column);
  if (
    more.length ||
    !/^(?:type|kind|categori|category|class)$/.test(kind) ||
    roleOf({ table, column }, resolver.catalog) !== 'category'
  )
    return false;
  const said = sentence.tokens.slice(mention.start, mention.end).some((token) => token.stem === word);
  return said && table.columns.every((other) => other === column || !wordsIn(other).includes(word));
}

/** "amenities" of `amenity_name`, "status" of `status_code`: all but what kind of name it is, and no other column of the database bears it. */
function isOnlyName({ column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const wordsIn = ({ name, title }: Column) => splitIdentifier(title ?? name).map(stem);
  const words = wordsIn(column);
  const kind = words.at(-1) ?? '';
  const said = new Set(sentence.tokens.slice(mention.start, mention.end).map((token) => token.stem));
  if (column.kind !== 'text' || words.length < 2 || !/^(?:name|title|code)$/.test(kind)) return false;
  const own = words.slice(0, -1);
  return (
    own.every((word) => said.has(word)) &&
    resolver.catalog.tables.every((table) =>
      table.columns.every((other) => other.name === column.name || !own.every((word) => wordsIn(other).includes(word))),
    )
  );
}

/** "nationality of our employees" of the country of their offices: a name that is said otherwise, of a table that is not said at all. */
export function namedElsewhere(reading: Reading): string | undefined {
  const { frame, sentence, resolver } = reading;
  if (!resolver.named.some((table) => resolver.isSaid(table))) return undefined;
  for (const { kind, ref } of partsOfFrame(frame)) {
    if (kind !== 'shown' || resolver.isInWords(ref.table)) continue;
    const score = bestScore(sentence, ref);
    if (score === 0 || score >= FULL) continue;
    const mention = sentence.mentions.find((one) => scoreOf(one, ref) === score);
    if (mention) return `I am not sure that ${quoted(sentence, mention)} means ${nameOf(ref)}.`;
  }
  return undefined;
}
