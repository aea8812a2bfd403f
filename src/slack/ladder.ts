import type { Block } from './views/message.ts';
import { context, preformatted } from './views/message.ts';

/** Rows and characters of a table in a fixed width, and of the simpler table block, as Slack takes them. */
const MONOSPACED_ROWS = 40;
const MONOSPACED_CHARACTERS = 2_800;
const MONOSPACED_CELL = 24;
const SIMPLE_TABLE_ROWS = 50;
const SIMPLE_TABLE_CHARACTERS = 9_000;

interface Cell {
  readonly text?: string;
}

/**
 * What stands in the place of a block that Slack refuses, one rung down (MSG-4): a table with sorting and pages becomes a plain table,
 * that becomes rows in a fixed width; what is folded is laid open. Nothing where there is no lower rung: the block is left out.
 */
export function rungBelow(block: Block): readonly Block[] | undefined {
  switch (block.type) {
    case 'data_table':
      return withNote(block, simpleTable(block));
    case 'table':
      return withNote(block, monospaced(block));
    case 'container':
      return laidOpen(block);
    default:
      return undefined;
  }
}

const rowsOf = ({ rows }: Block) => (Array.isArray(rows) ? rows : []) as readonly (readonly Cell[])[];
const textOf = ({ text }: Cell) => String(text ?? '');
const idOf = ({ block_id }: Block) => (block_id === undefined ? {} : { block_id: String(block_id) });

interface Lowered {
  readonly block: Block;
  /** Rows that it shows, its header among them. */
  readonly shown: number;
}

/** How many rows a table had before it was lowered, by the block that it became. */
const rowsBefore = new WeakMap<Block, number>();
const NOTE = '-shown';

/** Says of a lowered table that it shows fewer rows than it had. */
function withNote(table: Block, { block, shown }: Lowered): readonly Block[] {
  const had = rowsBefore.get(table) ?? rowsOf(table).length;
  rowsBefore.set(block, had);
  if (shown >= had) return [block];
  const said = `Showing ${shown - 1} of ${(had - 1).toLocaleString('en-US')} rows.`;
  return [block, context([said], `${String(table.block_id ?? 'rows')}${NOTE}`)];
}

const isNote = ({ block_id }: Block) => String(block_id).endsWith(NOTE);

/** Whether something of a block is not there any more in what it became. */
export const losesRows = (became: readonly Block[]): boolean => !became.length || became.some(isNote);

/** Of the notes on a table, the one that was made last, which stands first. */
export const oneNoteEach = (blocks: readonly Block[]): readonly Block[] =>
  blocks.filter((block, at) => !isNote(block) || blocks.findIndex((one) => one.block_id === block.block_id) === at);

function simpleTable(block: Block): Lowered {
  const rows: (readonly { readonly type: 'raw_text'; readonly text: string }[])[] = [];
  let left = SIMPLE_TABLE_CHARACTERS;
  for (const row of rowsOf(block).slice(0, SIMPLE_TABLE_ROWS)) {
    const cells = row.map((cell) => ({ type: 'raw_text' as const, text: textOf(cell) || '∅' }));
    left -= cells.reduce((sum, { text }) => sum + text.length, 0);
    if (left < 0 && rows.length > 1) break;
    rows.push(cells);
  }
  return { block: { type: 'table', ...idOf(block), rows }, shown: rows.length };
}

function monospaced(block: Block): Lowered {
  const rows = rowsOf(block)
    .slice(0, MONOSPACED_ROWS)
    .map((row) => row.map((cell) => fitted(textOf(cell))));
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => [...(row[at] ?? '')].length)));
  const lines: string[] = [];
  let left = MONOSPACED_CHARACTERS;
  for (const row of rows) {
    const line = row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
    left -= line.length + 1;
    if (left < 0) break;
    lines.push(line);
  }
  return { block: preformatted(lines.join('\n'), String(block.block_id ?? 'rows')), shown: lines.length };
}

const fitted = (text: string) => {
  const characters = [...text];
  return characters.length <= MONOSPACED_CELL ? text : `${characters.slice(0, MONOSPACED_CELL - 1).join('')}…`;
};

/** What was folded away, under its title. */
function laidOpen(block: Block): readonly Block[] | undefined {
  const children = (Array.isArray(block.child_blocks) ? block.child_blocks : []) as readonly Block[];
  const title = (block.title as { readonly text?: string } | undefined)?.text;
  if (!children.length) return undefined;
  const heading: Block | undefined = title
    ? { type: 'context', ...idOf(block), elements: [{ type: 'plain_text', text: title, emoji: false }] }
    : undefined;
  return [...(heading ? [heading] : []), ...children];
}
