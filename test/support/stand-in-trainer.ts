import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Stands in for a Python with the trainer: learns nothing. It takes sft.py's and convert.py's words, tells steps, keeps what it is asked
 * to keep on SIGINT, goes on with --resume, and leaves the files that the real ones leave (deploy/training/tests hold those to it).
 *
 * @returns the file to start in Python's place.
 */
export function standInTrainer(
  folder: string,
  {
    lacks = '',
    steps = 3,
    stepMs = 20,
    fails = '',
  }: { lacks?: string; steps?: number; stepMs?: number; fails?: string } = {},
): string {
  const script = path.join(folder, 'stand-in-trainer.mjs');
  writeFileSync(script, `const given = ${JSON.stringify({ lacks, steps, stepMs, fails })};\n${PROGRAM}`);
  const file = path.join(folder, 'python');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

const PROGRAM = String.raw`
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const words = process.argv.slice(2);
const after = (name) => words[words.indexOf(name) + 1];
if (words[0] === '-c') {
  console.log(given.lacks);
} else if (words[0] === 'trainer/convert.py') {
  writeFileSync(words[1] + '/' + words[1] + '.gguf', 'GGUF');
} else {
  if (given.fails) {
    console.error(given.fails);
    process.exit(1);
  }
  const out = after('--out');
  const run = out + '/run.json';
  if (existsSync(run) !== words.includes('--resume')) {
    console.error(out + ' holds a run already, or none.');
    process.exit(1);
  }
  mkdirSync(out, { recursive: true });
  let stop = false;
  process.on('SIGINT', () => { stop = true; });
  let step = existsSync(run) ? JSON.parse(readFileSync(run, 'utf8')).step : 0;
  writeFileSync(run, JSON.stringify({ step }));
  while (step < given.steps) {
    await sleep(given.stepMs);
    step += 1;
    console.log('step ' + step + ' of ' + given.steps + ': loss 0.5');
    writeFileSync(run, JSON.stringify({ step }));
    if (stop) process.exit(130);
  }
  const card = JSON.parse(readFileSync('data/card.json', 'utf8'));
  const lines = readFileSync('data/sql.jsonl', 'utf8').trim().split('\n').length;
  const base = { name: after('--base-name') ?? 'small', sha256: 'ab', parameters: 4.94e8, width: 896 };
  const databases = Object.fromEntries(card.databases.map(({ id, columns }) => [id, columns]));
  writeFileSync(out + '/manifest.json', JSON.stringify({
    version: 1, name: out, task: 'sql', style: card.settings.style, method: 'sft', base, data: { lines }, databases,
  }));
}
`;
