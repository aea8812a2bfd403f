import type { CountTokens, ModelRoles } from '#src/ports/chat-model.ts';
import { type Abilities, loadAbilities, UNPROBED } from './abilities.ts';
import { openModelServer } from './open-model-server.ts';

export interface ModelsOptions {
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly name: string;
  readonly linker: string;
  readonly generator: string;
  readonly refiner: string;
  readonly selector: string;
  readonly adapters: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** The models of all roles on one server, with what `querent doctor` found the server to do. */
export function openModels(options: ModelsOptions, home: string, countTokens: CountTokens): ModelRoles {
  let found: Abilities | undefined;
  // Read beside the first requests: what is not known yet is taken to be the least.
  void loadAbilities(home, options.baseUrl, options.name).then((abilities) => {
    found = abilities;
  });
  const { baseUrl, apiKey, timeoutMs, concurrency } = options;
  const server = openModelServer({
    baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
    timeoutMs,
    concurrency,
    countTokens,
    abilities: () => found ?? UNPROBED,
  });
  return {
    linker: server.model(options.linker),
    generator: server.model(options.generator),
    refiner: server.model(options.refiner),
    selector: server.model(options.selector),
    adapters: options.adapters.map((name) => server.model(name)),
    contextTokens: () => found?.contextTokens,
  };
}
