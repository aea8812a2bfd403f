import type { Table } from '#src/domain/catalog.ts';
import { flagOf, isYear } from '#src/domain/column-meaning.ts';
import type { AggregateFunction } from '#src/sql/query-ir.ts';
import { isKey, mayMeasure } from './column-roles.ts';
import type { Frame, Measure } from './frame.ts';
import { type ColumnRef, type Mention, saysOwner } from './lexicon.ts';
import { countFlag, isFlagNamed } from './read-flags.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';

const AGGREGATES: Readonly<Record<string, Exclude<AggregateFunction, 'count'>>> = {
  average: 'avg',
  avg: 'avg',
  mean: 'avg',
  total: 'sum',
  sum: 'sum',
  combined: 'sum',
  overall: 'sum',
  maximum: 'max',
  max: 'max',
  highest: 'max',
  largest: 'max',
  greatest: 'max',
  biggest: 'max',
  longest: 'max',
  latest: 'max',
  minimum: 'min',
  min: 'min',
  lowest: 'min',
  smallest: 'min',
  shortest: 'min',
  earliest: 'min',
  oldest: 'max',
  youngest: 'min',
};
const AGGREGATE = Object.keys(AGGREGATES).join('|');
/** What came in, by whatever name an amount has. */
const EARNED = /^(?:revenue|turnover|sales)\b/i;
const UNIQUE = '(?:different|distinct|unique|various)';

/** Reads what is asked for: counts and aggregates. They come first, for they say which table is counted. */
export function readMeasures(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const count = (code: string, distinct: boolean): boolean => {
    const table = resolver.table(code);
    const ref = resolver.column(code, frame.main);
    if (code[0] === 'T' || (code[0] === 'B' && table)) {
      if (/^ and (?:the |how many |number of )*[TB]\d/.test(sentence.text.split(` ${code}`)[1] ?? '')) return false; // two counts
      frame.main ??= table;
      if (table) frame.touched.add(table);
      frame.items.push({ kind: 'count', distinct: false, ...(table ? { table } : {}) });
      return true;
    }
    // "how many approved requests": of the table that follows, below
    const owned = new RegExp(` ${code} [TB]\\d`).test(sentence.text);
    if (ref && flagOf(ref.column, resolver.catalog.engine))
      return !distinct && !owned && countFlag(frame, ref, resolver);
    // "how many pages" of a column that holds their number: they are added up, below
    if (!ref || (!distinct && ref.column.kind === 'number' && !isKey(ref))) return false;
    frame.items.push({ kind: 'count', of: ref, distinct: distinct || !isKey(ref) });
    return true;
  };
  sentence.take(
    new RegExp(` how many (?:of the |of |total |the )?(${UNIQUE} )?(?:types of |kinds of )?([CTB]\\d+)`),
    (match) => count(match[2]!, Boolean(match[1])),
  );
  // "how many overdue invoices", "the number of female employees": what stands between stays, to be read as a condition
  sentence.take(
    / (?:how many|(?:the )?(?:total )?(?:number|count) of)((?: (?:[a-z]+|[VCB]\d+)){1,2}) (T\d+)/,
    (match) => {
      const between = match[1]!.trim().split(' ');
      const flags = between.every((word) => !/^[CB]\d/.test(word) || isFlagNamed(sentence, word, resolver));
      if (!flags || /\b(?:of|in|for|by|per|the|is|are|does|do)\b/.test(match[1]!)) return false;
      return count(match[2]!, false) && match[1]!.trim();
    },
  );
  sentence.take(
    new RegExp(
      ` (?:the |a )?(?:total |overall |corresponding )?(?:number|numbers|count|amount) of (?:all |the |all the |total )?(${UNIQUE} )?(?:types of |kinds of )?(?:the |all )?([CTB]\\d+)`,
    ),
    (match) => {
      const ref = resolver.column(match[2], frame.main);
      // "number of pages" may be a column that holds numbers, "number of students" a count of rows.
      const stored =
        ref &&
        match[2]![0] === 'C' &&
        ref.column.kind === 'number' &&
        !isKey(ref) &&
        (/num|count|amount|total|quantity/i.test(ref.column.name) || !match[1]);
      if (stored) {
        frame.items.push({ kind: 'column', ref });
        return true;
      }
      return count(match[2]!, Boolean(match[1]));
    },
  );
  sentence.take(
    new RegExp(`^ count (?:the )?(?:number of )?(?:all |all the )?(${UNIQUE} )?(?:the )?([CTB]\\d+)`),
    (match) => count(match[2]!, Boolean(match[1])),
  );
  sentence.take(/ how (?:much|many)(?: [a-z]+)? ([C]\d+)/, (match) => aggregate('total', match[1]!));
  sentence.take(
    / (?:what is |what was |what's |how much )?(?:the |our )?(?:total )?(revenue|turnover|sales)(?= )/,
    (match) => {
      const ref = earned(match[1]!, frame.main ?? resolver.named[0]);
      if (!ref) return false;
      frame.items.push({ kind: 'aggregate', name: 'sum', ref });
      return true;
    },
  );

  function earned(word: string, table: Table | undefined) {
    const hints = [word, 'total', 'amount', 'price'];
    return resolver.hinted(table, hints, ['number'], (one) => mayMeasure(one, 'sum', resolver.catalog));
  }

  function aggregate(word: string, code: string): boolean {
    const name = AGGREGATES[word]!;
    const named = resolver.column(code, frame.main);
    // "total sales" beside a `sales_rep_id`: the amount that was sold, not who sold it
    const ref =
      named && EARNED.test(sentence.wording(code)) && !mayMeasure(named, name, resolver.catalog)
        ? (earned(sentence.wording(code), frame.main ?? resolver.named[0] ?? named.table) ?? named)
        : named;
    if (!ref) return false;
    if (!mayMeasure(ref, name, resolver.catalog)) {
      if (ref.column.kind === 'number') frame.refused ??= whyNotMeasured(ref);
      return false;
    }
    frame.items.push({ kind: 'aggregate', name, ref });
    return true;
  }
  // "the total amount of open orders" of a column `total_amount` that each order has: asked for as one figure
  sentence.take(
    /^(?: (?:what|how much) (?:is|was|were|are))?(?: (?:the|our))? (C\d+)(?= (?:of|for|from|in|across|over) | ·| D| $)/,
    (match) => (/^total\b/i.test(sentence.wording(match[1]!)) ? aggregate('total', match[1]!) : false),
  );
  // "average, minimum and maximum age"
  sentence.take(
    new RegExp(
      ` (?:the )?((?:${AGGREGATE})(?:(?: ,)? (?:and )?(?:the )?(?:${AGGREGATE}))+) (?:values? )?(?:(?:number|amount) )?(?:of |for )?(?:the |all |their |its )*([CB]\\d+)`,
    ),
    (match) => {
      const words = match[1]!.split(/[ ,]+/).filter((word) => Object.hasOwn(AGGREGATES, word));
      return words.every((word) => aggregate(word, match[2]!));
    },
  );
  const OF = '(?:(?: values?| amount| number)?(?: of| for)?(?: all| the| their| its| our)*)';
  sentence.take(
    new RegExp(
      ` (?:the |an? )?(average|avg|mean|total|sum|combined|overall)(?: and (${AGGREGATE}))?${OF} ([CB]\\d+)(?:(?: ,)? and (?:the )?([CB]\\d+)(?= (?:of|for|in|that|who|which|whose|·)| $))?`,
    ),
    (match) => {
      const table = resolver.table(match[3]);
      if (!aggregate(match[1]!, match[3]!)) return match[1] === 'total' && table ? count(match[3]!, false) : false;
      if (match[2]) aggregate(match[2], match[3]!);
      if (match[4]) aggregate(match[1]!, match[4]);
      return true;
    },
  );
  // A superlative of a number is its maximum when nothing is listed beside it: "what is the highest salary"
  sentence.take(
    new RegExp(
      ` (?:the )?(maximum|max|minimum|min|highest|lowest|largest|smallest|greatest|earliest|latest|longest|shortest|biggest)${OF} ([CB]\\d+)`,
    ),
    (match) => {
      const before = sentence.text.slice(0, match.index);
      const filtering =
        /(?:with|has|have|had|having|by|whose)(?: the)?$/.test(before.trim()) || /[CTB]\d+/.test(before);
      const plain = /^(maximum|max|minimum|min)$/.test(match[1]!);
      return filtering && !(plain && /(?: and| ,)(?: the)?$/.test(before)) ? false : aggregate(match[1]!, match[2]!);
    },
  );
}

/** Why a number is neither added up nor averaged, as its asker reads it. */
function whyNotMeasured({ table, column }: ColumnRef): string {
  const name = `${table.name}.${column.name}`;
  return isYear(column)
    ? `${name} holds years: their sum would mean nothing.`
    : `${name} tells rows apart: its sum or average would mean nothing.`;
}

/** The tables whose columns a name fits about equally well. */
function tablesWith({ columns }: Mention): ReadonlySet<Table> {
  const top = columns[0]?.score ?? 0;
  return new Set(columns.filter(({ score }) => score >= top - 0.06).map(({ target }) => target.table));
}

/** The one table that a list of columns speaks of, by those of its names that only one table has. */
function anchorOf(sentence: Sentence): Table | undefined {
  const list = /((?:(?: ,)?(?: and)?(?: the| their| its| ·)* [CB]\d+){2,})/.exec(sentence.text)?.[1];
  const tables = new Set<Table>();
  for (const [, code] of list?.matchAll(/([CB]\d+)/g) ?? []) {
    const own = tablesWith(sentence.mention(code!));
    if (own.size === 1) tables.add([...own][0]!);
  }
  return tables.size === 1 ? [...tables][0] : undefined;
}

/** Ends in a preposition, articles aside. */
const CONTEXT =
  /(?: (?:of|for|from|across|among|in|by|at|on|with|to|who|whose|that|which))(?: (?:the|all|their|its|each|any|a|an|our|is|are|was|were))*$/;

/** Reads the columns that are listed: whatever names are left. */
export function readColumns(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  sentence.take(
    / (?:all |every |any )?(?:the )?(?:available |full )?(?:information|details|info|data|everything|records?|rows?)(?: about| on| of| for| from)?(?= (?:the |all |each |any )*[TB]\d)/,
    () => {
      frame.items.push({ kind: 'all-columns' });
    },
  );
  sentence.take(new RegExp(` ${UNIQUE}(?= )`), () => {
    frame.distinct = true;
  });
  const listed: Measure[] = [];
  const anchor = anchorOf(sentence);
  /** "last name, id and phone number": what several tables have is of the table that alone has the others. */
  const beside = (code: string) => {
    const tables = tablesWith(sentence.mention(code));
    if (tables.size < 2) return undefined;
    // "ids of students who are older than 20": of the table that is compared anyway
    const compared = frame.filters.map((filter) => filter.ref.table).filter((table) => tables.has(table));
    return anchor ?? (frame.main ? undefined : compared[0]);
  };
  /** "title, id and description of the film", where the last name holds its owner. */
  const ownerSaidLast = (after: string) => {
    const [, last] = /^(?:(?: ,)?(?: and)?(?: the| their| its)* ([CB]\d+))+/.exec(after) ?? [];
    const best = last === undefined ? undefined : sentence.mention(last).columns[0];
    return best && saysOwner(best.score) ? resolver.column(last, best.target.table)?.table : undefined;
  };
  /** "names of the items", "id and details of the investor": the table that follows says whose. */
  const listedColumn = (code: string, after: string) => {
    const OWNER =
      /^(?: ,)?(?: (?:and |the |their |or |, |· )*[CB]\d+)* (?:of|for) (?:the |all |each |every |these |those |any |different |· )*([TB]\d+)/;
    const owner = resolver.table(OWNER.exec(after)?.[1]) ?? ownerSaidLast(after);
    // "for each editor" counts something else: names and ids beside the count are the editor's
    const grouped = frame.groups.find((group) => group.kind === 'column' && group.entity)?.ref.table;
    const ref = resolver.column(code, owner ?? beside(code) ?? grouped ?? frame.main);
    const name = /^names?$/i.test(sentence.wording(code)) && owner && ref?.table !== owner;
    return name ? (resolver.label(owner) ?? ref) : ref;
  };
  sentence.take(/ ([CB]\d+)(?= )/, (match) => {
    const mention = sentence.mention(match[1]!);
    const rest = sentence.text.slice(match.index + match[0].length);
    const listing =
      /^(?: ,)?(?: and)(?: the| their| its)* [CB]\d+/.test(rest) ||
      /[·CB]\d*(?: ,)?(?: and| ,)(?: the| their| its)*$/.test(sentence.text.slice(0, match.index));
    if (match[1]![0] === 'B' && !/s$/.test(sentence.wording(match[1]!)) && frame.main && !listing) return false;
    const ref = listedColumn(match[1]!, sentence.text.slice(match.index + match[0].length));
    if (!ref || (mention.columns[0]?.score ?? 0) < 0.45) return false;
    // "managed by Emma" compares a manager, "located in Oslo" a location: neither asks to see it
    const after = sentence.text.slice(match.index + match[0].length);
    const verb =
      / (who|that|which|have|has|had|is|are|was|were|been|they|he|she)$/.test(sentence.text.slice(0, match.index)) ||
      /^ (at|in|by|from|to|on|with|for|near) /.test(after);
    if (verb && /(ed|ing)$/i.test(sentence.wording(match[1]!))) return true;
    // "enrollments across all schools": what follows a preposition says of what, once something is asked for.
    const context = CONTEXT.test(sentence.text.slice(0, match.index)) && frame.items.length + listed.length > 0;
    if (context) frame.touched.add(match[1]![0] === 'B' ? (resolver.table(match[1]) ?? ref.table) : ref.table);
    else listed.push({ kind: 'column', ref });
    return true;
  });
  const known = new Set(frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])));
  frame.items.unshift(...listed.filter((item) => item.kind !== 'column' || !known.has(item.ref.column)));
  // "names of members and their parties": a table in the list is shown by its label
  sentence.take(
    / (?:and|,)(?: (?:the|their|its|his|her))?(?: (?:corresponding|respective))? (T\d+)(?= (?:that |which )?(?:they|he|she|it) | ·| $)/,
    (match) => {
      const table = resolver.table(match[1]);
      const shown = table && table !== frame.main && resolver.label(table);
      if (!shown || !frame.items.some((item) => item.kind === 'column')) return false;
      frame.items.push({ kind: 'column', ref: shown });
      return true;
    },
  );
  sentence.take(/ ([TB]\d+)(?= )/, (match) => {
    const table = resolver.table(match[1]);
    if (!table) return false;
    frame.main ??= table;
    frame.touched.add(table);
    return true;
  });
}
