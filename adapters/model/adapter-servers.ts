import { z } from 'zod';
import type { AdapterBase, AdapterManifest, AdapterRole } from '#src/domain/adapter.ts';

/** An adapter as it is configured. */
export interface NamedAdapter {
  readonly name: string;
  readonly baseUrl?: string;
  readonly role: AdapterRole;
  readonly manifest?: AdapterManifest;
  readonly refused?: string;
}

/** What servers list of a model: vLLM the folder or hub's name of its weights and, of an adapter, its base; llama.cpp its size. */
const Listed = z.object({
  id: z.string(),
  root: z.string().nullish(),
  parent: z.string().nullish(),
  meta: z.object({ n_embd: z.number().optional(), n_params: z.number().optional() }).nullish(),
});

/** An adapter that llama.cpp has loaded; its file's name is the adapter's. */
const Loaded = z.object({ id: z.number(), path: z.string() });
export type LoadedAdapter = z.infer<typeof Loaded>;

/** What a server says of what it serves; lists are empty where it says nothing. */
export interface ServedModels {
  readonly listed: readonly z.infer<typeof Listed>[];
  readonly loaded: readonly LoadedAdapter[];
}

export const NOTHING_SERVED: ServedModels = { listed: [], loaded: [] };

/** Asks a server which models and adapters it has. One that does not answer is told by its first use. */
export async function askServed(
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey?: string },
  signal: AbortSignal,
): Promise<ServedModels> {
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const read = async (url: string): Promise<unknown> => {
    try {
      const reply = await fetch(url, { headers, signal });
      return reply.ok ? await reply.json() : undefined;
    } catch {
      return undefined;
    }
  };
  const root = baseUrl.replace(/\/+$/, '');
  const [models, adapters] = await Promise.all([
    read(`${root}/models`),
    read(`${root.replace(/\/v1$/, '')}/lora-adapters`),
  ]);
  const listed = z.object({ data: z.array(Listed) }).safeParse(models);
  const loaded = z.array(Loaded).safeParse(adapters);
  return { listed: listed.data?.data ?? [], loaded: loaded.data ?? [] };
}

const fileName = (path: string) => path.split(/[\\/]/).at(-1) ?? '';
const isOf = ({ path }: LoadedAdapter, name: string) => fileName(path).replace(/\.gguf$/i, '') === fileName(name);

/** Why a server does not serve an adapter, in a sentence; undefined where it does, or says nothing against it. */
export function whyNotServed({ name, manifest }: NamedAdapter, { listed, loaded }: ServedModels): string | undefined {
  if (loaded.length && !loaded.some((one) => isOf(one, name)))
    return `its server has loaded ${loaded.map(({ path }) => fileName(path)).join(', ')} and no ${fileName(name)}.gguf`;
  const own = listed.find(({ id }) => id === name);
  if (!loaded.length && listed.length && !own)
    return `its server lists no model of that name; it lists ${listed
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ')}`;
  const base = listed.find(({ id }) => id === own?.parent) ?? own ?? listed[0];
  return manifest && base && whyOtherBase(manifest.base, base);
}

/** Sizes of one model differ by how its files count weights that are used twice; those of two models by more. */
const SAME_SIZE = 1.4;
/** What is put behind a model's name for weights in fewer bits, which an adapter does not mind. */
const IN_FEWER_BITS = /[-_](?:awq|gptq|gguf|fp8|bnb|int[48]|[48]bit|q\d\w*)(?:[-_]\w+)*$/;

function whyOtherBase(base: AdapterBase, { root, meta }: z.infer<typeof Listed>): string | undefined {
  const { n_embd: width, n_params: parameters } = meta ?? {};
  const another = (said: string) => `it was trained on ${base.name}, and its server has ${said}`;
  if (width !== undefined && width !== base.width) return another(`a model of width ${width}, not ${base.width}`);
  if (parameters !== undefined && Math.max(parameters / base.parameters, base.parameters / parameters) > SAME_SIZE)
    return another(`one of ${inBillions(parameters)} weights, not ${inBillions(base.parameters)}`);
  // A folder may be called anything; a name on the hub says which model it is.
  const isHubName = root && /^[\w.-]+\/[\w.-]+$/.test(root);
  return isHubName && plainName(root) !== plainName(base.name) ? another(root) : undefined;
}

const inBillions = (count: number) => `${(count / 1e9).toFixed(1)} billion`;
const plainName = (name: string) => fileName(name).toLowerCase().replace(IN_FEWER_BITS, '');

/**
 * What a request to llama.cpp must say where one server has adapters and more than one model is asked of it: which of them count,
 * and that nothing is taken from the prompt cache. The cache does not know which adapter its beginning of a prompt was read with
 * (llama.cpp's issue 26207), and a request that names none gets those that are on by default.
 *
 * @param name the adapter that is asked; undefined for the untrained model.
 */
export function asksLlama(
  name: string | undefined,
  { loaded }: ServedModels,
  isAlone: boolean,
): Readonly<Record<string, unknown>> {
  if (!loaded.length || (isAlone && loaded.length === 1)) return {};
  const scaleOf = (one: LoadedAdapter) => (name !== undefined && isOf(one, name) ? 1 : 0);
  return { lora: loaded.map((one) => ({ id: one.id, scale: scaleOf(one) })), cache_prompt: false };
}
