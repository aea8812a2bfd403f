import { statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type CalendarSettings, WEEK_STARTS, type WeekStart } from '#src/domain/calendar.ts';
import { ConfigError } from '#src/domain/config-error.ts';
import { QUESTION_KINDS, type QuestionKind } from '#src/domain/known-question.ts';
import { sequenceRatio } from '#src/domain/likeness.ts';
import { DEFAULT_RETRIEVAL, RETRIEVALS, type Retrieval } from '#src/domain/retrieval.ts';
import { THREAD_MODES, type ThreadMode } from '#src/domain/thread-mode.ts';
import { isTimeZone, machineTimeZone } from '#src/domain/time-zone.ts';
import { type PipelineSettings, pipelineNamed, pipelineNames } from '#src/pipeline/settings.ts';
import { type AdapterEntry, type ConfiguredAdapter, configuredAdapter, readAdapterEntry } from './adapters.ts';
import { type Identities, readIdentities } from './identities.ts';

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
const whole = (fallback: number) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .positive('must be above 0')
    .default(fallback);

/** Folders that are there, named in one text with `:` between them. */
const folders = z
  .string()
  .default('')
  .transform((text, { issues, value }) => {
    const named = text.split(path.delimiter).filter(Boolean);
    const fault = (message: string) => issues.push({ code: 'custom', input: value, message });
    if (text && !named.length) fault('names no folder');
    for (const folder of named) if (!isFolder(folder)) fault(`names ${folder}, which is no folder that can be read`);
    return named.map((folder) => path.resolve(folder));
  });

function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory();
  } catch {
    return false;
  }
}

const pipeline = z
  .string()
  .default('full')
  .transform((name, { issues, value }) => {
    const known = pipelineNamed(name);
    if (!known) issues.push({ code: 'custom', input: value, message: `must be one of ${pipelineNames.join(', ')}` });
    return known ?? z.NEVER;
  });
/** A file that maps users to who they are to the company. */
const identities = z
  .string()
  .min(1)
  .transform((file, { issues, value }): Identities => {
    try {
      return readIdentities(file);
    } catch (error) {
      issues.push({ code: 'custom', input: value, message: (error as Error).message });
      return z.NEVER;
    }
  })
  .optional();

/** Private ranges that a registration from Slack may lead into; `loopback` is this machine. */
const networks = z
  .string()
  .default('')
  .transform((text, { issues, value }) => {
    const named = namesIn(text);
    const wrong = named.find((one) => one !== 'loopback' && !isRange(one));
    const message = `names ${wrong}, which is neither a range such as 10.1.0.0/16 nor loopback`;
    if (wrong !== undefined) issues.push({ code: 'custom', input: value, message });
    return { privateRanges: named.filter((one) => one !== 'loopback'), loopback: named.includes('loopback') };
  });

function isRange(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const isV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) && URL.canParse(`http://${address}`);
  const isV6 = address.includes(':') && URL.canParse(`http://[${address}]`);
  return (isV4 || isV6) && /^\d+$/.test(bits) && Number(bits) <= (isV6 ? 128 : 32) && !more.length;
}

/** Where the setup page listens. */
const listen = z
  .string()
  .default('127.0.0.1:4982')
  .transform((text, { issues, value }) => {
    const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
    const message = 'must be HOST:PORT, as 127.0.0.1:4982';
    if (!host || Number(port) > 65_535) issues.push({ code: 'custom', input: value, message });
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });

/** What is wrong with the settings of the setup page together. */
function pageFaults(set: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { QUERENT_PUBLIC_URL: address, SLACK_CLIENT_ID: id, SLACK_CLIENT_SECRET: secret } = set;
  if (address === undefined) return [];
  const signIn =
    id && secret ? [] : ['QUERENT_PUBLIC_URL needs SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, by which admins sign in'];
  const isLocal = (one: string | undefined) => /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${one}/`);
  const encrypted = address.startsWith('https:') || (isLocal(address) && isLocal(set.SLACK_API_URL));
  return encrypted ? signIn : [...signIn, 'QUERENT_PUBLIC_URL must be an https address: passwords are typed there'];
}

/** Ports below 1024 that a registration from Slack may name. */
const lowPorts = z
  .string()
  .default('')
  .transform((text, { issues, value }) => {
    const ports = namesIn(text).map(Number);
    const message = 'must be ports below 1024, with commas between them';
    if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 1_024))
      issues.push({ code: 'custom', input: value, message });
    return ports;
  });

/** Kinds of known questions, named in one text with commas between them, or `none`. */
const questionKinds = z
  .string()
  .default('explored')
  .transform((text, { issues, value }): readonly QuestionKind[] => {
    const named = text.trim() === 'none' ? [] : namesIn(text);
    const kinds = named.flatMap((name) => QUESTION_KINDS.find((kind) => kind === name) ?? []);
    const message = `must be none, or some of ${QUESTION_KINDS.join(', ')} with commas between them`;
    if (kinds.length < named.length) issues.push({ code: 'custom', input: value, message });
    return kinds;
  });

/** Fine-tuned models, named in one text with commas between them. */
const adapters = z
  .string()
  .default('')
  .transform((text, { issues, value }): readonly AdapterEntry[] =>
    namesIn(text).flatMap((entry) => {
      const read = readAdapterEntry(entry);
      if (typeof read !== 'string') return [read];
      issues.push({ code: 'custom', input: value, message: read });
      return [];
    }),
  );

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** A month by its number or its English name, which may be cut to three letters or more. */
const month = z
  .string()
  .transform((text) => {
    const name = text.trim().toLowerCase();
    return /^\d+$/.test(name) ? Number(name) : MONTHS.findIndex((one) => name.length > 2 && one.startsWith(name)) + 1;
  })
  .refine((number) => number >= 1 && number <= 12, 'must be a month, 1 to 12 or its name')
  .default(1);

/** What a model is called where nobody says: a server with one model takes any name. */
export const NO_NAME = 'default';

/** What a model wants to read before a question or a text; `none` where it wants nothing though it is known to. */
const prefix = z
  .string()
  .transform((text) => (text.trim() === 'none' ? '' : text))
  .optional();

/** Every setting, by the environment variable that sets it. */
const Settings = z.object({
  QUERENT_HOME: z.string().min(1).default('.querent'),
  QUERENT_EMBEDDER_URL: url.optional(),
  QUERENT_EMBEDDER_MODEL: z.string().default('bge-m3'),
  QUERENT_EMBEDDER_DIMENSIONS: whole(1024),
  QUERENT_EMBEDDER_KEY: z.string().optional(),
  QUERENT_EMBEDDER_QUESTION_PREFIX: prefix,
  QUERENT_EMBEDDER_TEXT_PREFIX: prefix,
  QUERENT_RERANK_URL: url.optional(),
  QUERENT_RERANK_MODEL: z.string().min(1).default(NO_NAME),
  QUERENT_RERANK_KEY: z.string().optional(),
  QUERENT_QDRANT_URL: url.optional(),
  QUERENT_QDRANT_KEY: z.string().optional(),
  QUERENT_QDRANT_COLLECTION: z
    .string()
    .regex(/^[\w-]{1,200}$/, 'must be letters, digits, - and _')
    .default('querent'),
  QUERENT_QDRANT_COPY: z.enum(['keep', 'none'], 'must be keep or none').default('keep'),
  QUERENT_MODEL_URL: url.optional(),
  QUERENT_MODEL_NAME: z.string().min(1).default(NO_NAME),
  QUERENT_MODEL_KEY: z.string().optional(),
  QUERENT_MODEL_LINKER: z.string().min(1).optional(),
  QUERENT_MODEL_GENERATOR: z.string().min(1).optional(),
  QUERENT_MODEL_REFINER: z.string().min(1).optional(),
  QUERENT_MODEL_SELECTOR: z.string().min(1).optional(),
  QUERENT_MODEL_ADAPTERS: adapters,
  QUERENT_MODEL_TIMEOUT_S: z.coerce
    .number({ error: 'must be a number of seconds' })
    .positive('must be above 0')
    .max(3_600, 'must be at most 3600, an hour')
    .default(60),
  QUERENT_MODEL_CONCURRENCY: whole(8),
  QUERENT_ANSWER_TIMEOUT_S: z.coerce
    .number({ error: 'must be a number of seconds' })
    .positive('must be above 0')
    .max(7_200, 'must be at most 7200, two hours')
    .default(120),
  QUERENT_PIPELINE: pipeline,
  QUERENT_SQLITE_FOLDERS: folders,
  QUERENT_EXAMPLES: z.string().min(1).optional(),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token (xoxb-…)').optional(),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'must be an app-level token (xapp-…)').optional(),
  SLACK_API_URL: url.optional(),
  SLACK_CLIENT_ID: z.string().min(1).optional(),
  SLACK_CLIENT_SECRET: z.string().min(1).optional(),
  QUERENT_PUBLIC_URL: url.optional(),
  QUERENT_PAGE_LISTEN: listen,
  QUERENT_HEALTH_PORT: z.coerce
    .number({ error: 'must be a port' })
    .int('must be a port')
    .min(1, 'must be a port')
    .max(65_535, 'must be a port')
    .optional(),
  QUERENT_HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
  QUERENT_QUESTION_PRICE: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(0.3),
  QUERENT_KNOWN_QUESTIONS: questionKinds,
  QUERENT_RETRIEVAL: z.enum(RETRIEVALS, `must be one of ${RETRIEVALS.join(', ')}`).default(DEFAULT_RETRIEVAL),
  QUERENT_ADMINS: z.string().default(''),
  QUERENT_ADMIN_GROUP: z
    .string()
    .regex(/^S[A-Z0-9]+$/, 'must be the id of a user group of Slack (S…)')
    .optional(),
  QUERENT_TIME_ZONE: z.string().refine(isTimeZone, 'must be the name of a time zone, as Europe/Oslo').optional(),
  QUERENT_WEEK_START: z
    .string()
    .toLowerCase()
    .pipe(z.enum(Object.keys(WEEK_STARTS) as [WeekStart], 'must be monday, sunday or saturday'))
    .default('monday'),
  QUERENT_FISCAL_YEAR_START: month,
  QUERENT_NETWORKS: networks,
  QUERENT_LOW_PORTS: lowPorts,
  QUERENT_SECRETS_FOLDER: z.string().min(1).default('/run/secrets'),
  QUERENT_IDENTITIES: identities,
  QUERENT_APPROVERS: z.string().default(''),
  QUERENT_KEEP_QUESTIONS_DAYS: whole(180),
  QUERENT_KEEP_AUDIT_DAYS: whole(400),
  QUERENT_KEY_FILE: z.string().min(1).optional(),
  QUERENT_AUDIT_QUESTIONS: z.enum(['keep', 'hash'], 'must be keep or hash').default('keep'),
  QUERENT_RUNS_PER_PERSON: whole(2),
  QUERENT_RUNS_PER_TEAM: whole(10),
  QUERENT_RUNS_PER_THREAD: whole(3),
  QUERENT_REPLY_HOURS: whole(24),
  QUERENT_THREAD_MODE: z.enum(THREAD_MODES, 'must be mention, asker or open').default('asker'),
  QUERENT_SIBLING_TEAMS: z.string().default(''),
  QUERENT_USER_SECONDS_PER_HOUR: whole(600),
  QUERENT_CHANNEL_SECONDS_PER_HOUR: whole(1_800),
  QUERENT_DEMO_PORT: z.coerce.number({ error: 'must be a port' }).int().min(0).max(65_535).default(4980),
});

export interface ModelConfig {
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** Model names by role; fine-tuned adapters with what they were trained for. */
  readonly name: string;
  readonly linker: string;
  readonly generator: string;
  readonly refiner: string;
  readonly selector: string;
  readonly adapters: readonly ConfiguredAdapter[];
  readonly timeoutMs: number;
  readonly concurrency: number;
}

export interface Config {
  readonly home: string;
  readonly stateFile: string;
  /** Held by the one bot that answers from the state. */
  readonly lockFile: string;
  /** Slack users who administer Querent, and are told what only an admin can mend. */
  readonly admins: readonly string[];
  /** A user group of Slack whose members are admins as well. */
  readonly adminGroup?: string;
  /** Where the servers may be that somebody registers from Slack (NET-1). */
  readonly egress: {
    readonly privateRanges: readonly string[];
    readonly loopback: boolean;
    readonly lowPorts: readonly number[];
  };
  /** The folder below which password files lie that somebody names in Slack. */
  readonly secretsFolder: string;
  /** Who people are to the company, for row policies. */
  readonly identities: Identities;
  /** How relative dates are reckoned for those who have no time zone of their own. */
  readonly calendar: CalendarSettings;
  /** Slack users whose “Good answer” makes an example for everybody. */
  readonly approvers: readonly string[];
  /** Days for which questions with their SQL, and the audit, are kept. */
  readonly keepDays: { readonly questions: number; readonly audit: number };
  /** The key that sealed passwords are sealed with; keep it away from backups of the state. */
  readonly keyFile: string;
  readonly auditFile: string;
  /** Whether the audit keeps the text of questions, or their hash alone. */
  readonly auditQuestions: boolean;
  /** Questions answered at once for a person and a workspace, those that may wait in a thread, and how long a question back waits. */
  readonly runs: {
    readonly perPerson: number;
    readonly perTeam: number;
    readonly perThread: number;
    readonly replyHours: number;
    /** To whom it listens in threads where nobody said otherwise. */
    readonly threadMode: ThreadMode;
    /** Workspaces of the same Enterprise Grid whose people may ask, too. */
    readonly siblingTeams: readonly string[];
  };
  /** Database time that a person and a channel may use in an hour. */
  readonly hourlyBudget: { readonly userSeconds: number; readonly channelSeconds: number };
  readonly indexFolder: string;
  readonly cacheFolder: string;
  /** What was found out of the model: what its server can do, and the prompt style that it reads best. */
  readonly modelFolder: string;
  readonly embedder?: {
    readonly baseUrl: string;
    readonly model: string;
    readonly dimensions: number;
    readonly apiKey?: string;
    /** What its model wants before a question and before a text; what is known of the model, where absent. */
    readonly prefixes: { readonly question?: string; readonly text?: string };
  };
  /** A server that says which near database answers a question best. */
  readonly reranker?: { readonly baseUrl: string; readonly model: string; readonly apiKey?: string };
  /** Where several replicas share one vector index. */
  /** `copy`: the index's words and vectors are held in this process as well. */
  readonly qdrant?: { readonly url: string; readonly name: string; readonly apiKey?: string; readonly copy: boolean };
  readonly model?: ModelConfig;
  /** The pipeline that answers. */
  readonly pipeline: PipelineSettings;
  /** Folders below which SQLite files must lie; anywhere, if there are none. */
  readonly sqliteFolders: readonly string[];
  /** All model work for one question, milliseconds. */
  readonly answerTimeoutMs: number;
  /** A bank of examples for prompts, besides the company's verified answers. */
  readonly examplesFile: string;
  readonly slack?: {
    readonly botToken: string;
    readonly appToken: string;
    readonly apiUrl?: string;
    /** The page on which admins type passwords of databases. */
    readonly page?: {
      readonly host: string;
      readonly port: number;
      readonly publicUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
    };
    /** Where a monitor looks; nowhere, if absent. */
    readonly health?: { readonly host: string; readonly port: number };
  };
  /** Price of a question back in wrong answers, 0 (asks whenever in doubt) to 1 (never asks). */
  readonly questionPrice: number;
  /** How retrieval ranks tables. */
  readonly retrieval: Retrieval;
  /** Known questions that retrieval looks at. */
  readonly questionKinds: readonly QuestionKind[];
  readonly demoPort: number;
  /** Where `env:` secrets are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads and checks the environment; throws one ConfigError that lists every fault at once.
 *
 * @param over settings that a command line gives, in the place of the environment's.
 */
export function readConfig(
  from: Readonly<Record<string, string | undefined>> = process.env,
  over: Readonly<Record<string, string | undefined>> = {},
): Config {
  const environment = { ...from, ...over };
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  // The short names that other tools use mean the same.
  const set: Record<string, string | undefined> = {
    ...(given.MODEL_URL ? { QUERENT_MODEL_URL: given.MODEL_URL } : {}),
    ...(given.MODEL_NAME ? { QUERENT_MODEL_NAME: given.MODEL_NAME } : {}),
    ...given,
  };
  const parsed = Settings.safeParse(set);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  faults.push(...Object.keys(set).flatMap((name) => misspelt(name) ?? []));
  if (Boolean(set.SLACK_BOT_TOKEN) !== Boolean(set.SLACK_APP_TOKEN)) {
    faults.push('SLACK_BOT_TOKEN and SLACK_APP_TOKEN must be set together');
  }
  faults.push(...pageFaults(set));
  if (!parsed.success || faults.length) {
    throw new ConfigError(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
  const values = parsed.data;
  const home = path.resolve(values.QUERENT_HOME);
  const key = (name: string | undefined) => (name === undefined ? {} : { apiKey: name });
  return Object.freeze({
    home,
    stateFile: path.join(home, 'state.sqlite'),
    lockFile: path.join(home, 'bot.lock'),
    admins: namesIn(values.QUERENT_ADMINS),
    ...(values.QUERENT_ADMIN_GROUP === undefined ? {} : { adminGroup: values.QUERENT_ADMIN_GROUP }),
    egress: { ...values.QUERENT_NETWORKS, lowPorts: values.QUERENT_LOW_PORTS },
    secretsFolder: path.resolve(values.QUERENT_SECRETS_FOLDER),
    identities: values.QUERENT_IDENTITIES ?? new Map(),
    calendar: {
      timeZone: values.QUERENT_TIME_ZONE ?? machineTimeZone(),
      weekStart: values.QUERENT_WEEK_START,
      fiscalYearStart: values.QUERENT_FISCAL_YEAR_START,
    },
    approvers: namesIn(values.QUERENT_APPROVERS),
    keepDays: { questions: values.QUERENT_KEEP_QUESTIONS_DAYS, audit: values.QUERENT_KEEP_AUDIT_DAYS },
    keyFile: path.resolve(values.QUERENT_KEY_FILE ?? path.join(home, 'key.json')),
    auditFile: path.join(home, 'audit.sqlite'),
    auditQuestions: values.QUERENT_AUDIT_QUESTIONS === 'keep',
    runs: runsOf(values),
    hourlyBudget: {
      userSeconds: values.QUERENT_USER_SECONDS_PER_HOUR,
      channelSeconds: values.QUERENT_CHANNEL_SECONDS_PER_HOUR,
    },
    indexFolder: path.join(home, 'index'),
    cacheFolder: path.join(home, 'cache'),
    modelFolder: home,
    ...(values.QUERENT_EMBEDDER_URL
      ? {
          embedder: {
            baseUrl: values.QUERENT_EMBEDDER_URL,
            model: values.QUERENT_EMBEDDER_MODEL,
            dimensions: values.QUERENT_EMBEDDER_DIMENSIONS,
            ...key(values.QUERENT_EMBEDDER_KEY),
            prefixes: prefixesIn(values),
          },
        }
      : {}),
    ...rerankerOf(values),
    ...qdrantOf(values),
    ...(values.QUERENT_MODEL_URL
      ? { model: modelOf({ ...values, QUERENT_MODEL_URL: values.QUERENT_MODEL_URL }, home) }
      : {}),
    pipeline: values.QUERENT_PIPELINE,
    sqliteFolders: values.QUERENT_SQLITE_FOLDERS,
    answerTimeoutMs: 1_000 * values.QUERENT_ANSWER_TIMEOUT_S,
    examplesFile: path.resolve(values.QUERENT_EXAMPLES ?? path.join(home, 'examples.jsonl')),
    ...(values.SLACK_BOT_TOKEN && values.SLACK_APP_TOKEN
      ? {
          slack: {
            botToken: values.SLACK_BOT_TOKEN,
            appToken: values.SLACK_APP_TOKEN,
            ...(values.SLACK_API_URL ? { apiUrl: values.SLACK_API_URL } : {}),
            ...pageOf(values),
            ...healthOf(values),
          },
        }
      : {}),
    questionPrice: values.QUERENT_QUESTION_PRICE,
    retrieval: values.QUERENT_RETRIEVAL,
    questionKinds: values.QUERENT_KNOWN_QUESTIONS,
    demoPort: values.QUERENT_DEMO_PORT,
    environment,
  });
}

const prefixesIn = ({
  QUERENT_EMBEDDER_QUESTION_PREFIX: question,
  QUERENT_EMBEDDER_TEXT_PREFIX: text,
}: z.infer<typeof Settings>) => ({
  ...(question === undefined ? {} : { question }),
  ...(text === undefined ? {} : { text }),
});

function qdrantOf(values: z.infer<typeof Settings>): Pick<Config, 'qdrant'> {
  const { QUERENT_QDRANT_URL: url, QUERENT_QDRANT_COLLECTION: name, QUERENT_QDRANT_KEY: apiKey } = values;
  const copy = values.QUERENT_QDRANT_COPY === 'keep';
  return url ? { qdrant: { url, name, copy, ...(apiKey === undefined ? {} : { apiKey }) } } : {};
}

function rerankerOf(values: z.infer<typeof Settings>): Pick<Config, 'reranker'> {
  const { QUERENT_RERANK_URL: baseUrl, QUERENT_RERANK_MODEL: model, QUERENT_RERANK_KEY: apiKey } = values;
  return baseUrl ? { reranker: { baseUrl, model, ...(apiKey === undefined ? {} : { apiKey }) } } : {};
}

const runsOf = (values: z.infer<typeof Settings>): Config['runs'] => ({
  perPerson: values.QUERENT_RUNS_PER_PERSON,
  perTeam: values.QUERENT_RUNS_PER_TEAM,
  perThread: values.QUERENT_RUNS_PER_THREAD,
  replyHours: values.QUERENT_REPLY_HOURS,
  threadMode: values.QUERENT_THREAD_MODE,
  siblingTeams: namesIn(values.QUERENT_SIBLING_TEAMS),
});

function pageOf(values: z.infer<typeof Settings>): Pick<NonNullable<Config['slack']>, 'page'> {
  const { QUERENT_PUBLIC_URL: publicUrl, SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = values;
  if (!publicUrl || !clientId || !clientSecret) return {};
  return { page: { ...values.QUERENT_PAGE_LISTEN, publicUrl, clientId, clientSecret } };
}

function healthOf(values: z.infer<typeof Settings>): Pick<NonNullable<Config['slack']>, 'health'> {
  const { QUERENT_HEALTH_PORT: port, QUERENT_HEALTH_HOST: host } = values;
  return port === undefined ? {} : { health: { host, port } };
}

/** The same, where roles that nobody named are those of this model. */
export function withModelName(config: Config, name: string): Config {
  const { model } = config;
  if (!model) return config;
  const named = (role: string) => (role === model.name ? name : role);
  const { linker, generator, refiner, selector } = model;
  const roles = {
    linker: named(linker),
    generator: named(generator),
    refiner: named(refiner),
    selector: named(selector),
  };
  return { ...config, model: { ...model, name, ...roles } };
}

const PREFIX = 'QUERENT_';
/** From here on a name is a setting misspelt; others beside ours (a password for `env:`) are whoever's they are. */
const ALIKE = 0.9;

/** A variable that is no setting but is spelt like one: left alone, it would be as if nothing were set. */
function misspelt(name: string): string | undefined {
  if (!name.startsWith(PREFIX) || name in Settings.shape) return undefined;
  const meant = Object.keys(Settings.shape).find(
    (known) =>
      known.startsWith(PREFIX) && sequenceRatio(name.slice(PREFIX.length), known.slice(PREFIX.length)) >= ALIKE,
  );
  return meant && `${name} is no setting; ${meant} is`;
}

const namesIn = (list: string) =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

function modelOf(values: z.infer<typeof Settings> & { readonly QUERENT_MODEL_URL: string }, home: string): ModelConfig {
  const name = values.QUERENT_MODEL_NAME;
  return {
    baseUrl: values.QUERENT_MODEL_URL,
    ...(values.QUERENT_MODEL_KEY === undefined ? {} : { apiKey: values.QUERENT_MODEL_KEY }),
    name,
    linker: values.QUERENT_MODEL_LINKER ?? name,
    generator: values.QUERENT_MODEL_GENERATOR ?? name,
    refiner: values.QUERENT_MODEL_REFINER ?? name,
    selector: values.QUERENT_MODEL_SELECTOR ?? name,
    adapters: values.QUERENT_MODEL_ADAPTERS.map((entry) => configuredAdapter(entry, home)),
    timeoutMs: 1_000 * values.QUERENT_MODEL_TIMEOUT_S,
    concurrency: values.QUERENT_MODEL_CONCURRENCY,
  };
}
