import type { Engine } from './catalog.ts';
import type { RoleFinding } from './role-report.ts';

export interface NearTable {
  readonly database: string;
  readonly table: string;
}

/** Languages, besides English, in which somebody is told that only English is read. */
export type Language = 'German' | 'Spanish' | 'French';

const ENGLISH_ALONE: Readonly<Record<Language, string>> = {
  German: 'Ohne Sprachmodell verstehe ich Fragen nur auf Englisch, zum Beispiel „How many orders are there?“.',
  Spanish: 'Sin un modelo de lenguaje solo entiendo preguntas en inglés, por ejemplo «How many orders are there?».',
  French:
    'Sans modèle de langage, je ne comprends que les questions en anglais, par exemple « How many orders are there? ».',
};

/** What `write-refused` calls two queries in one. */
export const SEVERAL_STATEMENTS = 'more than one statement';

/** Everything expected that can go wrong on the way to an answer. */
export type Failure =
  | { readonly kind: 'empty-question' }
  | { readonly kind: 'question-too-long'; readonly length: number; readonly limit: number }
  | { readonly kind: 'no-databases' }
  | { readonly kind: 'no-relevant-tables'; readonly searched: number; readonly nearest: readonly NearTable[] }
  /** Every database that the asker may ask was turned down for this question. */
  | { readonly kind: 'none-left'; readonly turnedDown: readonly string[] }
  | { readonly kind: 'no-access'; readonly database?: string }
  | { readonly kind: 'unknown-database'; readonly name: string; readonly known: readonly string[] }
  /** A table or column that a database does not have, and those that are spelt like it. */
  | {
      readonly kind: 'no-such-name';
      readonly database: string;
      readonly name: string;
      readonly near: readonly string[];
    }
  | { readonly kind: 'description-too-long'; readonly length: number; readonly limit: number }
  /** Somebody else decided about it meanwhile, or it is not on the data team's list any more. */
  | { readonly kind: 'settled-already' }
  | { readonly kind: 'no-such-run'; readonly id: string }
  /** The data team answered it from what its asker may not see. */
  | { readonly kind: 'not-shared' }
  /** A change of how an answer was read; `known` are those that can be made. */
  | { readonly kind: 'no-such-change'; readonly known: readonly string[] }
  | {
      readonly kind: 'declined';
      readonly database: string;
      readonly understood: string;
      readonly missing: string;
      /** Another database that has a table of the name that was said, where this one has none. */
      readonly elsewhere?: string;
    }
  /** Asked in another language, and only a model reads any but English. */
  | { readonly kind: 'other-language'; readonly language: Language }
  | {
      readonly kind: 'unanswerable';
      readonly database: string;
      /** What the database lacks, in the model's words. */
      readonly missing: string;
      /** Another database that seems to hold what is missing. */
      readonly elsewhere?: string;
    }
  | {
      readonly kind: 'meaningless';
      readonly database: string;
      /** What every query that was written does, without its subject. */
      readonly why: string;
    }
  /** The model's replies hold no query, nor do they say what is missing. */
  | { readonly kind: 'nothing-written'; readonly database: string }
  | { readonly kind: 'no-candidate-runs'; readonly database: string; readonly tried: number }
  | { readonly kind: 'write-refused'; readonly keyword: string }
  | { readonly kind: 'unreadable-sql'; readonly detail: string }
  | { readonly kind: 'table-refused'; readonly table: string }
  | { readonly kind: 'column-refused'; readonly column: string }
  | { readonly kind: 'function-refused'; readonly name: string }
  | { readonly kind: 'query-failed'; readonly database: string; readonly reason: QueryFault; readonly cause?: unknown }
  | { readonly kind: 'query-timed-out'; readonly database: string; readonly limitMs: number }
  | { readonly kind: 'query-too-big'; readonly database: string; readonly what: string }
  | {
      readonly kind: 'query-too-costly';
      readonly database: string;
      readonly why: string;
      /** How long it may take; absent where even that could not be told in time. */
      readonly seconds?: number;
    }
  | { readonly kind: 'query-incomplete'; readonly database: string; readonly why: string }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'database-unreachable';
      readonly database: string;
      readonly retry: boolean;
      /** For whoever runs Querent (say-to-operator.ts); never for those who ask. */
      readonly where?: Whereabouts;
      readonly cause?: unknown;
    }
  | {
      readonly kind: 'tls-refused';
      readonly database: string;
      readonly fault: 'expired' | 'wrong-name' | 'untrusted' | 'not-offered';
      readonly cause?: unknown;
    }
  | { readonly kind: 'wrong-credentials'; readonly database: string; readonly cause?: unknown }
  /** Where its name leads may not be connected to (NET-1). */
  | { readonly kind: 'address-refused'; readonly database: string; readonly why: EgressFault }
  | { readonly kind: 'database-empty'; readonly database: string }
  | { readonly kind: 'bad-database-url'; readonly reason: string }
  | { readonly kind: 'bad-config-file'; readonly file: string; readonly faults: readonly string[] }
  | { readonly kind: 'role-refused'; readonly database: string; readonly findings: readonly RoleFinding[] }
  | { readonly kind: 'role-warned'; readonly database: string; readonly findings: readonly RoleFinding[] }
  | { readonly kind: 'database-paused'; readonly database: string; readonly since: string; readonly by?: string }
  | { readonly kind: 'bad-name'; readonly name: string }
  | { readonly kind: 'secret-unavailable'; readonly of: string; readonly why: string }
  | { readonly kind: 'database-exists'; readonly name: string }
  /** Others changed the rules of a database each time that they were about to be saved. */
  | { readonly kind: 'rules-changed'; readonly database: string }
  /** Others changed a registration each time that it was about to be saved. */
  | { readonly kind: 'database-changed'; readonly database: string }
  /** What the declared configuration says wins over what somebody changes elsewhere. */
  | { readonly kind: 'declared'; readonly database: string }
  /** A setup, or the link to its page, that is used, too old or was never there. */
  | { readonly kind: 'setup-gone' }
  /** The setup page's own address is taken, or not this machine's. */
  | { readonly kind: 'page-unavailable'; readonly at: string }
  | { readonly kind: 'health-unavailable'; readonly at: string }
  /** Where a password may be read that a form names (SEC-1). */
  | { readonly kind: 'reference-refused'; readonly folder: string }
  /** The server counts no statements, or its counts may not be read. */
  | { readonly kind: 'no-query-log'; readonly database: string; readonly why: QueryLogFault }
  /** Somebody explores it at this moment. */
  | { readonly kind: 'explored-already'; readonly database: string }
  /** What was written of it could not be kept, but for so many. */
  | { readonly kind: 'not-kept'; readonly database: string; readonly kept: number; readonly cause?: unknown }
  | { readonly kind: 'index-missing' }
  | { readonly kind: 'index-damaged'; readonly what: string }
  | { readonly kind: 'index-mismatch'; readonly found: string; readonly wanted: string }
  /** The vector server holds another index, and no copy is kept here. */
  | { readonly kind: 'index-unpublished' }
  /** The vector server does not answer, and no copy is kept here. */
  | { readonly kind: 'index-unavailable'; readonly cause?: unknown }
  | { readonly kind: 'too-few-cases'; readonly found: number; readonly needed: number }
  | { readonly kind: 'embedder-unavailable'; readonly cause?: unknown }
  | {
      readonly kind: 'model-unavailable';
      readonly fault: ModelFault;
      /** How long the server asks to be left alone. */
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    }
  | { readonly kind: 'engine-unsupported'; readonly engine: Engine | string }
  | { readonly kind: 'external-channel' }
  | { readonly kind: 'audit-unavailable' }
  | { readonly kind: 'over-budget'; readonly whose: 'you' | 'channel'; readonly seconds: number }
  | { readonly kind: 'access-unknown' }
  /** The channel was deleted, or the bot is not in it any more. */
  | { readonly kind: 'channel-gone' }
  | { readonly kind: 'asker-unknown' }
  | { readonly kind: 'state-held'; readonly by: string }
  | { readonly kind: 'slack-refused'; readonly code: string; readonly cause?: unknown }
  | { readonly kind: 'slack-unreachable'; readonly cause?: unknown }
  | { readonly kind: 'not-a-member' }
  /** A request for access or for a costly query that is not kept any more. */
  | { readonly kind: 'no-such-request' }
  /** One that was decided already, or that nobody decided in time. */
  | { readonly kind: 'request-over'; readonly state: 'approved' | 'declined' | 'expired' }
  /** One for access of which it is not known what database it is about. */
  | { readonly kind: 'request-without-database' }
  /** Of Querent, or the owner of the database. */
  | { readonly kind: 'not-an-admin'; readonly database?: string };

/** Why an address may not be connected to. */
export type EgressFault = 'no-address' | 'host-services' | 'loopback' | 'private-network' | 'low-port';

const EGRESS_FAULTS: Readonly<Record<EgressFault, string>> = {
  'no-address': 'its name leads to no address. Check the host.',
  'host-services': 'its name leads to services of a host, where no database is. Name the database server itself.',
  loopback:
    'its name leads to the machine that I run on. Whoever runs me can open that (QUERENT_NETWORKS), or register it at the command line.',
  'private-network':
    'its name leads into a private network that is not open to me. Whoever runs me can open its range (QUERENT_NETWORKS), or register it at the command line.',
  'low-port':
    'ports below 1024 are not open to me. Check the port, or have whoever runs me open it (QUERENT_LOW_PORTS).',
};

/** Why there is no log of statements. */
export type QueryLogFault =
  | 'no-extension'
  | 'no-stats-role'
  | 'performance-schema-off'
  | 'performance-schema-closed'
  | 'none-kept';

const QUERY_LOG_FAULTS: Readonly<Record<QueryLogFault, string>> = {
  'no-extension':
    'pg_stat_statements is not there. Add it to shared_preload_libraries, restart the server and run CREATE EXTENSION pg_stat_statements in this database.',
  'no-stats-role': 'the role may not see what others ran. GRANT pg_read_all_stats to it.',
  'performance-schema-off': 'performance_schema is off. Set performance_schema=ON and restart the server.',
  'performance-schema-closed':
    'the user may not read it. GRANT SELECT ON performance_schema.events_statements_summary_by_digest to it.',
  'none-kept': 'a file keeps none.',
};

/** Where a database that cannot be reached was looked for. */
export type Whereabouts =
  | { readonly kind: 'server'; readonly host: string; readonly port: number }
  | { readonly kind: 'file'; readonly file: string; readonly fault: FileFault };

/** Nothing there; a folder or device; no SQLite database (or an encrypted one); not to be opened by this user. */
export type FileFault = 'missing' | 'no-file' | 'no-database' | 'unreadable';

/** Why a model server gave no reply that can be used. */
export type ModelFault =
  | 'unreachable'
  | 'overloaded'
  | 'server-error'
  | 'loading'
  | 'timed-out'
  | 'prompt-too-long'
  | 'refused'
  | 'unreadable'
  | 'empty'
  /** All that it may write went into thinking. */
  | 'only-thoughts'
  /** The question has had all that it may cost. */
  | 'spent';

const MODEL_FAULTS: Readonly<Record<ModelFault, string>> = {
  unreachable: 'The model server is not answering. Please try again in a minute.',
  overloaded: 'The model server has too much to do. Please try again in a minute.',
  'server-error': 'The model server reported an error. Please try again in a minute; if it stays so, ask an admin.',
  loading: 'The model server is still loading its model. Please try again in a minute.',
  'timed-out': 'The model server took too long. Please try again, or ask something simpler.',
  'prompt-too-long': 'The question and its schema do not fit the model. Name the tables that you mean.',
  refused: 'The model server refused the request. An admin can see why with `querent doctor`.',
  unreadable: 'The model server sent something that is no answer. An admin can check it with `querent doctor`.',
  empty: 'The model server returned nothing. Please try again.',
  'only-thoughts':
    'The model thought for so long that no answer came of it. Ask something simpler, or ask an admin for a model that thinks less.',
  spent: 'The model has written as much for this question as it may. Please ask something simpler.',
};

export type QueryFault =
  | 'syntax'
  | 'unknown-name'
  | 'unknown-function'
  | 'ambiguous'
  | 'grouping'
  | 'type'
  | 'division-by-zero'
  | 'permission'
  | 'other';

const FAULT_WORDS: Readonly<Record<QueryFault, string>> = {
  syntax: 'the database could not read the query',
  'unknown-name':
    'the query names a table or column that is not there (the schema may have changed since it was indexed)',
  'unknown-function': 'it has no function of that name for such values',
  ambiguous: 'two of the tables that the query joins have a column of one name, and it does not say which is meant',
  grouping: 'the query shows or sorts by a column of single rows beside groups of rows',
  type: 'a value does not have the type that the query expects',
  'division-by-zero': 'the query divides by zero',
  permission: 'the database role may not read one of the tables',
  other: 'the database reported an error',
};

const MINE = 'That is a mistake of mine, not of your question: try asking in another way.';
const FAULT_ADVICE: Readonly<Record<QueryFault, string>> = {
  syntax: MINE,
  'unknown-name': 'Try asking in another way; if the schema has changed, whoever runs Querent here can re-index it.',
  'unknown-function': MINE,
  ambiguous: MINE,
  grouping: MINE,
  type: MINE,
  'division-by-zero': 'Ask for the two numbers instead, or leave out what has none.',
  permission: 'Ask whoever runs Querent here to grant it, or ask about other tables.',
  other: MINE,
};

const TLS_FAULTS = {
  expired: 'its certificate has expired. Whoever runs the server must renew it.',
  'wrong-name': 'its certificate is for another name. Register it by the name that the certificate bears.',
  untrusted:
    'its certificate is from an authority that is not known here. Name the authority with ?ca=FILE in the address.',
  'not-offered': 'it offers no encryption. Turn TLS on there; ?tls=off in the address goes without, in clear text.',
} as const;

const findingLines = (findings: readonly RoleFinding[]) =>
  findings.map(({ severity, what }) => `  - ${severity === 'refuse' ? 'refused' : 'warning'}: ${what}`).join('\n');

const lasting = (seconds: number) =>
  seconds < 120 ? `${Math.round(seconds)} s` : seconds < 7_200 ? `${Math.round(seconds / 60)} minutes` : 'hours';

/** What a query is expected to cost: `about 40 M rows would be read, for some 3 minutes`. */
export const sayCosts = ({ why, seconds }: { readonly why: string; readonly seconds?: number | undefined }): string =>
  seconds === undefined || seconds < 1 ? why : `${why}, for some ${lasting(seconds)}`;

/** Refusals after which their asker may ask for access. None says whether there is what they asked for. */
export const isForWantOfAccess = ({ kind }: Pick<Failure, 'kind'>): boolean =>
  kind === 'no-access' || kind === 'unknown-database' || kind === 'table-refused' || kind === 'column-refused';

type FailureOf = { readonly [K in Failure['kind']]: Extract<Failure, { readonly kind: K }> };

/** The sentence of every kind: what happened, then what to try. No host, path, driver text or SQL value is in it. */
const SENTENCES: { readonly [K in Failure['kind']]: (failure: FailureOf[K]) => string } = {
  'empty-question': () => 'Ask me something about your data, for example “how many orders did we ship last month?”.',
  'question-too-long': ({ length, limit }) =>
    `That question has ${length} characters and I read at most ${limit}. Please shorten it.`,
  'no-databases': () =>
    'No database is registered yet. Run `querent register URL` (or `npm run demo` to try the sample company).',
  'no-relevant-tables': ({ nearest, searched }) => {
    const near = nearest.map(({ database, table }) => `${table} (${database})`).join(', ');
    return `No table I know seems to hold that (I looked at ${searched}).${near ? ` The nearest are ${near}.` : ''} Which report shows it?`;
  },
  'none-left': ({ turnedDown }) =>
    `There is no other database that you may ask: ${turnedDown.join(', ')} ${turnedDown.length === 1 ? 'is' : 'are'} turned down. Name the one that you mean after all, or ask in another way.`,
  'no-access': ({ database }) =>
    database
      ? `You may not read ${database}. Ask whoever runs Querent here for access.`
      : 'You have no access to any database yet. Ask whoever runs Querent here for it.',
  'unknown-database': ({ name, known }) =>
    `There is no database named ${name}. ${known.length ? `I know ${known.join(', ')}.` : 'None is registered yet.'}`,
  'no-such-name': ({ database, name, near }) =>
    `${database} has no table or column ${name}.${near.length ? ` Did you mean ${near.join(' or ')}?` : ' A column is written table.column.'}`,
  'description-too-long': ({ length, limit }) =>
    `A description may have ${limit} characters, and this has ${length}. Please shorten it.`,
  'settled-already': () => 'Somebody decided about that meanwhile, or nothing is left to decide. Nothing was changed.',
  'no-such-run': ({ id }) =>
    `No one question on the list has an id that begins with ${id}, as far as you may see it. List them anew.`,
  'not-shared': () =>
    'The data team found an answer to this, but in data that is not shared with you. Ask them for access to it.',
  'no-such-change': ({ known }) =>
    known.length
      ? `This answer cannot be changed so. It can be by ${known.join(', ')}.`
      : 'That change no longer fits: the data, its schema or what you may see of it is not what it was. Please ask again.',
  declined: ({ database, understood, missing, elsewhere }) => {
    const known = elsewhere
      ? `No table of ${database} is called like that; ${elsewhere} has one that is.`
      : `${understood} ${missing}`;
    return `I can't work that out without a language model. ${known}`.trim();
  },
  'other-language': ({ language }) => ENGLISH_ALONE[language],
  unanswerable: ({ database, missing, elsewhere }) => {
    const lacks = `${database} does not hold what that needs${missing ? ` (${missing.replace(/[.\s]+$/, '')})` : ''}.`;
    const other = elsewhere
      ? ` ${elsewhere} seems to. One query reads one database: ask each its part, for example “… from ${elsewhere}”.`
      : '';
    return lacks + other;
  },
  meaningless: ({ why }) =>
    `What I wrote for that ${why}, so I don't show it: the figure would mean nothing. Name the amount that you mean, or one currency.`,
  'nothing-written': ({ database }) =>
    `The model wrote no query for that on ${database}. Ask in other words, or name the tables that you mean.`,
  'no-candidate-runs': ({ tried, database }) =>
    `I wrote ${tried === 1 ? 'one query' : `${tried} queries`} for that, and none of them runs on ${database}. Try asking in another way, or name the tables that you mean.`,
  'write-refused': ({ keyword }) =>
    keyword === SEVERAL_STATEMENTS
      ? 'The model wrote several queries where one answers one question, so none was run. Ask for one thing at a time.'
      : `That would not be a plain read (${keyword}), and I only read. Shall I show the rows instead?`,
  'unreadable-sql': ({ detail }) =>
    `I could not check that query, so I did not run it (${detail}). Try asking in another way.`,
  // Not by name: it may be one that the asker is not to know of.
  'table-refused': () =>
    'The query reads a table that is not among those you can ask about. Ask about another table, or ask an admin for access.',
  'column-refused': () =>
    'The query reads a column that is not among those you can ask about. Name the columns that you want, or ask an admin for access.',
  'function-refused': ({ name }) =>
    `The query calls ${name}, which is not on the list of safe functions, so I did not run it. Try asking in another way.`,
  'query-failed': ({ database, reason }) =>
    `The query that I wrote failed on ${database}: ${FAULT_WORDS[reason]}. ${FAULT_ADVICE[reason]}`,
  'query-timed-out': ({ limitMs, database }) =>
    `I stopped after ${limitMs / 1000} s on ${database}. A shorter date range usually helps.`,
  'query-too-big': ({ database, what }) =>
    `The result on ${database} is too big to show (${what}). Ask for fewer columns or rows.`,
  'query-too-costly': ({ seconds, database, why }) => {
    return `I did not run that on ${database} yet: ${sayCosts({ why, seconds })}. Narrow it, for example to a period, or have it run anyway.`;
  },
  'query-incomplete': ({ database, why }) =>
    `${database} stopped before it had everything (${why}), so I don't show a part as the answer. Ask for less at once.`,
  cancelled: () => 'Stopped. Nothing was changed.',
  'database-unreachable': ({ database, retry }) =>
    `${database} is not reachable. ${retry ? 'Please try again in a minute.' : 'Whoever runs Querent here sees why with `querent doctor`.'}`,
  'tls-refused': ({ database, fault }) => `${database} is not asked: ${TLS_FAULTS[fault]}`,
  'wrong-credentials': ({ database }) =>
    `${database} refused the user name or password. Register it again with the right ones.`,
  'address-refused': ({ database, why }) => `${database} is not asked: ${EGRESS_FAULTS[why]}`,
  'database-empty': ({ database }) =>
    `${database} has no tables that this user can read. Grant SELECT on some, then index it again.`,
  'bad-database-url': ({ reason }) =>
    `That database address can't be used: ${reason}. Use postgres://user@host/database, mariadb://user@host/database, mysql://user@host/database or sqlite:PATH.`,
  'bad-config-file': ({ file, faults }) =>
    `${file} can't be used, and nothing of it was:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
  'role-refused': ({ database, findings }) =>
    `The role of ${database} may do more than read, so it is not used:\n${findingLines(findings)}\nMake one with \`querent roles script\`.`,
  'role-warned': ({ database, findings }) =>
    `The role of ${database} can be used, but an admin must accept this first (--accept-warnings):\n${findingLines(findings)}`,
  'bad-name': ({ name }) => `A database cannot be named ${name}: a name is a letter and then letters, digits, - and _.`,
  'database-paused': ({ by, database, since }) => {
    if (by !== undefined) return `${database} is paused since ${since}. Ask whoever runs Querent here.`;
    return `${database} is paused since ${since}: its role may do more than read. An admin sees why with \`querent roles check ${database}\`.`;
  },
  'secret-unavailable': ({ of, why }) => `The password of ${of} cannot be had: ${why}.`,
  'database-exists': ({ name }) =>
    `A database named ${name} is registered already. Choose another name with --name, or --replace it.`,
  'rules-changed': ({ database }) =>
    `Somebody else changed the rules of ${database} at the same time, so they are as that one left them. Please try again.`,
  'database-changed': ({ database }) =>
    `Somebody else changed ${database} at the same time, so it is as that one left it. Please look again.`,
  declared: ({ database }) =>
    `${database} is declared in querent.config.yaml, which wins: change it there, and have whoever runs me run \`querent config apply\`.`,
  'page-unavailable': ({ at }) =>
    `The setup page cannot listen on ${at}. Set QUERENT_PAGE_LISTEN to an address that is free, or unset QUERENT_PUBLIC_URL.`,
  'health-unavailable': ({ at }) =>
    `The health page cannot listen on ${at}. Set QUERENT_HEALTH_PORT and QUERENT_HEALTH_HOST to an address that is free, or unset them.`,
  'setup-gone': () =>
    'That link or form was used already, or is too old, and nothing was changed. Begin anew with `/querent add` or `/querent databases`.',
  'reference-refused': ({ folder }) =>
    `A password that is named from Slack is read from env:QUERENT_PASSWORD_… or from a file below ${folder}, and from nowhere else of my machine.`,
  'no-query-log': ({ database, why }) =>
    `There is no log of what is asked of ${database}: ${QUERY_LOG_FAULTS[why]} A file of statements does as well.`,
  'explored-already': ({ database }) =>
    `${database} is being explored already. Wait for that to end; what it keeps, the next goes on from.`,
  'not-kept': ({ database, kept }) =>
    `What was written of ${database} could not be kept: there is no room, or the folder of the state may not be written. ${kept} questions of before are kept; once there is room, the same goes on from them.`,
  'index-missing': () => 'There is no index yet. Run `querent index`.',
  'index-damaged': ({ what }) =>
    `The index is damaged (${what}). Run \`querent index --rebuild\`; what was embedded already is kept.`,
  'index-mismatch': ({ found, wanted }) =>
    `The index was built with ${found} but ${wanted} is configured. Run \`querent index --rebuild\`.`,
  'index-unpublished': () =>
    'The vector server holds another index than this one. Run `querent index`, which publishes it.',
  'index-unavailable': () =>
    'The server that holds my index is not answering, so I cannot look where this is. Please try again in a minute.',
  'too-few-cases': ({ found, needed }) =>
    `Only ${found} questions say which database was right, and at least ${needed} are needed. They come from chosen options, the buttons under answers, or a file (--questions).`,
  'embedder-unavailable': () =>
    'The embedding server is not answering. Check QUERENT_EMBEDDER_URL, or unset it to use the embedded model.',
  'model-unavailable': ({ fault }) => MODEL_FAULTS[fault],
  'engine-unsupported': ({ engine }) =>
    `${engine} databases are not supported in this version. Use PostgreSQL, MySQL, MariaDB or SQLite.`,
  'external-channel': () => "I don't answer in channels shared with other companies. Ask me in a direct message.",
  'channel-gone': () =>
    'The channel that you asked in is gone, or one of us is not in it any more, so I answered nobody there. Ask me here, or once we both are in it again.',
  'access-unknown': () => 'I could not verify who can read this channel, so nothing was run. Please try again.',
  'asker-unknown': () => 'Slack did not tell me who you are, so nothing was run. Please try again in a minute.',
  'state-held': ({ by }) =>
    `Another bot answers from this state already: ${by}. Stop that one, or give this one a QUERENT_HOME of its own.`,
  'slack-refused': ({ code }) => `Slack answers ${code}. Check the tokens with \`querent doctor\`.`,
  'slack-unreachable': () => 'Slack is not reachable from here. Check the network, then try again.',
  'audit-unavailable': () =>
    'The audit cannot be written, so nothing was run. An admin can see why with `querent audit --verify`.',
  'over-budget': ({ whose, seconds }) =>
    `${whose === 'you' ? 'You have' : 'This channel has'} used the ${seconds} s of database time that an hour allows. Please try again later.`,
  'not-a-member': () => 'I answer full members of this workspace only.',
  'no-such-request': () =>
    'That request is not kept any more, so nothing was changed. Whoever still needs it asks the question again.',
  'request-over': ({ state }) =>
    state === 'expired'
      ? 'That request was open for too long and is over. Whoever still needs it asks the question again.'
      : `That request was ${state} already, so nothing was changed.`,
  'request-without-database': () => 'Say which database that is to be, and nothing was changed until then.',
  'not-an-admin': ({ database }) =>
    database === undefined
      ? 'Only admins of Querent may do that, and nothing was changed. Whoever runs it names them (QUERENT_ADMINS).'
      : `Only admins of Querent and the owner of ${database} may do that, and nothing was changed. Ask one of them.`,
};

/** What a person reads. */
export const sayFailure = (failure: Failure): string => sayKind(failure.kind, failure);

const sayKind = <K extends Failure['kind']>(kind: K, failure: FailureOf[K]): string => SENTENCES[kind](failure);

/** Failures that the question makes: another question helps, and the same one again does not. */
const OF_THE_QUESTION: ReadonlySet<string> = new Set<Failure['kind']>([
  'empty-question',
  'question-too-long',
  'no-relevant-tables',
  'none-left',
  'unknown-database',
  'declined',
  'other-language',
  'unanswerable',
  'meaningless',
  'nothing-written',
  'no-candidate-runs',
  'write-refused',
  'unreadable-sql',
  'table-refused',
  'column-refused',
  'function-refused',
  'query-failed',
  'query-too-big',
]);

/** By its kind alone, as traces keep it. */
export const isOfQuestion = ({ kind }: { readonly kind: string }): boolean => OF_THE_QUESTION.has(kind);
