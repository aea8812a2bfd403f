import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { CheckResult } from '#src/domain/health.ts';
import { type PipelineSettings, PROMPT_STYLES, type PromptStyle, USUAL_STYLE } from '#src/pipeline/settings.ts';

/** The prompt style that a model reads best, as `npm run tune:prompts` measured it. */
const TunedStyle = z.object({
  version: z.literal(1),
  model: z.string(),
  style: z.string(),
  /** Questions asked, and of them those that it got right; the same of the plain style. */
  questions: z.number(),
  right: z.number(),
  plainRight: z.number(),
  at: z.string(),
});
export type TunedStyle = z.infer<typeof TunedStyle>;

type StyledPipeline = Pick<PipelineSettings, 'name' | 'style'>;

const fileIn = (home: string) => path.join(home, 'prompt-style.json');

export function saveTunedStyle(home: string, tuned: TunedStyle): string {
  mkdirSync(home, { recursive: true });
  writeFileSync(fileIn(home), `${JSON.stringify(tuned, null, 2)}\n`);
  return fileIn(home);
}

/** What was measured of a model; undefined where nothing was, or of a style that there is no more. */
function tunedFor(
  home: string,
  model: string,
): { readonly tuned: TunedStyle; readonly style: PromptStyle } | undefined {
  if (!existsSync(fileIn(home))) return undefined;
  const read = TunedStyle.safeParse(parsed(readFileSync(fileIn(home), 'utf8')));
  const style = PROMPT_STYLES.find(({ name }) => name === read.data?.style);
  return read.success && style && read.data.model === model ? { tuned: read.data, style } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In place of the usual style the one that was measured to be best for a model, if any was; a pipeline that has another keeps it. */
export function styleFor(home: string, model: string | undefined, given: PromptStyle): PromptStyle {
  if (model === undefined || given !== USUAL_STYLE) return given;
  return tunedFor(home, model)?.style ?? given;
}

/** Which style asks a model, and why, for `querent doctor`. */
export function checkStyle(home: string, model: string, { name: pipeline, style: given }: StyledPipeline): CheckResult {
  const part = 'prompt style';
  if (given !== USUAL_STYLE) return { part, state: 'ok', says: `${given.name}, that of QUERENT_PIPELINE=${pipeline}` };
  const found = tunedFor(home, model);
  if (!found)
    return {
      part,
      state: 'ok',
      says: `${USUAL_STYLE.name}, as for every model that was not measured (npm run tune:prompts)`,
    };
  const { style, questions, right, plainRight, at } = found.tuned;
  return {
    part,
    state: 'ok',
    says: `${style}: ${model} got ${right} of ${questions} right with it on ${at.slice(0, 10)}, ${plainRight} with plain`,
  };
}
