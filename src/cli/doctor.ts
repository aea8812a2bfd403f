import { WebClient } from '@slack/web-api';
import { saveAbilities } from '#adapters/model/abilities.ts';
import { probeModel } from '#adapters/model/probe-model.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { loadIndex } from '#schemas-index/index/index-file.ts';
import { checkRules } from '#src/access/check-rules.ts';
import { compose, type Querent } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { type ExitCode, untilInterrupted } from './terminal.ts';

export const DOCTOR_USAGE = `querent doctor
  Checks every configured part and says what to do next. What a model server can do is asked once and kept; nothing
  else is changed.`;

interface Finding {
  readonly part: string;
  readonly state: 'ok' | 'off' | 'wrong';
  readonly says: string;
}

export async function doctor(_args: readonly string[], config: Config): Promise<ExitCode> {
  const signal = untilInterrupted();
  const querent = compose(config);
  try {
    const findings: Finding[] = [
      { part: 'Node', state: 'ok', says: process.versions.node },
      { part: 'state', state: 'ok', says: config.stateFile },
      ...(await checkDatabases(querent, signal)),
      checkAccess(querent),
      checkAudit(querent),
      await checkEmbedder(querent, config, signal),
      await checkIndex(querent, config),
      await checkModel(config, signal),
      await checkVectors(config),
      await checkSlack(config),
    ];
    for (const { part, state, says } of findings)
      console.log(`${{ ok: '✓', off: '–', wrong: '✗' }[state]} ${part.padEnd(24)} ${says}`);
    const wrong = findings.filter((finding) => finding.state === 'wrong').length;
    console.log(
      wrong
        ? `\n${wrong} of ${findings.length} parts need attention; the first one first.`
        : '\nAll that is configured works.',
    );
    return wrong ? 1 : 0;
  } finally {
    await querent.close();
  }
}

async function checkDatabases(querent: Querent, signal: AbortSignal): Promise<Finding[]> {
  const registered = querent.store.databases();
  if (!registered.length)
    return [
      {
        part: 'databases',
        state: 'off',
        says: 'none registered; run `querent register URL`, or `npm run demo` to try the sample company',
      },
    ];
  return Promise.all(
    registered.map(async ({ id }): Promise<Finding> => {
      const opened = querent.database(id);
      const pinged = opened.ok ? await opened.value.ping(signal) : opened;
      return pinged.ok
        ? { part: `database ${id}`, state: 'ok', says: `answers, version ${pinged.value.serverVersion}` }
        : { part: `database ${id}`, state: 'wrong', says: sayToOperator(pinged.failure) };
    }),
  );
}

/** Who may ask: rules that are odd, and databases that nobody in Slack may ask. */
function checkAccess({ store }: Querent): Finding {
  const rules = store.accessRules();
  const [odd] = checkRules(rules, store.catalogs());
  if (odd) return { part: 'access', state: 'wrong', says: `${odd} (querent policy check)` };
  const closed = store.databases().filter(({ id }) => !rules.some((rule) => rule.databaseId === id));
  if (!closed.length) return { part: 'access', state: rules.length ? 'ok' : 'off', says: `${rules.length} rules` };
  return {
    part: 'access',
    state: 'off',
    says: `nobody in Slack may ask ${closed.map(({ id }) => id).join(', ')} (querent grant)`,
  };
}

function checkAudit({ audit }: Querent): Finding {
  const checked = audit.verify();
  return checked.kind === 'sound'
    ? { part: 'audit', state: 'ok', says: `${checked.entries} entries, as they were written` }
    : {
        part: 'audit',
        state: 'wrong',
        says: `broken at entry ${checked.seq}: ${checked.why}; the bot does not start until it is mended or put away`,
      };
}

async function checkEmbedder(querent: Querent, config: Config, signal: AbortSignal): Promise<Finding> {
  const where = config.embedder ? config.embedder.baseUrl : 'embedded, no network';
  try {
    await querent.embedder.embed([`doctor ${Date.now()}`], signal);
    return { part: 'embedder', state: 'ok', says: `${querent.embedder.id} (${where})` };
  } catch (error) {
    return {
      part: 'embedder',
      state: 'wrong',
      says: `${error instanceof Error ? error.message : error}. Check QUERENT_EMBEDDER_URL, or unset it.`,
    };
  }
}

async function checkIndex(querent: Querent, config: Config): Promise<Finding> {
  const catalogs = querent.store.catalogs();
  if (!querent.store.databases().length) return { part: 'index', state: 'off', says: 'nothing to index yet' };
  const loaded = await loadIndex(config.indexFolder, catalogs, querent.embedder, embeddedVectors);
  return loaded.ok
    ? {
        part: 'index',
        state: 'ok',
        says: `${loaded.value.tables.length} tables, ${loaded.value.tableOfColumn.length} columns`,
      }
    : { part: 'index', state: 'wrong', says: sayToOperator(loaded.failure) };
}

const PROBE_TIMEOUT_MS = 60_000;

/** Asks the model server once what it can do, and records it for the bot. */
async function checkModel(config: Config, signal: AbortSignal): Promise<Finding> {
  const part = 'model server';
  const { model } = config;
  if (!model)
    return {
      part,
      state: 'off',
      says: 'none; the built-in planner answers plain questions (QUERENT_MODEL_URL names one)',
    };
  try {
    const { abilities, listed, answersAs } = await probeModel(
      {
        baseUrl: model.baseUrl,
        model: model.generator,
        ...(model.apiKey === undefined ? {} : { apiKey: model.apiKey }),
        timeoutMs: Math.min(model.timeoutMs, PROBE_TIMEOUT_MS),
        ...(config.embedder ? { embeddings: config.embedder } : {}),
      },
      signal,
      new Date(),
    );
    await saveAbilities(config.home, { ...abilities, model: model.name });
    const wanted = [...new Set([model.linker, model.generator, model.refiner, model.selector, ...model.adapters])];
    const unknown = listed.length ? wanted.filter((name) => !listed.includes(name)) : [];
    const can = [
      ...(answersAs ? [`it answers as ${answersAs}`] : []),
      abilities.contextTokens
        ? `context of ${abilities.contextTokens.toLocaleString('en-US')} tokens`
        : 'context unknown',
      abilities.replySchemaKey === 'none' ? 'JSON by asking only' : `JSON by ${abilities.replySchemaKey}`,
      abilities.severalSamples ? 'several samples' : 'one sample a request',
      abilities.logprobs ? 'probabilities' : 'no probabilities',
      abilities.saysCut ? 'says when a reply is cut' : 'does not say when a reply is cut',
      ...(abilities.embeddingWidth ? [`embeddings of ${abilities.embeddingWidth}`] : []),
    ].join(', ');
    if (unknown.length)
      return {
        part,
        state: 'wrong',
        says: `has no model ${unknown.join(', ')}; it lists ${listed.slice(0, 5).join(', ')}. Check QUERENT_MODEL_NAME. (${can})`,
      };
    if (abilities.contextTokens && abilities.contextTokens < LEAST_CONTEXT)
      return {
        part,
        state: 'wrong',
        says: `its context is too short: prompts take up to ${LEAST_CONTEXT} tokens. Start it with a longer one. (${can})`,
      };
    if (config.embedder && abilities.embeddingWidth && abilities.embeddingWidth !== config.embedder.dimensions)
      return {
        part,
        state: 'wrong',
        says: `embeddings have ${abilities.embeddingWidth} numbers; set QUERENT_EMBEDDER_DIMENSIONS to that.`,
      };
    return { part, state: 'ok', says: `${model.generator} answers: ${can}` };
  } catch {
    return {
      part,
      state: 'wrong',
      says: `${model.baseUrl} does not answer a message to ${model.generator}. Check QUERENT_MODEL_URL, QUERENT_MODEL_NAME and that the server is running.`,
    };
  }
}

/** A schema at its budget, rules, examples and the reply. */
const LEAST_CONTEXT = 8_000;

async function checkVectors(config: Config): Promise<Finding> {
  const part = 'vector server';
  if (!config.qdrant) return { part, state: 'off', says: 'none; the embedded index is enough for one process' };
  try {
    const published = await openQdrant({ ...config.qdrant, timeoutMs: 5_000 }).published();
    return published
      ? { part, state: 'ok', says: `answers; its index was made with ${published.made.embedder}` }
      : { part, state: 'wrong', says: 'answers, but holds no index of ours. Run `querent index`.' };
  } catch {
    return {
      part,
      state: 'wrong',
      says: `${config.qdrant.url} is not answering. Check QUERENT_QDRANT_URL; answers use the embedded copy.`,
    };
  }
}

async function checkSlack(config: Config): Promise<Finding> {
  if (!config.slack)
    return {
      part: 'Slack',
      state: 'off',
      says: 'no tokens; set SLACK_BOT_TOKEN and SLACK_APP_TOKEN for `querent serve`',
    };
  try {
    const client = new WebClient(config.slack.botToken, {
      timeout: 5_000,
      retryConfig: { retries: 0 },
      ...(config.slack.apiUrl ? { slackApiUrl: config.slack.apiUrl } : {}),
    });
    const { team, user } = await client.auth.test();
    return { part: 'Slack', state: 'ok', says: `signed in to ${team} as ${user}` };
  } catch (error) {
    const code = (error as { data?: { error?: string } }).data?.error;
    return {
      part: 'Slack',
      state: 'wrong',
      says: code ? `Slack answers ${code}. Check SLACK_BOT_TOKEN.` : 'Slack is not reachable from here.',
    };
  }
}
