// Measures which prompt style a server's model reads best, and keeps it for the bot.

import { readConfig } from '#src/config/env.ts';
import { saveTunedStyle } from '#src/config/tuned-style.ts';
import { mcnemar, pairedDifference } from '#src/domain/paired.ts';
import { pipelineNamed } from '#src/pipeline/settings.ts';
import { PLAIN, PROMPT_STYLES } from '#src/prompts/prompt-style.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { type Item, readItems } from '../data/items.ts';
import { askItem, type EvalBench } from '../runs/ask-item.ts';
import type { EvalCase } from '../runs/eval-case.ts';
import { openBench } from '../runs/open-bench.ts';
import { CACHE, count, JSON_LINE, measuring, runMeasuring, showProgress } from './program.ts';

const SAMPLED = PROMPT_STYLES.filter(({ examples }) => examples === 0).map(({ name }) => name);

const program = measuring(
  'tune:prompts',
  'Asks a model server’s model the same questions in every prompt style, prints how many of them it gets right, and keeps the style that wins in QUERENT_HOME, where the bot finds it. Replies are kept: after Ctrl-C, start it again. Tune on questions that nothing is reported on (Spider’s training set).',
)
  .requiredOption('--questions <file>', 'questions with gold queries, each database’s one after another')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite or DB.sqlite')
  .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL)')
  .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
  .option('--styles <names>', `with commas between them (${SAMPLED.join(', ')})`, nameList)
  .option('--every <n>', 'each n-th question alone, the first included', count(), 13)
  .option('--limit <n>', 'so many questions', count(), 130)
  .option('--replies <folder>', 'where replies are kept (default: replies in QUERENT_HOME)')
  .option('--cache <folder>', CACHE)
  .option('--dry-run', 'print what was measured and keep nothing')
  .option('--json', JSON_LINE);

interface Measured {
  readonly style: string;
  readonly cases: readonly EvalCase[];
}

async function tune(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const names = options.styles ?? SAMPLED;
  const unknown = names.find((name) => !SAMPLED.includes(name));
  if (unknown !== undefined) return program.error(`There is no style ${unknown}; there are ${SAMPLED.join(', ')}.`);
  const config = readConfig(undefined, {
    ...(options.modelUrl ? { QUERENT_MODEL_URL: options.modelUrl } : {}),
    ...(options.model ? { QUERENT_MODEL_NAME: options.model } : {}),
    QUERENT_MODEL_TIMEOUT_S: '600',
  });
  const { model, home } = config;
  if (!model) return program.error('A model server is needed: give --model-url URL and --model NAME.');
  const items = readItems([options.questions], 'questions')
    .filter((_, at) => at % options.every === 0)
    .slice(0, options.limit);
  const settings = settingsOf(PLAIN.name);
  const replies = options.replies ?? `${home}/replies`;
  const bench = await openBench({ ...options, config, settings, engine: 'sqlite', replies }, items);
  const measured: Measured[] = [];
  // Plain first: all others are compared with it.
  for (const style of [PLAIN.name, ...names.filter((name) => name !== PLAIN.name)])
    measured.push({ style, cases: await askAll(items, { ...bench, settings: settingsOf(style) }, style) });
  const rows = measured.map((one) => rowOf(one, measured[0]?.cases ?? []));
  const best = rows.reduce((a, b) => (b.right > a.right ? b : a));
  print(rows, best.style, options.json ?? false);
  if (options.dryRun) return 0;
  const { right, questions } = best;
  const plainRight = rows[0]?.right ?? 0;
  const at = new Date().toISOString();
  const tuned = { version: 1, model: model.generator, style: best.style, questions, right, plainRight, at } as const;
  console.error(`${best.style} asks ${model.generator} from now on: ${saveTunedStyle(home, tuned)}`);
  return 0;
}

function settingsOf(style: string) {
  const settings = pipelineNamed(`style-${style}`);
  if (!settings) throw new Error(`There is no pipeline for the style ${style}.`);
  return { ...settings, deadlineMs: 3_600_000 };
}

async function askAll(items: readonly Item[], bench: EvalBench, style: string): Promise<EvalCase[]> {
  const cases: EvalCase[] = [];
  for (const [at, item] of items.entries()) {
    for await (const { made } of askItem(item, bench)) cases.push(made);
    showProgress(style, at + 1, items.length);
  }
  return cases;
}

/** A style's figures on the questions whose gold result is not empty, beside those of plain. */
function rowOf({ style, cases }: Measured, plain: readonly EvalCase[]) {
  const pairs = cases.flatMap((one, at) => {
    const other = plain[at];
    return one.goldEmpty || one.goldFailed || !other ? [] : [[other.right, one.right] as const];
  });
  const of = (a: boolean, b: boolean) => pairs.filter(([x, y]) => x === a && y === b).length;
  const { difference, low, high } = pairedDifference(
    of(true, true),
    of(true, false),
    of(false, true),
    of(false, false),
  );
  const mean = (pick: (one: EvalCase) => number) => cases.reduce((sum, one) => sum + pick(one), 0) / cases.length;
  return {
    style,
    questions: pairs.length,
    right: pairs.filter(([, right]) => right).length,
    difference,
    low,
    high,
    p: mcnemar(of(true, false), of(false, true)),
    promptTokens: mean(({ promptTokens }) => promptTokens),
    completionTokens: mean(({ completionTokens }) => completionTokens),
    modelSeconds: mean(({ modelMs }) => modelMs / 1_000),
  };
}

function print(rows: readonly ReturnType<typeof rowOf>[], best: string, json: boolean): void {
  const percent = (share: number) => `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)}`;
  for (const row of rows)
    console.log(
      [
        `${row.style === best ? '*' : ' '} ${row.style.padEnd(16)}`,
        `${row.right} of ${row.questions}`.padEnd(12),
        `${percent(row.difference)} [${percent(row.low)}, ${percent(row.high)}] p ${row.p.toFixed(3)}`.padEnd(34),
        `${row.promptTokens.toFixed(0)} + ${row.completionTokens.toFixed(0)} tokens`.padEnd(20),
        `${row.modelSeconds.toFixed(1)} s`,
      ].join('  '),
    );
  if (json) console.log(JSON.stringify({ best, rows }));
}

program.action(runs(tune));
await runMeasuring(program);
