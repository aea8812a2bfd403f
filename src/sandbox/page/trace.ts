import { type KeptTrace, type ModelCall, sayStage, spentOn, type TraceEntry } from '#src/domain/trace.ts';
import { el, type Tree } from './tree.ts';

/** How an answer was come by, as a page of its own: every stage with its time, what it came to, and its model calls. */
export function tracePage(trace: KeptTrace): Tree {
  const { runId, at, question, databaseId, outcome, entries } = trace;
  const spent = spentOn(entries);
  const total = entries.reduce((latest, { atMs, ms }) => Math.max(latest, atMs + ms), 0);
  const facts: readonly (readonly [string, string])[] = [
    ['Run', runId],
    ['Asked at', at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
    ['Came to', outcome],
    ['Database', databaseId ?? 'none'],
    ['Took', `${milliseconds(total)}, ${counted(entries.length, 'stage')}`],
    ['Model', spent.calls ? `${counted(spent.calls, 'call')}, ${cost(spent)}` : 'not asked'],
  ];
  return el(
    'html',
    { lang: 'en' },
    el(
      'head',
      {},
      el('meta', { charset: 'utf-8' }),
      el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      el('title', {}, `Trace of ${runId.slice(0, 8)} · Querent sandbox`),
      el('link', { rel: 'stylesheet', href: '/theme.css' }),
      el('link', { rel: 'stylesheet', href: '/trace.css' }),
    ),
    el(
      'body',
      {},
      el(
        'main',
        {},
        el('p', { class: 'kind' }, 'Trace of an answer'),
        el('h1', {}, question ?? 'A question whose words are not kept'),
        el(
          'dl',
          {},
          facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
        ),
        el(
          'ol',
          {},
          entries.map((entry) => stage(entry, total)),
        ),
      ),
    ),
  );
}

function stage(entry: TraceEntry, total: number): Tree {
  const share = total > 0 ? Math.round((100 * entry.ms) / total) : 0;
  return el(
    'li',
    {},
    el(
      'div',
      { class: 'head' },
      el('h2', {}, entry.stage),
      bar(share),
      el('span', { class: 'time' }, milliseconds(entry.ms)),
    ),
    el('p', {}, sayStage(entry)),
    queriesOf(entry).map((sql) => el('pre', {}, sql)),
    entry.calls.map(call),
    el('details', {}, el('summary', {}, 'As it is kept'), el('pre', {}, JSON.stringify(withoutCalls(entry), null, 2))),
  );
}

/** The share of the time that a stage took, of 100, as a bar. */
const bar = (share: number) =>
  el(
    'svg',
    {
      class: 'share',
      viewBox: '0 0 100 1',
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${share} % of the time`,
    },
    el('rect', { width: String(share), height: '1' }),
  );

/** The queries that a stage wrote, tried or took. */
function queriesOf(entry: TraceEntry): readonly string[] {
  if (entry.stage === 'generate') return [...new Set(entry.made.flatMap(({ queries }) => queries))];
  return entry.stage === 'execute' && entry.sql !== undefined ? [entry.sql] : [];
}

function call({ model, role, messages, replies, promptTokens, completionTokens, ms, failure }: ModelCall): Tree {
  const took = `${cost({ promptTokens, completionTokens })}, ${milliseconds(ms)}`;
  return el(
    'details',
    { class: 'call' },
    el('summary', {}, `${model} as ${role}: ${took}${failure ? ` · ${failure}` : ''}`),
    messages.map(({ role: who, content }) => el('section', {}, el('h3', {}, who), el('pre', {}, content))),
    replies.map((reply) => el('section', {}, el('h3', {}, 'reply'), el('pre', {}, reply))),
  );
}

const cost = ({ promptTokens, completionTokens }: Pick<ModelCall, 'promptTokens' | 'completionTokens'>) =>
  `${tokens(promptTokens)} read, ${tokens(completionTokens)} written`;

const withoutCalls = ({ calls: _, ...record }: TraceEntry) => record;
const milliseconds = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
const tokens = (count: number) =>
  counted(count, 'token').replace(/^\d+/, (digits) => Number(digits).toLocaleString('en-US'));
