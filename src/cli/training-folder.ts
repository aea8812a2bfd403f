import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { AskedOfBoth, HeldBackQuestion } from '#src/service/train-service.ts';
import { shellWord } from '#src/terminal/shell-word.ts';

/** The programs that train: plain Python, which wants nothing of Querent. */
const TRAINER = path.resolve(import.meta.dirname, '../../deploy/training');
/** What of it a training needs. */
const TRAINER_PARTS = ['sft.py', 'convert.py', 'querent_training', 'configs', 'requirements.txt', 'README.md'];

/** How an adapter is trained: what was said when its folder was begun. */
const Plan = z.object({
  version: z.literal(1),
  database: z.string(),
  /** What the adapter is called where it is served. */
  name: z.string(),
  /** A folder of weights, a .gguf file, or a name on the hub. */
  base: z.string(),
  baseName: z.string().optional(),
  /** One of the trainer's configurations. */
  config: z.string(),
  /** `NAME=VALUE` in place of the configuration's. */
  set: z.array(z.string()),
  /** Questions that are written, those of them that measure at most, and what draws them. */
  pairs: z.number(),
  heldBack: z.number(),
  seed: z.number(),
});
export type TrainingPlan = z.infer<typeof Plan>;

const Question = z.object({ id: z.string(), question: z.string(), sql: z.string() });
const Asked = z.object({ id: z.string(), before: z.boolean(), after: z.boolean() });

/** A program with its arguments, as it is started in the folder. */
type TrainerCommand = readonly string[];

/** A folder that holds all that a training needs and what came of it: it can be taken to another machine and back. */
export class TrainingFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = path.resolve(folder);
  }

  at(...names: readonly string[]): string {
    return path.join(this.folder, ...names);
  }

  /** Undefined where nothing was begun; a sentence where what is there cannot be read. */
  plan(): TrainingPlan | string | undefined {
    if (!existsSync(this.at('train.json'))) return undefined;
    try {
      return Plan.parse(JSON.parse(readFileSync(this.at('train.json'), 'utf8')));
    } catch {
      return `${this.at('train.json')} cannot be read: name another folder with --out.`;
    }
  }

  begin(plan: TrainingPlan): void {
    mkdirSync(this.folder, { recursive: true });
    this.#write('train.json', `${JSON.stringify(plan, null, 2)}\n`);
  }

  /** The questions that measure; undefined where the set is not whole yet. */
  heldBack(): readonly HeldBackQuestion[] | undefined {
    const file = this.at('held-back.jsonl');
    if (!existsSync(file) || !existsSync(this.at('data', 'card.json'))) return undefined;
    return linesOf(file, Question);
  }

  /** Puts all that a training needs besides its lines into the folder; with this the set is whole. */
  complete(plan: TrainingPlan, heldBack: readonly HeldBackQuestion[]): void {
    for (const part of TRAINER_PARTS)
      cpSync(path.join(TRAINER, part), this.at('trainer', part), {
        recursive: true,
        filter: (name) => !name.includes('__pycache__'),
      });
    writeFileSync(this.at('train.sh'), scriptOf(plan), { mode: 0o755 });
    this.#write('held-back.jsonl', heldBack.map((one) => `${JSON.stringify(one)}\n`).join(''));
  }

  /** Whether the adapter is there whole: its manifest is written last. */
  isTrained({ name }: TrainingPlan): boolean {
    return existsSync(this.at(name, 'manifest.json'));
  }

  /** What trains it; it goes on where it was begun. */
  toTrain(plan: TrainingPlan): TrainerCommand {
    return [...trainArguments(plan), ...(existsSync(this.at(plan.name, 'run.json')) ? ['--resume'] : [])];
  }

  /** What writes it for llama.cpp; undefined where that is done. */
  toConvert(plan: TrainingPlan): TrainerCommand | undefined {
    return existsSync(this.at(plan.name, `${plan.name}.gguf`)) ? undefined : convertArguments(plan);
  }

  /** What questions came to that were asked already. */
  asked(): readonly AskedOfBoth[] {
    return existsSync(this.at('asked.jsonl')) ? linesOf(this.at('asked.jsonl'), Asked) : [];
  }

  keepAsked(asked: AskedOfBoth): void {
    writeFileSync(this.at('asked.jsonl'), `${JSON.stringify(asked)}\n`, { flag: 'a' });
  }

  #write(name: string, text: string): void {
    writeFileSync(this.at(`${name}.part`), text);
    renameSync(this.at(`${name}.part`), this.at(name));
  }
}

const trainArguments = ({ database, name, base, baseName, config, set }: TrainingPlan): TrainerCommand => [
  'trainer/sft.py',
  ...['--config', `trainer/configs/${config}.yaml`, '--base', base],
  ...(baseName === undefined ? [] : ['--base-name', baseName]),
  ...['--data', 'data/sql.jsonl', '--only-for', database, '--out', name],
  ...set.flatMap((one) => ['--set', one]),
];

const convertArguments = ({ name, base }: TrainingPlan): TrainerCommand => [
  'trainer/convert.py',
  ...[name, '--base', base],
];

/** The one command for another machine: it makes what it needs and trains; started again, it goes on. */
const scriptOf = (plan: TrainingPlan): string => `#!/usr/bin/env bash
# Trains the adapter of this folder: bash train.sh. Ctrl-C loses nothing; the same command goes on. Then take the folder back.
# PYTHON names a Python that has trainer/requirements.txt already; else one is made here, 6 GB.
set -euo pipefail
cd "$(dirname "$0")"
python=\${PYTHON:-venv/bin/python}
[[ -x $python ]] || command -v "$python" >/dev/null || { python3 -m venv venv; python=venv/bin/python; "$python" -m pip install -q -r trainer/requirements.txt; }
resume=(); [[ -f ${shellWord(`${plan.name}/run.json`)} ]] && resume=(--resume)
"$python" ${trainArguments(plan).map(shellWord).join(' ')} \${resume[@]+"\${resume[@]}"}
"$python" ${convertArguments(plan).map(shellWord).join(' ')}
`;

/** Whole lines alone: the last may have been cut off. */
function linesOf<T>(file: string, of: z.ZodType<T>): readonly T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return of.parse(JSON.parse(line));
      } catch {
        return [];
      }
    });
}
