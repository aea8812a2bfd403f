import { Command } from '@commander-js/extra-typings';
import { nearbyModel } from '#src/demo/nearby-models.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import type { CommandContext } from './context.ts';

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

async function runDemo(given: number | undefined, { terminal, config }: CommandContext): Promise<ExitCode> {
  const settings = config();
  const port = given ?? settings.demoPort;
  const signal = terminal.stopped();
  const started = performance.now();
  const { startDemo } = await import('#src/demo/start-demo.ts'); // it brings the sandbox and the sample company
  const nearby = settings.model ? undefined : nearbyModel();
  const running = await startDemo(settings, { port, onProgress: terminal.progress(), signal });
  if (running && !signal.aborted) {
    const seconds = Math.round((performance.now() - started) / 1_000);
    if (port !== 0 && new URL(running.url).port !== String(port))
      terminal.complain(`Port ${port} is taken; a free one is used.`);
    terminal.print(
      `\nReady after ${seconds} s. Open this page and ask:\n\n  ${running.url}\n\nCtrl-C stops everything.`,
    );
    const model = await nearby;
    if (model)
      terminal.print(
        `\nA model server answers at ${model.url}. To let it answer here, too:\n\n  MODEL_URL=${model.url} MODEL_NAME=${model.name} npm run demo`,
      );
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  await running?.stop();
  return 0;
}
