import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Config } from '#src/config/env.ts';
import { type PipelineSettings, pipelineNamed } from '#src/pipeline/settings.ts';

interface Asked {
  readonly pipeline?: string | undefined;
  readonly examples?: string | undefined;
  readonly explored?: readonly string[] | undefined;
  /** Seconds for one request. */
  readonly requestTimeout: number;
}

/** The pipeline that a program measures, with what it needs given; no answer of it is cut short, for none is waited for. */
export function measuredPipeline(
  { pipeline: asked, examples, explored, requestTimeout }: Asked,
  { model }: Pick<Config, 'model'>,
  program: CommandUnknownOpts,
): PipelineSettings {
  const name = asked ?? (model ? 'full' : 'planner');
  const pipeline = pipelineNamed(name);
  if (!pipeline) return program.error(`--pipeline ${name} is not known`);
  if (name !== 'planner' && !model)
    program.error(`--pipeline ${name} needs a model server: give --model-url URL and --model NAME`);
  if (name === 'few-shot' && examples === undefined && !explored)
    program.error(
      '--pipeline few-shot needs --examples FILE, a bank to take them from (npm run examples), or --explored FILE (npm run explore)',
    );
  if (name.endsWith('-with-explored') && !explored)
    program.error(`--pipeline ${name} needs --explored FILE, pairs that npm run explore wrote`);
  return { ...pipeline, deadlineMs: 20_000 * requestTimeout };
}
