import type { PipelineSettings } from '../settings.ts';
import type { Trace } from '../support/trace.ts';
import { type TextToSqlInput, type TextToSqlPorts, type TextToSqlResult, textToSql } from './text-to-sql.ts';

/**
 * A reading of the planner's that is sure enough is answered by it alone, in milliseconds; where it comes to no rows the model is asked as of
 * any other question. What a thread adds to is no such question: its words mean what earlier turns left open.
 */
export async function fastTextToSql(
  input: TextToSqlInput,
  ports: TextToSqlPorts,
  settings: PipelineSettings,
  trace: Trace,
  signal: AbortSignal,
): Promise<TextToSqlResult> {
  const { models, ...own } = ports;
  if (models && isSure(input, settings)) {
    const made = await textToSql(input, own, settings, trace, signal);
    if (made.selection?.chosen.attempt.table.rows.length) return made;
  }
  return textToSql(input, ports, settings, trace, signal);
}

const isSure = ({ planned, earlier }: TextToSqlInput, { generators, fastPathFrom }: PipelineSettings): boolean =>
  generators.has('planner') && planned.kind === 'planned' && !earlier.length && planned.confidence >= fastPathFrom;
