import { readFileSync, writeFileSync } from 'node:fs';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type AnswerPlace, PLACES, renderHostile } from '../safety/render-hostile.ts';
import { measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'safety:render',
  'Shows what would be sent to Slack with a hostile text at a place of an answer, by the builders that the bot uses.',
)
  .requiredOption('--in <file.jsonl>', `lines of {id, place, value}; place is ${PLACES.join(', ')}`)
  .requiredOption('--out <file.jsonl>', 'lines of {id, payloads: [{method, body}], csv, fileName}');

async function render({ in: input, out }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const lines = readFileSync(input, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const made = lines.map((line, at) => {
    showProgress('texts', at + 1, lines.length);
    const { id, place, value } = readLine(line);
    if (!isPlace(place)) return { id, payloads: [], csv: '', fileName: '', fault: `unknown place ${place}` };
    return { id, ...renderHostile(place, value) };
  });
  writeFileSync(out, made.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return 0;
}

const isPlace = (text: string): text is AnswerPlace => PLACES.some((place) => place === text);

function readLine(line: string): { readonly id: unknown; readonly place: string; readonly value: string } {
  try {
    const { id = null, place, value } = (JSON.parse(line) ?? {}) as Record<string, unknown>;
    return { id, place: String(place), value: typeof value === 'string' ? value : String(value ?? '') };
  } catch {
    return { id: null, place: 'no JSON', value: '' };
  }
}

program.action(runs(render));
await runMeasuring(program);
