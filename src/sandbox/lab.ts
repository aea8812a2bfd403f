import type { Fault } from './fault.ts';
import { toPageEntry } from './journal.ts';
import type { SandboxContext, Switches } from './sandbox-context.ts';
import type { DisconnectReason } from './socket-mode.ts';
import { METHOD_NAMES } from './web-api.ts';

/** What the panel lets a call come to, by name. */
const PLANTED: Readonly<Record<string, Fault>> = {
  'HTTP 503': { status: 503 },
  'HTTP 503 after its effect': { status: 503, after: true },
  'HTTP 429, again in 2 s': { status: 429, retryAfterS: 2, error: 'ratelimited' },
  'connection lost': { drop: true },
  'connection lost after its effect': { drop: true, after: true },
  'no answer': { hang: true },
  'no answer after its effect': { hang: true, after: true },
  '2 s late': { delayMs: 2_000 },
};

const BLOCKS = [
  'data_table',
  'data_visualization',
  'container',
  'table',
  'plan',
  'markdown',
  'context_actions',
  'rich_text',
];
const SURFACES: readonly Switches['agentSurface'][] = ['on', 'not_authorized', 'feature_disabled'];

/** Reasons of a single `disconnect`; `link_disabled` lasts, and is a switch. */
const REASONS: readonly DisconnectReason[] = ['warning', 'refresh_requested'];

/** The state of the panel. */
export const labState = ({ faults, switches, sockets, journal, workspace }: SandboxContext) => ({
  methods: METHOD_NAMES,
  planted: Object.keys(PLANTED),
  blocks: BLOCKS,
  surfaces: SURFACES,
  reasons: REASONS,
  rules: faults.rules().map(({ id, method, faults: all, share, left }) => ({
    id,
    method,
    what: all.length === 1 ? nameOf(all[0]!) : `${all.length} faults`,
    share: share ?? 1,
    left,
  })),
  agentSurface: switches.agentSurface,
  refusedBlocks: [...switches.refusedBlocks],
  streamS: switches.streamMs / 1_000,
  duplicateEvents: sockets.duplicateEvents,
  reorderEvents: sockets.reorderEvents,
  linkDisabled: sockets.linkDisabled,
  limitsCalls: switches.limitsCalls,
  skewS: workspace.skewMs / 1_000,
  entries: journal.entries.map(toPageEntry),
});

const nameOf = (fault: Fault) =>
  typeof fault === 'string'
    ? fault
    : (Object.entries(PLANTED).find(([, one]) => one === fault)?.[0] ?? JSON.stringify(fault));

type Fields = Readonly<Record<string, unknown>>;

const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));

/** What the panel does; the state after it is what the page shows. */
const ACTS: Readonly<Record<string, (fields: Fields, context: SandboxContext) => void>> = {
  fault: ({ method, what, code, times, share, seed }, { faults }) => {
    const fault = code ? str(code) : PLANTED[str(what)];
    if (fault === undefined) return;
    if (seed) faults.seed(Number(seed));
    faults.add({
      method: str(method) || '*',
      faults: [fault],
      ...(Number(times) > 0 ? { times: Number(times) } : {}),
      ...(Number(share) > 0 ? { share: Math.min(1, Number(share) / 100) } : {}),
    });
  },
  'remove-fault': ({ id }, { faults }) => faults.remove(Number(id)),
  surface: ({ value }, { switches }) => {
    switches.agentSurface = SURFACES.find((one) => one === value) ?? 'on';
  },
  blocks: ({ value }, { switches }) => {
    switches.refusedBlocks.clear();
    for (const type of Array.isArray(value) ? value : []) switches.refusedBlocks.add(str(type));
  },
  stream: ({ value }, { switches }) => {
    if (Number(value) >= 0) switches.streamMs = 1_000 * Number(value);
  },
  duplicates: ({ value }, { sockets }) => {
    sockets.duplicateEvents = value === true;
  },
  reorder: ({ value }, { sockets }) => {
    sockets.reorderEvents = value === true;
  },
  limits: ({ value }, { switches }) => {
    switches.limitsCalls = value === true;
  },
  skew: ({ value }, { workspace }) => {
    if (Number.isFinite(Number(value))) workspace.skewMs = 1_000 * Number(value);
  },
  link: ({ value }, { sockets }) => {
    sockets.linkDisabled = value === true;
  },
  disconnect: ({ reason }, { sockets }) => {
    const known = REASONS.find((one) => one === reason);
    if (known) sockets.disconnect(known);
  },
  drop: (_, { sockets }) => sockets.drop(),
};

/** Does what the panel asks for; false where it asks for nothing that we know. */
export function actInLab(fields: Fields, context: SandboxContext): boolean {
  const act = ACTS[str(fields.kind)];
  act?.(fields, context);
  return act !== undefined;
}
