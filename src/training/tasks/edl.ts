import { ddlText } from '#src/domain/ddl.ts';
import { compile } from '#src/edl/compile.ts';
import { briefEdl } from '#src/edl/print-brief.ts';
import { edlGenerator } from '#src/pipeline/generators/edl-first.ts';
import { compileEdlPrompt } from '#src/prompts/compile-edl.ts';
import type { AtHand } from '../at-hand.ts';
import { fencedSql, type LeftOut, leftOut, type Made } from '../lesson.ts';
import { promptOf } from '../overhear.ts';

/** Text to EDL: the steps of the query in the brief way that the prompt asks for. */
export async function edlLesson(hand: AtHand): Promise<Made> {
  const edl = edlOf(hand);
  if (typeof edl !== 'string') return edl;
  const { style } = hand.settings.pipeline;
  const messages = await promptOf((model) => edlGenerator(model, style, false), hand.context);
  return { kind: 'answer', messages, answer: `\`\`\`\n${edl}\n\`\`\`` };
}

/** EDL to SQL, which a program does in the pipeline: the second of CRED-SQL's models. */
export async function edlToSqlLesson(hand: AtHand): Promise<Made> {
  const edl = edlOf(hand);
  if (typeof edl !== 'string') return edl;
  const { catalog } = hand.place;
  const schema = ddlText(hand.context.shown, hand.settings.pipeline.style);
  return { kind: 'answer', messages: compileEdlPrompt(schema, catalog.engine, edl), answer: fencedSql(hand.sql) };
}

/** The steps of a query, if they say all of it in words and are the same query again. */
function edlOf({ explained, place: { catalog } }: AtHand): string | LeftOut {
  const { edl, text, certificate } = explained;
  if (!certificate.complete) return leftOut('its steps do not say all of it');
  if (edl.steps.some(({ verbatim }) => verbatim)) return leftOut('its steps quote SQL');
  const brief = briefEdl(edl.steps, catalog);
  const [whole, again] = [text, brief].map((one) => compile(one, { engine: catalog.engine, catalog }));
  if (!whole?.ok || !again?.ok) return leftOut('its steps do not compile');
  const isSame = whole.value.sql.toLowerCase() === again.value.sql.toLowerCase();
  return isSame ? brief : leftOut('its steps in brief are another query');
}
