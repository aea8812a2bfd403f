import { readFileSync, writeFileSync } from 'node:fs';
import { type AnswerPlace, PLACES, renderHostile } from '../safety/render-hostile.ts';
import { readArguments, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s safety:render -- --in FILE.jsonl --out FILE.jsonl
Shows what would be sent to Slack with a hostile text at a place of an answer, by the builders that the bot uses.
  --in   lines of {id, place, value}; place is ${PLACES.join(', ')}
  --out  lines of {id, payloads: [{method, body}], csv, fileName}`;

const args = readArguments(USAGE, { in: { type: 'string' }, out: { type: 'string' } });
if (!args.in || !args.out) stopWith(`--in and --out are needed.\n${USAGE}`);

const lines = readFileSync(args.in, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '');
const out = lines.map((line, at) => {
  showProgress('texts', at + 1, lines.length);
  const { id, place, value } = readLine(line);
  if (!PLACES.includes(place as AnswerPlace))
    return { id, payloads: [], csv: '', fileName: '', fault: `unknown place ${place}` };
  return { id, ...renderHostile(place as AnswerPlace, value) };
});
writeFileSync(args.out, out.map((one) => `${JSON.stringify(one)}\n`).join(''));

function readLine(line: string): { readonly id: unknown; readonly place: string; readonly value: string } {
  try {
    const { id = null, place, value } = (JSON.parse(line) ?? {}) as Record<string, unknown>;
    return { id, place: String(place), value: typeof value === 'string' ? value : String(value ?? '') };
  } catch {
    return { id: null, place: 'no JSON', value: '' };
  }
}
