import type { Table } from '#src/domain/catalog.ts';
import type { Frame } from './frame.ts';
import { inOrder, rule } from './frame-rule.ts';
import { capture, optional, part, pattern } from './pattern.ts';
import { TABLE } from './sentence.ts';

/** "names of members and their parties": a table in the list is shown by its label. */
const readListedTables = rule(
  pattern` (?:and|,)(?: (?:the|their|its|his|her))?(?: (?:corresponding|respective))? ${capture('code', 'T\\d+')}
    (?= (?:that |which )?(?:they|he|she|it) | ·| and ·(?: ·)* $| $)`,
  ({ code }, { frame, resolver }) => {
    const table = resolver.table(code);
    // "what is fermenting? batch no and beer", of which no other table is named
    const listed = frame.items.find((item) => item.kind === 'column')?.ref.table;
    const isBeside = listed !== undefined && table !== undefined && resolver.refersTo(listed).includes(table);
    const shown = table && (table !== frame.main || isBeside) && resolver.label(table);
    if (!shown || !frame.items.some((item) => item.kind === 'column')) return false;
    frame.items.push({ kind: 'column', ref: shown });
    return true;
  },
);

/** "Which contracts have no expiry date? Vendor and yearly value": what is listed at the end begins with a table, shown by its label. */
const readTableFirst = rule(
  pattern`(?<= ·(?: ,)?) ${capture('code', 'T\\d+')}(?= (?:and|,)(?: (?:the|their))* ·(?: ·)* $)`,
  ({ code }, { frame, resolver }, { before }) => {
    const table = resolver.table(code);
    const shown = table && resolver.label(table);
    if (!shown || !frame.items.length || !frame.items.every(({ kind }) => kind === 'column') || !/ · /.test(before))
      return false;
    frame.items.unshift({ kind: 'column', ref: shown });
    frame.touched.add(table);
    return true;
  },
);

/** "products with their category (and price)": by its label, beside theirs. */
const readTableBeside = rule(
  pattern` with (?:${optional(capture('whose', 'their|its|his|her|the'))} )?${capture('code', 'T\\d+')}(?= ·| $| ,| and)`,
  ({ whose, code }, { sentence, frame, resolver }) => {
    // "machines with depot", of which each has one, but not "schools with students"
    if (!whose && /s$/i.test(sentence.wording(code))) return false;
    const table = resolver.table(code);
    const shown = table && (resolver.label(table) ?? resolver.hinted(table, ['name', 'title', 'label'], ['text']));
    if (!frame.main || !table || table === frame.main || resolver.isMany(frame.main, table)) return false;
    if (frame.groups.length || !frame.items.every(({ kind }) => kind === 'column')) return false;
    if (!shown) {
      frame.refused ??= `I could not see what each of ${table.name} is called.`;
      return true;
    }
    const thingFirst = new RegExp(part`^(?: [a-z]+)* T\d+ .*with (?:(?:their|its|his|her|the) )?${code} `).test(
      sentence.asked,
    );
    if (!frame.items.length || thingFirst) frame.withLabels = true;
    // in the order in which they are said: what follows is read already
    if (thingFirst) frame.items.unshift({ kind: 'column', ref: shown });
    else frame.items.push({ kind: 'column', ref: shown });
    frame.touched.add(table);
    return true;
  },
);

const readSpokenOf = rule(
  pattern` ${capture('code', TABLE)}(?= )`,
  ({ code }, { frame, resolver }, { before, after }) => {
    const table = resolver.table(code);
    if (!table) return false;
    // "the category and price of the product": what opens a list is asked for as well
    if (
      /^(?: (?:what|which|is|are|the|show|list|find|give|me|return))* ?$/.test(before) &&
      /^ and(?: the| their| its)* · (?:of|for) /.test(after)
    )
      return false;
    // "per office and department": what stands beside something else is asked for as well, and no join of it says so
    const known = new Set([frame.main, ...frame.touched, ...frame.without, ...frame.apart, ...usedTables(frame)]);
    if (/[·CTB]\d*(?: ,)?(?: and| or| ,)(?: (?:the|their|its|all))*$/.test(before) && !known.has(table)) return false;
    frame.main ??= table;
    frame.touched.add(table);
    return true;
  },
);

const usedTables = (frame: Frame): readonly Table[] => [
  ...frame.items.flatMap((item) => ('ref' in item ? [item.ref.table] : [])),
  ...frame.groups.map(({ ref }) => ref.table),
  ...frame.filters.map(({ ref }) => ref.table),
];

/** Reads the tables that are left: those in a list are shown by what their rows are called, others are spoken of. */
export const readTables = inOrder(readListedTables, readTableFirst, readTableBeside, readSpokenOf);
