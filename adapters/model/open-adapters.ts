import type { AdapterModel } from '#src/ports/chat-model.ts';
import {
  askServed,
  asksLlama,
  type NamedAdapter,
  NOTHING_SERVED,
  type ServedModels,
  whyNotServed,
} from './adapter-servers.ts';
import type { openModelServer } from './open-model-server.ts';

export type { NamedAdapter } from './adapter-servers.ts';

type Server = ReturnType<typeof openModelServer>;

interface Opened {
  readonly adapter: NamedAdapter;
  readonly served: AdapterModel;
}

/** The adapters that are asked: none that its configuration refuses, nor one whose server has another base or does not have it. */
export interface OpenedAdapters {
  /** Asks their servers what they have. */
  readonly learn: (signal: AbortSignal) => Promise<void>;
  readonly served: () => readonly AdapterModel[];
  /** What a request to the untrained model says besides. */
  readonly untrained: () => Readonly<Record<string, unknown>>;
}

/**
 * Opens adapters, each on the server of all other models or on one of its own.
 *
 * @param log told once of every adapter that is not asked, and why.
 */
export function openAdapters(
  options: { readonly baseUrl: string; readonly apiKey?: string; readonly adapters: readonly NamedAdapter[] },
  main: Server,
  openAt: (baseUrl: string) => Server,
  log: (message: string) => void,
): OpenedAdapters {
  const { baseUrl, apiKey, adapters } = options;
  const urlOf = (one: NamedAdapter) => one.baseUrl ?? baseUrl;
  const seen = new Map<string, ServedModels>();
  const seenAt = (url: string) => seen.get(url) ?? NOTHING_SERVED;
  const servers = new Map<string, Server>([[baseUrl, main]]);
  // By its entry: one name may be right in one role and wrong in another.
  const refused = new Set<NamedAdapter>();
  const refuse = (adapter: NamedAdapter, why: string) => {
    if (refused.has(adapter)) return;
    refused.add(adapter);
    log(`The adapter ${adapter.name} is not asked: ${why}.`);
  };
  const opened = adapters.flatMap((adapter): Opened[] => {
    if (adapter.refused !== undefined) {
      refuse(adapter, adapter.refused);
      return [];
    }
    const url = urlOf(adapter);
    const server = servers.get(url) ?? openAt(url);
    servers.set(url, server);
    const isAlone = url !== baseUrl && adapters.filter((one) => urlOf(one) === url).length === 1;
    const model = server.model(adapter.name, () => asksLlama(adapter.name, seenAt(url), isAlone));
    const { role, manifest } = adapter;
    return [{ adapter, served: { model, role, ...(manifest ? { trained: manifest } : {}) } }];
  });
  return {
    async learn(signal) {
      const urls = new Set(opened.map(({ adapter }) => urlOf(adapter)));
      const key = apiKey === undefined ? {} : { apiKey };
      await Promise.all([...urls].map(async (url) => seen.set(url, await askServed({ baseUrl: url, ...key }, signal))));
      for (const { adapter } of opened) {
        const why = whyNotServed(adapter, seenAt(urlOf(adapter)));
        if (why !== undefined) refuse(adapter, why);
      }
    },
    served: () => opened.filter(({ adapter }) => !refused.has(adapter)).map(({ served }) => served),
    untrained: () => asksLlama(undefined, seenAt(baseUrl), false),
  };
}
