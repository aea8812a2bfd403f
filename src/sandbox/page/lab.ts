/** The panel of faults and the inspector: what goes between Slack and the app, and what is to go wrong. */
import { el, type Tree, toDom } from './tree.ts';

interface Entry {
  readonly id: number;
  readonly at: number;
  readonly kind: 'event' | 'interaction' | 'call';
  readonly name: string;
  readonly ms?: number;
  readonly note?: string;
  readonly failed: boolean;
  readonly sent: string;
  readonly got: string;
}

interface LabState {
  readonly methods: readonly string[];
  readonly planted: readonly string[];
  readonly blocks: readonly string[];
  readonly surfaces: readonly string[];
  readonly reasons: readonly string[];
  readonly rules: readonly {
    readonly id: number;
    readonly method: string;
    readonly what: string;
    readonly share: number;
    readonly left?: number;
  }[];
  readonly agentSurface: string;
  readonly refusedBlocks: readonly string[];
  readonly streamS: number;
  readonly duplicateEvents: boolean;
  readonly reorderEvents: boolean;
  readonly linkDisabled: boolean;
  readonly limitsCalls: boolean;
  readonly skewS: number;
  readonly entries: readonly Entry[];
}

const SHOWN = 200;
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const fill = (target: Element, trees: readonly Tree[]) =>
  target.replaceChildren(...trees.map((tree) => toDom(tree, document)));
const option = (value: string, chosen = false) => el('option', { value, ...(chosen ? { selected: '' } : {}) }, value);

export function setUpLab(token: string) {
  const panel = byId('lab');
  const entries = new Map<number, Entry>();
  let only = 'all';

  async function ask(body?: Record<string, unknown>): Promise<void> {
    const response = await fetch(`/lab?token=${encodeURIComponent(token)}`, {
      method: body ? 'POST' : 'GET',
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    }).catch(() => undefined);
    if (!response?.ok) return;
    const state = (await response.json()) as LabState;
    for (const entry of state.entries) entries.set(entry.id, entry);
    drawFaults(state);
    drawEntries();
  }

  function drawEntries(): void {
    // What went on before the panel was opened comes after what went on since.
    const wanted = [...entries.values()]
      .sort((one, other) => one.id - other.id)
      .filter((entry) => only === 'all' || (only === 'failed' ? entry.failed : entry.kind === only));
    const open = new Set(
      [...panel.querySelectorAll<HTMLElement>('details[open][data-entry]')].map(({ dataset }) => dataset.entry),
    );
    fill(
      byId('journal'),
      wanted
        .slice(-SHOWN)
        .reverse()
        .map((entry) => drawEntry(entry, open.has(String(entry.id)))),
    );
  }

  byId('open-lab').addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    document.body.classList.remove('in-menu');
    if (!panel.hidden) void ask();
  });
  byId('close-lab').addEventListener('click', () => {
    panel.hidden = true;
  });
  byId<HTMLSelectElement>('journal-only').addEventListener('change', (event) => {
    only = (event.target as HTMLSelectElement).value;
    drawEntries();
  });
  byId<HTMLFormElement>('plant').addEventListener('submit', (event) => {
    event.preventDefault();
    void ask({ kind: 'fault', ...Object.fromEntries(new FormData(event.target as HTMLFormElement)) });
  });
  panel.addEventListener('click', (event) => {
    const { remove, drop, disconnect } = (event.target as HTMLElement).dataset;
    if (remove) void ask({ kind: 'remove-fault', id: remove });
    if (drop) void ask({ kind: 'drop' });
    if (disconnect) void ask({ kind: 'disconnect', reason: disconnect });
  });
  byId('switches').addEventListener('change', (event) => {
    const field = event.target as HTMLInputElement;
    const kind = field.dataset.switch ?? 'blocks';
    const ticked = [...byId('switches').querySelectorAll<HTMLInputElement>('[name=refused]:checked')];
    const value =
      kind === 'blocks' ? ticked.map((one) => one.value) : field.type === 'checkbox' ? field.checked : field.value;
    void ask({ kind, value });
  });

  return {
    /** Something went between Slack and the app. */
    told(entry: Entry): void {
      entries.set(entry.id, entry);
      if (!panel.hidden) drawEntries();
    },
  };
}

const ARROWS = { event: '→', interaction: '→', call: '←' } as const;
const WAYS = { event: 'to the app', interaction: 'to the app', call: 'from the app' } as const;

function drawEntry(entry: Entry, open: boolean): Tree {
  const time = new Date(entry.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return el(
    'li',
    { class: entry.failed ? 'failed' : '' },
    el(
      'details',
      { 'data-entry': String(entry.id), ...(open ? { open: '' } : {}) },
      el(
        'summary',
        {},
        el('span', { class: 'way', role: 'img', 'aria-label': WAYS[entry.kind] }, ARROWS[entry.kind]),
        el('span', { class: 'name' }, entry.name),
        entry.note ? el('span', { class: 'note' }, entry.note) : '',
        el('span', { class: 'when' }, `${entry.ms === undefined ? '…' : `${entry.ms} ms`} · ${time}`),
      ),
      el('pre', {}, entry.sent),
      entry.got ? el('pre', {}, entry.got) : '',
    ),
  );
}

function drawFaults(state: LabState): void {
  const method = byId<HTMLSelectElement>('fault-method');
  if (!method.options.length)
    fill(
      method,
      ['*', 'upload', ...state.methods].map((one) => option(one)),
    );
  const what = byId<HTMLSelectElement>('fault-what');
  if (!what.options.length)
    fill(
      what,
      state.planted.map((one) => option(one)),
    );
  fill(
    byId('rules'),
    state.rules.map((rule) => {
      const often =
        rule.left === undefined
          ? rule.share < 1
            ? `${Math.round(100 * rule.share)} % of calls`
            : 'every call'
          : `${rule.left} more`;
      return el(
        'li',
        {},
        el('span', {}, el('code', {}, rule.method), ` ${rule.what} · ${often}`),
        el(
          'button',
          { type: 'button', 'data-remove': String(rule.id), 'aria-label': `Remove: ${rule.method} ${rule.what}` },
          '✕',
        ),
      );
    }),
  );
  // what is being typed would be lost
  const typed = document.activeElement;
  if (typed instanceof HTMLInputElement && typed.type === 'number' && byId('switches').contains(typed)) return;
  fill(byId('switches'), [
    field(
      'Agent surface',
      el(
        'select',
        { 'data-switch': 'surface' },
        state.surfaces.map((one) => option(one, one === state.agentSurface)),
      ),
    ),
    field(
      'A stream lives for (s)',
      el('input', { type: 'number', min: '0', 'data-switch': 'stream', value: String(state.streamS) }),
    ),
    field(
      'Slack’s clock is ahead by (s)',
      el('input', { type: 'number', 'data-switch': 'skew', value: String(state.skewS) }),
    ),
    tick('Every event twice', { 'data-switch': 'duplicates' }, state.duplicateEvents),
    tick('Events out of their order', { 'data-switch': 'reorder' }, state.reorderEvents),
    tick('Socket Mode is off (link_disabled)', { 'data-switch': 'link' }, state.linkDisabled),
    tick('Too many calls are refused', { 'data-switch': 'limits' }, state.limitsCalls),
    el(
      'fieldset',
      {},
      el('legend', {}, 'Refuse blocks'),
      state.blocks.map((one) => tick(one, { name: 'refused', value: one }, state.refusedBlocks.includes(one))),
    ),
    el('button', { type: 'button', 'data-drop': 'yes' }, 'Drop the socket'),
    ...state.reasons.map((reason) =>
      el('button', { type: 'button', 'data-disconnect': reason }, `Disconnect: ${reason}`),
    ),
  ]);
}

const field = (label: string, control: Tree): Tree => el('label', { class: 'field' }, el('span', {}, label), control);
const tick = (label: string, attrs: Readonly<Record<string, string>>, ticked: boolean): Tree =>
  el(
    'label',
    { class: 'tick' },
    el('input', { type: 'checkbox', ...attrs, ...(ticked ? { checked: '' } : {}) }),
    label,
  );
