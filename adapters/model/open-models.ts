import type { AdapterModel, CountTokens, ModelServer } from '#src/ports/chat-model.ts';
import { type Abilities, loadAbilities, saveAbilities, UNPROBED } from './abilities.ts';
import { type NamedAdapter, openAdapters } from './open-adapters.ts';
import { openModelServer } from './open-model-server.ts';
import { probeModel } from './probe-model.ts';

export interface ModelsOptions {
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly name: string;
  readonly linker: string;
  readonly generator: string;
  readonly refiner: string;
  readonly selector: string;
  readonly adapters: readonly NamedAdapter[];
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** For each request of the probe that comes before the first question. */
const PROBE_TIMEOUT_MS = 20_000;
/** A server that did not answer the probe is asked again after this. */
const PROBE_AGAIN_MS = 5 * 60_000;

/** The models of all roles on one server, with what it was found to do, and adapters on it or on servers of their own. */
export function openModels(
  options: ModelsOptions,
  home: string,
  countTokens: CountTokens,
  now: () => Date = () => new Date(),
  log: (message: string) => void = () => undefined,
): ModelServer {
  let found: Abilities | undefined;
  let learning: { readonly from: number; readonly done: Promise<void> } | undefined;
  const { baseUrl, apiKey, timeoutMs, concurrency } = options;
  const key = apiKey === undefined ? {} : { apiKey };
  // A server that an adapter has for itself is taken to be of the same kind.
  const openAt = (url: string) =>
    openModelServer({
      baseUrl: url,
      ...key,
      timeoutMs,
      concurrency,
      countTokens,
      abilities: () => found ?? UNPROBED,
    });
  const server = openAt(baseUrl);
  const adapters = openAdapters(options, server, openAt, log);
  const base = (name: string) => server.model(name, adapters.untrained);

  async function learnOnce(): Promise<void> {
    await adapters.learn(AbortSignal.timeout(PROBE_TIMEOUT_MS));
    found = await loadAbilities(home, baseUrl, options.name);
    if (found) return;
    const probing = { baseUrl, ...key, model: options.generator, timeoutMs: Math.min(timeoutMs, PROBE_TIMEOUT_MS) };
    const { abilities } = await probeModel(probing, new AbortController().signal, now());
    found = { ...abilities, model: options.name };
    await saveAbilities(home, found);
  }

  return {
    name: options.name,
    roles: {
      linker: base(options.linker),
      generator: base(options.generator),
      refiner: base(options.refiner),
      selector: base(options.selector),
      get adapters(): readonly AdapterModel[] {
        return adapters.served();
      },
      contextTokens: () => found?.contextTokens,
    },
    async learn(signal) {
      if (found || signal.aborted) return;
      const at = now().getTime();
      if (!learning || at - learning.from > PROBE_AGAIN_MS)
        // For all who ask meanwhile: whoever gives up leaves it to the others. A server that does not answer is told by the
        // first call that needs it; until then the least is taken for granted.
        learning = { from: at, done: learnOnce().catch(() => undefined) };
      await doneOrAborted(learning.done, signal);
    },
  };
}

async function doneOrAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([done, aborted]);
  signal.removeEventListener('abort', onAbort);
}
