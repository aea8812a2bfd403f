import { readConfig } from '#src/config/env.ts';
import { MECHANISMS, type Mechanism } from '#src/domain/explored-pair.ts';
import type { ModelBudget } from '#src/explore/model/model-desk.ts';
import type { ExploringModel } from '#src/explore/model/model-writing.ts';
import { keptIn, openEmbedder, openModelServer, openTokenizer } from './parts.ts';

export interface ExploringModelOptions {
  readonly modelUrl: string;
  readonly model?: string | undefined;
  readonly cache?: string | undefined;
}

/** The model server at an address with the configured embedder, as exploring asks them. */
export async function openExploringModel({ modelUrl, model, cache }: ExploringModelOptions) {
  const config = readConfig(undefined, {
    QUERENT_MODEL_URL: modelUrl,
    ...(model ? { QUERENT_MODEL_NAME: model } : {}),
  });
  const server = await openModelServer(config, openTokenizer());
  if (!server) throw new Error('A model server is needed: give --model-url URL and --model NAME.');
  const embedder = keptIn(cache, openEmbedder(config.embedder));
  const { generator: writer, selector: judge } = server.roles;
  return {
    within: (budget: ModelBudget): ExploringModel => ({
      writer,
      judge,
      embedder,
      budget,
      asked: [],
      now: () => performance.now(),
    }),
    close: () => embedder.close(),
  };
}

/** What is left of a budget, in equal parts for so many databases. */
export function partOf(budget: ModelBudget, spent: ModelBudget, databases: number): ModelBudget {
  const part = (of: keyof ModelBudget) => Math.max(0, budget[of] - spent[of]) / databases;
  return { calls: Math.ceil(part('calls')), tokens: Math.ceil(part('tokens')), minutes: part('minutes') };
}

/** Mechanisms by their names; the first name that is none. */
export function mechanismsNamed(names: readonly string[]): readonly Mechanism[] | string {
  const unknown = names.find((name) => !MECHANISMS.some((one) => one === name));
  return unknown ?? MECHANISMS.filter((one) => names.includes(one));
}
