/** What becomes of a call: an error code, or an HTTP status, a wait, a lost connection, no answer. */
export type Fault =
  | string
  | {
      /** The call takes its effect all the same; only its reply is lost. */
      readonly after?: true;
      readonly error?: string;
      /** The scope that `missing_scope` names. */
      readonly needed?: string;
      /** What is wrong with the blocks, as `response_metadata.messages` say it. */
      readonly messages?: readonly string[];
      /** Of a 5xx, or 429 with `retryAfterS`. */
      readonly status?: number;
      readonly retryAfterS?: number;
      /** The connection ends without a reply. */
      readonly drop?: true;
      /** The connection stays open and nothing comes. */
      readonly hang?: true;
      /** Waits so long before the call takes its effect. */
      readonly delayMs?: number;
    };

/** Calls that fail until the rule is taken away or has failed often enough. */
export interface FaultRule {
  /** A method, the start of some (`chat.*`), or all of them (`*`). */
  readonly method: string;
  /** What becomes of a call; of several, one at random. */
  readonly faults: readonly Fault[];
  /** The share of calls that fail; all, if absent. */
  readonly share?: number;
  /** How many calls fail; without end, if absent. */
  readonly times?: number;
}

/** What goes wrong between a bot and Slack on a bad day: before and after the effect. A wait of 0 s keeps tests short. */
export const BAD_DAY: readonly Fault[] = [
  { status: 503 },
  { status: 503, after: true },
  { status: 429, retryAfterS: 0, error: 'ratelimited' },
  { drop: true },
  { drop: true, after: true },
];

interface Held {
  readonly id: number;
  readonly rule: FaultRule;
  left: number;
}

/** The faults of a sandbox: those planted for a method's next calls, and rules. Which calls a share strikes follows from the seed. */
export interface Faults {
  /** What becomes of the next calls of a method. */
  readonly planted: Map<string, Fault[]>;
  add(rule: FaultRule): void;
  remove(id: number): void;
  clear(): void;
  rules(): readonly (FaultRule & { readonly id: number; readonly left: number | undefined })[];
  /** Starts the draws anew. */
  seed(seed: number): void;
  /** What becomes of this call; undefined where it goes well. */
  draw(method: string): Fault | undefined;
}

export function openFaults(): Faults {
  const planted = new Map<string, Fault[]>();
  let held: Held[] = [];
  let random = drawsFrom(1);
  let lastId = 0;
  return {
    planted,
    add(rule) {
      lastId += 1;
      held.push({ id: lastId, rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    remove(id) {
      held = held.filter((one) => one.id !== id);
    },
    clear() {
      held = [];
      planted.clear();
    },
    rules: () => held.map(({ id, rule, left }) => ({ ...rule, id, left: Number.isFinite(left) ? left : undefined })),
    seed(seed) {
      random = drawsFrom(seed);
    },
    draw(method) {
      const next = planted.get(method)?.shift();
      if (next !== undefined) return next;
      for (const one of held) {
        const { faults, share = 1 } = one.rule;
        if (one.left < 1 || !covers(one.rule.method, method) || (share < 1 && random() >= share)) continue;
        one.left -= 1;
        if (one.left < 1) held = held.filter((other) => other !== one);
        return faults[Math.floor(random() * faults.length)];
      }
      return undefined;
    },
  };
}

const covers = (pattern: string, method: string) =>
  pattern === method || (pattern.endsWith('*') && method.startsWith(pattern.slice(0, -1)));

/** Numbers from 0 to 1 that follow from a seed (the generator known as mulberry32). */
function drawsFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
