import { Command } from '@commander-js/extra-typings';
import type { Config } from '#src/config/env.ts';
import type { NearbyModel } from '#src/demo/nearby-models.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import type { CommandContext } from './context.ts';

/** A server that was named may be far away, or busy. */
const PATIENCE_MS = 3_000;

export const demo = (context: CommandContext) =>
  new Command('demo')
    .summary('try it: a sample company, the bot and a Slack-like page')
    .description(
      `Starts everything on this machine: a sample company's databases, the bot and a page that works like a Slack
channel. Nothing is sent anywhere. The data lives in a temporary folder and goes away with Ctrl-C.`,
    )
    .option(
      '--port <number>',
      'the page’s port, or any free one if that is taken (default: 4980)',
      wholeNumber(0, 65_535),
    )
    .action(runs(({ port }) => runDemo(port, context)));

async function runDemo(wanted: number | undefined, { terminal, config }: CommandContext): Promise<ExitCode> {
  const given = await config();
  const { model } = given;
  const { NO_NAME, withModelName } = await import('#src/config/env.ts');
  const { modelAt, nearbyModel } = await import('#src/demo/nearby-models.ts');
  const listed = model && (await modelAt(model.baseUrl, model.apiKey, PATIENCE_MS));
  // MODEL_URL alone is enough: the first model of the server answers.
  const settings = listed && model?.name === NO_NAME ? withModelName(given, listed.name) : given;
  const port = wanted ?? settings.demoPort;
  const signal = terminal.stopped();
  const started = performance.now();
  const { startDemo } = await import('#src/demo/start-demo.ts'); // it brings the sandbox and the sample company
  const nearby = settings.model ? Promise.resolve(undefined) : nearbyModel();
  const running = await startDemo(settings, { port, onProgress: terminal.progress(), signal });
  if (running && !signal.aborted) {
    const seconds = Math.round((performance.now() - started) / 1_000);
    if (port !== 0 && new URL(running.url).port !== String(port))
      terminal.complain(`Port ${port} is taken; a free one is used.`);
    terminal.print(
      `\nReady after ${seconds} s. Open this page and ask:\n\n  ${running.url}\n\nCtrl-C stops everything.`,
    );
    for (const line of [sayModel(settings, listed !== undefined), await nearby.then(sayNearby)])
      if (line) terminal.print(`\n${line}`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  await running?.stop();
  return 0;
}

/** Who answers besides the planner. */
function sayModel({ model }: Config, answers: boolean): string | undefined {
  if (!model) return undefined;
  return answers
    ? `${model.name} at ${model.baseUrl} answers, too.`
    : `The model server at ${model.baseUrl} does not say what it serves. If it is not running, plain questions are answered without it.`;
}

const sayNearby = (found: NearbyModel | undefined) =>
  found &&
  `A model server answers at ${found.url}. To let it answer here, too:\n\n  MODEL_URL=${found.url} MODEL_NAME=${found.name} npm run demo`;
