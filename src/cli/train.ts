import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { runs, wholeNumber } from '#src/terminal/command.ts';
import type { CommandContext } from './context.ts';

/** The trainer's configurations for answers (deploy/training/configs). */
export const CONFIGS = ['sft-0.5b-cpu', 'sft-0.5b-gpu', 'sft-1.5b-gpu', 'sft-7b-gpu'] as const;

export const train = (context: CommandContext) =>
  new Command('train')
    .summary('train a small change of a model for a database')
    .description(
      `Trains an adapter (LoRA) for questions over a registered database on what exploring it wrote. Each step is done once:
it writes questions (querent explore), parts off those that measure, writes the others as a trainer reads them, trains here
with --python, or leaves a folder and one command for a machine with a GPU, and, once a server has the adapter (--at), asks
what was parted off of your model without it and of it.

What was gained stands in its manifest. It is asked where QUERENT_MODEL_ADAPTERS names it, and only if it is surely better:
the interval of the gain is above 0. Ctrl-C loses nothing; the same command goes on.`,
    )
    .argument('<database>', 'its name')
    .option('--base <model>', 'the model that is trained: a folder, a .gguf file, or a name on the hub')
    .option('--base-name <name>', 'what it is called where it is served; that of its folder or file, if absent')
    .addOption(
      new Option(
        '--config <name>',
        'how it is trained, by the size of the model and the machine; sft-7b-gpu, if absent',
      ).choices(CONFIGS),
    )
    .option('--set <name=value...>', 'settings in place of the configuration’s (deploy/training)')
    .option('--name <name>', 'what the adapter is called, here and by its server; DATABASE-sql, if absent', adapterName)
    .option('--out <folder>', 'where all of it is kept; training/NAME beside the state, if absent')
    .option('--pairs <n>', 'questions that are written, with those that measure; 2,000', wholeNumber(10, 100_000))
    .option('--held-back <n>', 'of them so many at most measure and are not learned; 200', wholeNumber(5, 10_000))
    .option('--seed <n>', 'what is drawn; the same draws the same; 1', wholeNumber(0, 1_000_000))
    .option('--python <file>', 'train here, by this Python (deploy/training/requirements.txt)')
    .option('--at <url>', 'the server that has the adapter, as http://127.0.0.1:8092/v1: measures it', address)
    .option('--json', 'print one JSON object')
    .action(
      runs(async (database, flags) => {
        const { runTraining } = await import('./run-training.ts'); // it brings settings and stages, which help does not want
        return runTraining(database, flags, context);
      }),
    );

function adapterName(text: string): string {
  if (/^[\w-][\w.-]*$/.test(text)) return text;
  throw new InvalidArgumentError('It takes letters, digits, dots, - and _.');
}

function address(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('It takes an address, as http://127.0.0.1:8092/v1.');
}
