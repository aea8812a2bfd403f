import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type ConfiguredAdapter, manifestFileOf, pointsOf, trainedAdapter } from '#src/config/adapters.ts';
import type { Config } from '#src/config/env.ts';
import { keepGain } from '#src/config/keep-gain.ts';
import type { MeasuredGain } from '#src/domain/adapter.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { Querent } from '#src/service/querent.ts';
import { gainOf, type HeldBackQuestion } from '#src/service/train-service.ts';
import type { ExitCode } from '#src/terminal/command.ts';
import { shellWord } from '#src/terminal/shell-word.ts';
import { type CommandContext, counted, failed, registered, whileOpen } from './context.ts';
import { runTrainer, whyNoPython } from './run-trainer.ts';
import { TrainingFolder, type TrainingPlan } from './training-folder.ts';
import { versionOf } from './version.ts';

/** What `querent train` was given. */
export interface TrainFlags {
  readonly base?: string;
  readonly baseName?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly name?: string;
  readonly out?: string;
  readonly pairs?: number;
  readonly heldBack?: number;
  readonly seed?: number;
  readonly python?: string;
  readonly at?: string;
  readonly json?: true;
}

interface Training {
  readonly database: string;
  readonly flags: TrainFlags;
  readonly context: CommandContext;
  readonly settings: Config;
  readonly folder: TrainingFolder;
  readonly signal: AbortSignal;
}

/** A set that is whole, in its folder. */
interface Prepared {
  readonly plan: TrainingPlan;
  readonly heldBack: readonly HeldBackQuestion[];
}

/** How far it came: what was gained, and what a person does now. */
interface Came {
  readonly code: ExitCode;
  readonly trained: boolean;
  readonly gain?: MeasuredGain;
  readonly next: readonly string[];
}

const STOPPED = 'Stopped; the same command goes on from here.';

/** `querent train`: does what is not done yet, and tells what is next. */
export async function runTraining(database: string, flags: TrainFlags, context: CommandContext): Promise<ExitCode> {
  const settings = await context.config();
  const { name = `${database}-sql` } = flags;
  const folder = new TrainingFolder(flags.out ?? path.join(settings.modelFolder, 'training', name));
  const signal = context.terminal.stopped();
  const training: Training = { database, flags, context, settings, folder, signal };
  const prepared = await prepare(name, training);
  if (typeof prepared === 'number') return prepared;
  const trained = await trainHere(prepared.plan, training);
  if (trained !== 'trained') {
    if (typeof trained === 'number') return trained;
    return tell(prepared, { code: 0, trained: false, next: sayElsewhere(training) }, training);
  }
  return tell(prepared, await measure(prepared, training), training);
}

/** Questions, parted into those that are learned and those that measure, with all that a training needs; or how it ended. */
async function prepare(name: string, training: Training): Promise<Prepared | ExitCode> {
  const { folder, context, database } = training;
  const planned = planOf(name, training);
  if (typeof planned === 'string') {
    context.terminal.complain(planned);
    return 1;
  }
  return whileOpen<Prepared | ExitCode>(context, async (querent) => {
    const known = await registered(querent, database);
    if (!known.ok) return failed(context, known.failure);
    const done = folder.heldBack();
    if (done) return { plan: planned, heldBack: done };
    folder.begin(planned);
    const explored = await writeQuestions(querent, planned, training);
    if (explored !== 0) return explored;
    const { heldBack, seed } = planned;
    const request = { folder: folder.at('data'), heldBack, seed, version: versionOf() };
    const { terminal } = context;
    const made = await querent.training.makeSet(database, request, terminal.progress(), training.signal);
    if (!made.ok) return stoppedOr(training, () => failed(context, made.failure));
    if (!made.value.lines || !made.value.heldBack.length) {
      terminal.complain(
        `Too few questions can be written over ${database} to learn from some and measure by others: \`querent explore ${database}\` says how many there are.`,
      );
      return 1;
    }
    folder.complete(planned, made.value.heldBack);
    return { plan: planned, heldBack: made.value.heldBack };
  });
}

/** What was planned when the folder was begun, or is now; a sentence where that does not fit. */
function planOf(name: string, { folder, database, flags }: Training): TrainingPlan | string {
  const { base, baseName, config, set, pairs, heldBack, seed } = flags;
  const begun = folder.plan();
  if (typeof begun === 'string') return begun;
  if (begun) {
    const said = { database, base: base && located(base), baseName, config, set, pairs, heldBack, seed };
    const differs = Object.entries(said).filter(
      ([what, value]) => value !== undefined && String(value) !== String(begun[what as keyof TrainingPlan]),
    );
    if (!differs.length) return begun;
    const { name: own, database: of, base: on } = begun;
    return `${folder.folder} holds the training of ${own} for ${of} on ${on}, with another ${differs.map(([what]) => OPTIONS[what] ?? what).join(', ')}: give another --name, or another folder with --out.`;
  }
  if (base === undefined) return 'Which model is trained? --base names a folder, a .gguf file, or a name on the hub.';
  if (/^[./~]|\.gguf$/.test(base) && !existsSync(base)) return `There is no ${base}: --base names the model’s weights.`;
  const odd = set?.find((one) => !/^\w+=.+$/.test(one));
  if (odd !== undefined) return `--set ${odd} is not NAME=VALUE.`;
  return {
    version: 1,
    database,
    name,
    base: located(base),
    ...(baseName === undefined ? {} : { baseName }),
    config: config ?? 'sft-7b-gpu',
    set: [...(set ?? [])],
    pairs: pairs ?? 2_000,
    heldBack: heldBack ?? 200,
    seed: seed ?? 1,
  };
}

/** How what differs is said at the command line. */
const OPTIONS: Readonly<Record<string, string>> = {
  baseName: 'base name',
  heldBack: 'number held back',
  pairs: 'number of pairs',
};

/** A file or folder by its whole path: the trainer is started elsewhere. */
const located = (base: string): string => (existsSync(base) ? path.resolve(base) : base);

async function writeQuestions(
  querent: Querent,
  { pairs, seed }: TrainingPlan,
  { database, context, signal }: Training,
): Promise<ExitCode> {
  const { terminal } = context;
  if ((await querent.exploring.pairsOf(database)).length >= pairs) return 0;
  const explored = await querent.exploring.explore(database, { pairs, seed }, terminal.progress(), signal);
  if (!explored.ok) return failed(context, explored.failure);
  const { ended, schemaChanged } = explored.value;
  if (ended) terminal.complain(`${sayFailure(ended)} What was made is kept; the same command goes on from here.`);
  if (schemaChanged)
    terminal.complain(
      `The schema of ${database} became another meanwhile. Run \`querent index\`, then the same command.`,
    );
  if (signal.aborted) terminal.complain(STOPPED);
  return ended || schemaChanged || signal.aborted ? 1 : 0;
}

function stoppedOr({ signal, context }: Training, otherwise: () => ExitCode): ExitCode {
  if (!signal.aborted) return otherwise();
  context.terminal.complain(STOPPED);
  return 1;
}

/** Trains, where that is not done and a Python is given. */
async function trainHere(plan: TrainingPlan, training: Training): Promise<'trained' | 'not trained' | ExitCode> {
  const { folder, flags, context, signal } = training;
  const { python } = flags;
  const isTrained = folder.isTrained(plan);
  if (python === undefined) return isTrained ? 'trained' : 'not trained';
  const convert = folder.toConvert(plan);
  if (isTrained && !convert) return 'trained';
  const { complain } = context.terminal;
  const whyNot = await whyNoPython(python, signal);
  if (whyNot !== undefined) {
    complain(whyNot);
    return 1;
  }
  const program = existsSync(python) ? path.resolve(python) : python;
  const run = (words: readonly string[]) =>
    runTrainer(program, words, folder.folder, { complain, onProgress: context.terminal.progress() }, signal);
  if (!isTrained) {
    const ended = await run(folder.toTrain(plan));
    if (ended !== 0 || !folder.isTrained(plan))
      return stoppedOr(training, () => {
        complain(
          `The training of ${plan.name} ended with ${ended}; what it said stands above. The same command goes on at the last step that was kept.`,
        );
        return 1;
      });
  }
  if (convert && (await run(convert)) !== 0)
    complain(`${plan.name} was not written for llama.cpp; vLLM serves it as it is (${folder.at(plan.name)}).`);
  return signal.aborted ? stoppedOr(training, () => 1) : 'trained';
}

/** Asks what was held back without and with the adapter, and keeps what was gained in its manifest. */
async function measure({ plan, heldBack }: Prepared, training: Training): Promise<Came> {
  const { folder, flags, context, settings, signal } = training;
  const { complain } = context.terminal;
  const trained = (code: ExitCode, next: readonly string[] = []): Came => ({ code, trained: true, next });
  const adapter = trainedAdapter(
    { name: plan.name, ...(flags.at === undefined ? {} : { baseUrl: flags.at }) },
    folder.at(plan.name),
  );
  if (adapter.refused !== undefined || !adapter.manifest) {
    complain(`The adapter ${plan.name} cannot be asked: ${adapter.refused}.`);
    return trained(1);
  }
  if (flags.at === undefined) return trained(0, sayServe(plan, training));
  if (!settings.model) {
    complain(
      'It is measured against your model: set QUERENT_MODEL_URL and QUERENT_MODEL_NAME to where that is served.',
    );
    return trained(1);
  }
  const asked = new Map(folder.asked().map((one) => [one.id, one]));
  const progress = context.terminal.progress();
  const left = heldBack.filter(({ id }) => !asked.has(id));
  const withAdapter = withAdapterAlone(context, adapter, settings.model);
  const came = await whileOpen(withAdapter, (querent) =>
    querent.training.askBoth(
      plan.database,
      left,
      { name: plan.name, style: adapter.manifest?.style ?? '' },
      (one) => {
        asked.set(one.id, one);
        folder.keepAsked(one);
        progress('asking questions', asked.size, heldBack.length);
      },
      signal,
    ),
  );
  if (!came.ok) return trained(stoppedOr(training, () => sayUnasked(came.failure, training)));
  if (came.value === 'not served') return trained(1, sayServe(plan, training));
  if (!asked.size) {
    complain('None of the questions that were held back has a query that still runs: train again (another --name).');
    return trained(1);
  }
  const gain = gainOf([...asked.values()]);
  const kept = keepGain(folder.at(plan.name), gain);
  if (typeof kept === 'string') {
    complain(kept);
    return trained(1);
  }
  const own = manifestFileOf(settings.modelFolder, plan.name);
  mkdirSync(path.dirname(own), { recursive: true });
  copyFileSync(kept.file, own);
  return { ...trained(gain.low > 0 ? 0 : 1, sayGain(plan, gain, flags.at)), gain };
}

function sayUnasked(failure: Failure, { context, flags }: Training): ExitCode {
  failed(context, failure);
  if (failure.kind === 'model-unavailable')
    context.terminal.complain(
      `See that ${flags.at} and QUERENT_MODEL_URL answer: llama-server ends where it refuses an adapter (of another base, or not whole), and says so last.`,
    );
  return 1;
}

/** The same settings with no adapter but this one. */
function withAdapterAlone(
  { terminal, config }: CommandContext,
  adapter: ConfiguredAdapter,
  model: NonNullable<Config['model']>,
): CommandContext {
  return { terminal, config: async () => ({ ...(await config()), model: { ...model, adapters: [adapter] } }) };
}

/** The command with what tells this training from others. */
const again = ({ database, flags: { name, out } }: Training): string =>
  ['querent', 'train', database, ...(name ? ['--name', name] : []), ...(out ? ['--out', out] : [])]
    .map(shellWord)
    .join(' ');

function sayElsewhere(training: Training): readonly string[] {
  const { folder } = training;
  return [
    `Train it on a machine with a GPU: take ${folder.folder} there, and run`,
    '  bash train.sh',
    'which goes on where it was stopped. Bring the folder back, then',
    `  ${again(training)}`,
    'tells how it is served and measured. --python FILE trains here.',
  ];
}

const sayServe = ({ name, base }: TrainingPlan, training: Training): readonly string[] => [
  `Serve ${name}, by llama.cpp or vLLM:`,
  `  llama-server -m ${base.endsWith('.gguf') ? shellWord(base) : 'BASE.gguf'} --lora ${shellWord(training.folder.at(name, `${name}.gguf`))} --port 8092`,
  `  vllm serve ${shellWord(base)} --enable-lora --lora-modules ${shellWord(`${name}=${training.folder.at(name)}`)} --port 8092`,
  'then measure it:',
  `  ${again(training)} --at http://127.0.0.1:8092/v1`,
];

const sayGain = ({ name }: TrainingPlan, gain: MeasuredGain, url: string): readonly string[] => [
  `Of ${counted(gain.questions, 'question')} that it never saw, ${gain.before} were right without it and ${gain.after} with it: ${pointsOf(gain)}.`,
  gain.low > 0
    ? `It is surely better. QUERENT_MODEL_ADAPTERS=${name}@${url} has it asked.`
    : 'That may be chance: it is not asked, even where a setting names it. More questions (--pairs, another --name) or a larger model may help.',
];

function tell({ plan, heldBack }: Prepared, came: Came, { folder, flags, context }: Training): ExitCode {
  const { print } = context.terminal;
  const { code, trained, gain, next } = came;
  if (flags.json) {
    const measured = gain ? { gain, registered: gain.low > 0 } : {};
    const { database, name } = plan;
    print(JSON.stringify({ database, name, folder: folder.folder, heldBack: heldBack.length, trained, ...measured }));
  } else for (const line of next) print(line);
  return code;
}
