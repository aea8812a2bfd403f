import type { Table } from '#src/domain/catalog.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { readJsonReply } from '#src/prompts/json-reply.ts';
import {
  COLUMN_SELECTION_REPLY_SCHEMA,
  ColumnSelectionReply,
  selectColumnsPrompt,
} from '#src/prompts/select-columns.ts';
import { type KeptColumns, keyOf } from './keep-columns.ts';

export interface SelectColumnsInput {
  readonly question: string;
  readonly hint: string;
  /** The candidate tables as the model reads them, and as they are. */
  readonly schema: string;
  readonly tables: readonly Table[];
  readonly askerId: string;
}

const MOST_TOKENS = 800;

/**
 * The column selector (sources.md#column-selection): which of the shown tables and columns a query needs. Names are checked against what was
 * shown and unknown ones asked about once more; undefined when the model gives nothing that can be read.
 */
export async function selectColumns(
  { question, hint, schema, tables, askerId }: SelectColumnsInput,
  model: ChatModel,
  signal: AbortSignal,
): Promise<KeptColumns | undefined> {
  let faults: readonly string[] = [];
  let best: KeptColumns | undefined;
  for (let turn = 0; turn < 2; turn += 1) {
    const reply = await model.reply(
      {
        messages: selectColumnsPrompt(question, schema, hint, faults),
        temperature: 0.1,
        maxTokens: MOST_TOKENS,
        replySchema: COLUMN_SELECTION_REPLY_SCHEMA,
        askerId,
      },
      signal,
    );
    if (!reply.ok) return best;
    const read = readJsonReply(reply.value.choices[0]!.text, ColumnSelectionReply);
    const selection = read && readSelection(read.tables, tables);
    if (selection?.kept.size) best = selection.kept;
    if (best && !selection?.faults.length) return best;
    faults = selection?.faults ?? ['no JSON object of tables'];
  }
  return best;
}

function readSelection(
  selection: Readonly<Record<string, 'keep_all' | readonly string[]>>,
  shown: readonly Table[],
): { readonly kept: KeptColumns; readonly faults: string[] } {
  const faults: string[] = [];
  const kept = new Map<string, ReadonlySet<string>>();
  for (const [name, columns] of Object.entries(selection)) {
    const table = shownAs(name, shown);
    if (!table) {
      faults.push(name);
      continue;
    }
    const known = new Set(table.columns.map((column) => column.name.toLowerCase()));
    if (columns === 'keep_all') {
      kept.set(keyOf(table), known);
      continue;
    }
    const wanted = columns.map((column) => column.slice(column.lastIndexOf('.') + 1).toLowerCase());
    faults.push(...wanted.filter((column) => !known.has(column)).map((column) => `${name}.${column}`));
    kept.set(keyOf(table), new Set(wanted.filter((column) => known.has(column))));
  }
  return { kept, faults };
}

/** The shown table of a name, with its schema or, where that says which, without. */
function shownAs(name: string, shown: readonly Table[]): Table | undefined {
  const wanted = name.toLowerCase();
  const bare = wanted.slice(wanted.lastIndexOf('.') + 1);
  return shown.find((table) => keyOf(table) === wanted) ?? shown.find((table) => table.name.toLowerCase() === bare);
}
