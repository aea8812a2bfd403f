import type { Column } from '#src/domain/catalog.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { type FramePart, partsOfFrame } from './frame-parts.ts';
import type { ColumnRef, Mention } from './lexicon.ts';
import { bareScore, bestScore, FULL, isOfTime, NEAR, nameOf, PART, quoted, type Reading, scoreOf } from './naming.ts';
import { isOfPeople } from './people.ts';
import { UNITS } from './units.ts';

const MEASURED: ReadonlySet<FramePart['kind']> = new Set(['measured', 'order', 'shown']);

/** "cities" of a column `city_code`: what is shown or measured must bear most of the name. */
export function partlyNamed(reading: Reading): string | undefined {
  const { frame, sentence } = reading;
  for (const part of partsOfFrame(frame)) {
    const { kind, ref } = part;
    const score = Math.max(bestScore(sentence, ref), ...sentence.mentions.map((one) => bareScore(one, ref)));
    if (!WEAKLY.has(kind) || score === 0 || score >= PART || isUsual(part, reading)) continue;
    // "days from order to shipment": the day of each, which its word alone names
    if (
      frame.items.some(
        (item) => item.kind === 'duration' && [item.from, item.to].some((day) => day.column === ref.column),
      )
    )
      continue;
    const mention = sentence.mentions.find((one) => bareScore(one, ref) === score);
    if (mention && MEASURED.has(kind) && isOnlyMeasure(part, mention, reading)) continue;
    const groups =
      kind === 'group' || (kind === 'shown' && frame.groups.some((group) => group.ref.column === ref.column));
    if (mention && groups && (isOnlyKind(ref, mention, reading) || isOnlyHead(ref, mention, reading))) continue;
    if (mention && kind !== 'measured' && isOnlyName(ref, mention, reading)) continue;
    if (mention && kind !== 'measured' && kind !== 'counted' && isOnlyBearer(ref, mention, reading)) continue;
    // "the most expensive product": by its price, of whose name the table's is a part
    if (mention && kind === 'order' && mention.tables.some((one) => one.score >= NEAR && one.target === ref.table))
      continue;
    if (mention) return `I am not sure that ${quoted(sentence, mention)} means ${nameOf(ref)}.`;
  }
  return undefined;
}

const wordsIn = ({ name, title }: Column) => splitIdentifier(title ?? name).map(stem);

const WEAKLY: ReadonlySet<FramePart['kind']> = new Set(['shown', 'counted', 'group', 'order', 'measured']);

/** What a table that is named is usually shown, grouped or sorted by: its label, its key, its date. */
function isUsual({ kind, ref }: FramePart, { frame, sentence, resolver }: Reading): boolean {
  const grouped =
    frame.groups.some((group) => group.kind === 'column' && group.entity && group.ref.column === ref.column) ||
    frame.within?.groups.some(({ column }) => column === ref.column);
  // "designers, names and salary": what people are called by, of people told by their job
  const isCalled =
    isOfPeople(ref.table, resolver) && resolver.labels(ref.table).some(({ column }) => column === ref.column);
  if (kind === 'shown' && ref.table === frame.main && isCalled) return true;
  const named = sentence.mentions.some((one) =>
    // "by group" of item groups, whatever their columns are called
    one.tables.some(({ target, score }, at) => target === ref.table && (score >= NEAR || (grouped && at === 0))),
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

/** Words that say no more than that a number is an amount: "freight" is `freight_amt`. */
const AMOUNT = /^(?:amount|amt|total|tot|value|val|sum|cost|price|fee)$/;

/** "capacity" of `student_capacity`, "freight" of `freight_amt`: the word that says what is measured, and no other column of what is asked about bears it. */
function isOnlyMeasure(
  { kind, ref }: FramePart,
  mention: Mention,
  { sentence, resolver, built: { main, edges } }: Reading,
): boolean {
  if (ref.column.kind !== 'number' || !isMeasureRole(roleOf(ref, resolver.catalog))) return false;
  const own = wordsIn(ref.column);
  const head = own.at(-1) ?? '';
  const said = new Set(sentence.tokens.slice(mention.start, mention.end).map((token) => token.stem));
  const bare = AMOUNT.test(head) && own.length > 1 ? own.slice(0, -1) : [];
  const byBare = bare.length > 0 && bare.every((word) => said.has(word));
  const byHead = said.has(head) && !/^(?:number|count|total|amount|id|code)$/.test(head);
  // what is shown is named in full, but for its unit
  if (!byBare && !(byHead && (kind !== 'shown' || UNITS.has(sentence.tokens[mention.start]?.lower ?? ''))))
    return false;
  const telling = byBare ? bare : [head];
  const bears = (column: Column) => telling.every((word) => wordsIn(column).includes(word));
  return [main, ...edges.map(({ to }) => to)].every((table) =>
    table.columns.every((column) => column === ref.column || column.kind !== 'number' || !bears(column)),
  );
}

/** "per depot" of `home_depot`: the last word of its name, which no table and no other column of the database bears. */
function isOnlyHead({ table, column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const head = wordsIn(column).at(-1) ?? '';
  const { catalog } = resolver;
  if (roleOf({ table, column }, catalog) !== 'category' || !sentence.tokens[mention.end - 1]) return false;
  const said = sentence.tokens.slice(mention.start, mention.end).map((token) => token.stem);
  return (
    said.length === 1 &&
    said[0] === head &&
    catalog.tables.every(
      (one) =>
        !splitIdentifier(one.title ?? one.name)
          .map(stem)
          .includes(head) && one.columns.every((other) => other === column || !wordsIn(other).includes(head)),
    )
  );
}

/** "by fuel" of `fuel_type`: a kind, which no other column of its table tells. */
function isOnlyKind({ table, column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const [word = '', kind = '', ...more] = wordsIn(column);
  if (
    more.length ||
    !/^(?:type|kind|categori|category|class|level)$/.test(kind) ||
    (kind !== 'level' && roleOf({ table, column }, resolver.catalog) !== 'category')
  )
    return false;
  const said = sentence.tokens.slice(mention.start, mention.end).some((token) => token.stem === word);
  return said && table.columns.every((other) => other === column || !wordsIn(other).includes(word));
}

/** "amenities" of `amenity_name`, "status" of `status_code`: all but what kind of name it is, and no other column of the database bears it. */
function isOnlyName({ column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const words = wordsIn(column);
  const kind = words.at(-1) ?? '';
  const said = new Set(sentence.tokens.slice(mention.start, mention.end).map((token) => token.stem));
  if (column.kind !== 'text' || words.length < 2 || !/^(?:name|title|code|countri|citi|region)$/.test(kind))
    return false;
  const own = words.slice(0, -1);
  return (
    own.every((word) => said.has(word)) &&
    resolver.catalog.tables.every((table) =>
      table.columns.every((other) => other.name === column.name || !own.every((word) => wordsIn(other).includes(word))),
    )
  );
}

const isOfCount = ({ name }: Column) => /^(?:num(?:ber)?|no|count)_?of_|_(?:num(?:ber)?|count|amount)$/i.test(name);

const QUANTITY = /^(?:qty|quantiti)$/;

/** Words that too many columns bear to tell one of them. */
const VAGUE = /^(?:name|number|no|num|id|key|code|count|total|amount|order|value|time)$/;

/**
 * "date" of `date_formed`, "city" of `headquartered_city`: no other column bears the words, of what is asked about or, where its table is not
 * said, of the database. A population of cities (`city_population`) is no other city.
 */
function isOnlyBearer(
  { table, column }: ColumnRef,
  mention: Mention,
  { sentence, resolver, built: { main, edges } }: Reading,
): boolean {
  if (roleOf({ table, column }, resolver.catalog) === 'flag') return false;
  if (mention.tables.some((one) => one.score >= NEAR || one.target === table)) return false;
  const said = sentence.tokens.slice(mention.start, mention.end).map((token) => token.stem);
  const telling = said.filter((word) => !VAGUE.test(word));
  const own = wordsIn(column);
  if (!telling.length || !telling.every((word) => own.includes(word))) return false;
  // "stock" of `stock_qty`
  const head = own.filter((word) => !QUANTITY.test(word)).at(-1) ?? '';
  const isHead = said.includes(head);
  // "affected" of `number_city_affected` is what was done, and "components" of `num_of_component` what is counted
  const isOwn = table === main || resolver.isSaid(table);
  if ((isHead && /ed$/i.test(column.name)) || (column.kind === 'number' && (!isOwn || !isHead || isOfCount(column))))
    return false;
  const within = isOwn ? [main, ...edges.map(({ to }) => to)] : resolver.catalog.tables;
  return within.every((one) =>
    one.columns.every((other) => {
      const words = wordsIn(other);
      return (
        other.name === column.name ||
        !telling.every((word) => words.includes(word)) ||
        (isHead && !said.includes(words.at(-1) ?? ''))
      );
    }),
  );
}

/** "nationality of our employees" of the country of their offices: a name that is said otherwise, of a table that is not said at all. */
export function namedElsewhere(reading: Reading): string | undefined {
  const { frame, sentence, resolver } = reading;
  if (!resolver.named.some((table) => resolver.isSaid(table))) return undefined;
  for (const { kind, ref } of partsOfFrame(frame)) {
    if (kind !== 'shown' || resolver.isInWords(ref.table) || resolver.isSaid(ref.table)) continue;
    const score = bestScore(sentence, ref);
    if (score === 0 || score >= FULL) continue;
    const mention = sentence.mentions.find((one) => scoreOf(one, ref) === score);
    if (mention && !(ref.column.kind === 'text' && isOnlyBearer(ref, mention, reading)))
      return `I am not sure that ${quoted(sentence, mention)} means ${nameOf(ref)}.`;
  }
  return undefined;
}
