import { X509Certificate } from 'node:crypto';
import type { Failure } from '#src/domain/failure.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { isDatabaseName, type RegisteredDatabase } from '#src/domain/registered-database.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type FormValues, textIn } from '../modals/form-values.ts';
import { radioInput, selectInput, textInput, userInput } from '../modals/inputs.ts';
import { type ModalView, modal } from '../modals/view.ts';
import { escapeMrkdwn } from '../text.ts';
import { section } from '../views/message.ts';

export const ADD_FORM = 'querent_add';

/** A description shorter than this helps nobody to find the database. */
const LEAST_DESCRIPTION = 20;
const PORTS: Readonly<Record<string, number>> = { postgres: 5432, mariadb: 3306, mysql: 3306 };
const ENGINES = [
  { text: 'PostgreSQL', value: 'postgres' },
  { text: 'MariaDB', value: 'mariadb' },
  { text: 'MySQL', value: 'mysql' },
];
const TLS = [
  { text: 'Encrypted, the server’s certificate and name verified', value: 'on' },
  { text: 'In clear text: password and rows can be read on the way', value: 'off' },
];
const SOURCES = [
  { text: 'I type it on your setup page', value: 'sealed' },
  { text: 'It is read by a reference', value: 'reference' },
  { text: 'There is none', value: 'none' },
];

/** What the form is filled in with. */
export type Filled = Readonly<Partial<Record<Field, string>>>;
const FIELDS = [
  'id',
  'description',
  'engine',
  'host',
  'port',
  'database',
  'schemas',
  'user',
  'tls',
  'authority',
  'source',
  'reference',
  'owner',
  'group',
] as const;
type Field = (typeof FIELDS)[number];

export const filledIn = (values: FormValues): Filled =>
  Object.fromEntries(FIELDS.flatMap((field) => (values.has(field) ? [[field, textIn(values, field)]] : [])));

export interface FormState {
  /** Said above what is filled in already. */
  readonly wrong?: string;
  /** The setup in whose place the form puts another. */
  readonly mends?: string;
}

/** The form by which a database is registered. */
export function addForm(filled: Filled, { wrong, mends }: FormState = {}): ModalView {
  const blocks = [
    ...(wrong === undefined ? [] : [section(`:warning: ${escapeMrkdwn(wrong)}`, 'wrong')]),
    textInput('id', {
      label: 'Name',
      hint: 'What it is called here: letters, digits, - and _.',
      initial: filled.id,
      longest: 63,
    }),
    textInput('description', {
      label: 'What it holds',
      hint: 'In words that people ask with: it helps to find the right database.',
      initial: filled.description,
      multiline: true,
      longest: 1_000,
    }),
    selectInput('engine', { label: 'Engine', choices: ENGINES, initial: filled.engine ?? 'postgres' }),
    textInput('host', { label: 'Host', placeholder: 'db.example.com', initial: filled.host, longest: 253 }),
    textInput('port', {
      label: 'Port',
      hint: 'The engine’s own, if left empty.',
      optional: true,
      initial: filled.port,
      longest: 5,
    }),
    textInput('database', {
      label: 'Database',
      hint: 'Its name on the server.',
      initial: filled.database,
      longest: 128,
    }),
    textInput('schemas', {
      label: 'Schemas',
      hint: 'With commas between them; all that the role may use, if left empty. PostgreSQL only.',
      optional: true,
      initial: filled.schemas,
      longest: 500,
    }),
    textInput('user', { label: 'Role', hint: 'A user that may only read.', initial: filled.user, longest: 128 }),
    radioInput('tls', { label: 'Connection', choices: TLS, initial: filled.tls ?? 'on' }),
    textInput('authority', {
      label: 'Certificate of your authority',
      hint: 'Where the server’s certificate is from a private one: the text from BEGIN to END CERTIFICATE. Never a key.',
      optional: true,
      multiline: true,
      initial: filled.authority,
      longest: SLACK_LIMITS.text,
    }),
    radioInput('source', { label: 'Its password', choices: SOURCES, initial: filled.source ?? 'sealed' }),
    textInput('reference', {
      label: 'Reference',
      hint: 'Where my machine reads it: env:QUERENT_PASSWORD_… or file:/run/secrets/…. Never the password itself.',
      optional: true,
      initial: filled.reference,
      longest: 300,
    }),
    userInput('owner', {
      label: 'Owner',
      hint: 'Who answers for it, and may administer it.',
      optional: true,
      initial: filled.owner,
    }),
    textInput('group', {
      label: 'Owning user group',
      hint: 'The id of a user group (S…), in place of a person.',
      optional: true,
      initial: filled.group,
      longest: 20,
    }),
  ];
  return modal({
    title: 'Register a database',
    blocks,
    submit: { callbackId: ADD_FORM, label: 'Connect' },
    ...(mends === undefined ? {} : { about: mends }),
  });
}

export type Errors = Readonly<Record<string, string>>;

/** What a form describes, or what is wrong with it by field. */
export function readAddForm(filled: Filled): { readonly target: RegisteredDatabase } | { readonly errors: Errors } {
  const errors = faultsOf(filled);
  if (Object.keys(errors).length) return { errors };
  const { id = '', description = '', source, reference, owner, group, authority } = filled;
  const secret = source === 'sealed' ? 'sealed' : source === 'reference' ? reference : undefined;
  const owning = group ? `group:${group}` : owner ? `user:${owner}` : undefined;
  return {
    target: {
      id,
      url: addressOf(filled),
      ...(secret ? { secret } : {}),
      description,
      ...(authority ? { authority } : {}),
      ...(owning === undefined ? {} : { owner: owning }),
    },
  };
}

function faultsOf(filled: Filled): Errors {
  const { id = '', description = '', host = '', port, database = '', source, reference, group } = filled;
  const { tls, authority } = filled;
  const faults: Readonly<Record<string, string | false>> = {
    id: !isDatabaseName(id) && sayFailure({ kind: 'bad-name', name: id }),
    description:
      description.length < LEAST_DESCRIPTION && `Say what it holds in ${LEAST_DESCRIPTION} characters or more.`,
    host: !isHost(host) && 'A host is a name such as db.example.com, or an address: no user, no path.',
    port: port !== undefined && !isPort(port) && 'A port is a number from 1 to 65535.',
    database: database.includes('/') && 'The name of a database has no / in it.',
    tls:
      tls === 'off' &&
      authority !== undefined &&
      'A certificate is looked at on an encrypted connection alone: choose that, or leave the certificate out.',
    authority: authority !== undefined && !isCertificate(authority) && NO_CERTIFICATE,
    reference:
      source === 'reference' &&
      !/^(?:env:\w+|file:\/.+)$/.test(reference ?? '') &&
      'A reference is env:NAME or file:/PATH, never the password itself.',
    group:
      group !== undefined && !/^S[A-Z0-9]+$/.test(group) && 'The id of a user group is S and then letters and digits.',
  };
  return Object.fromEntries(Object.entries(faults).filter((one): one is [string, string] => one[1] !== false));
}

const NO_CERTIFICATE =
  'That is no certificate: paste all of it, from BEGIN CERTIFICATE to END CERTIFICATE, and nothing else.';

function isCertificate(text: string): boolean {
  try {
    return text.trim().startsWith('-----BEGIN CERTIFICATE-----') && new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

const isHost = (text: string) =>
  /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(text) || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

function addressOf({ engine = 'postgres', user = '', host = '', port, database = '', schemas, tls }: Filled): string {
  const where = host.includes(':') ? `[${host}]` : host.toLowerCase();
  const named = (schemas ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const more = new URLSearchParams({
    ...(engine === 'postgres' && named.length ? { schemas: named.join(',') } : {}),
    ...(tls === 'off' ? { tls } : {}),
  });
  const query = more.size ? `?${more}` : '';
  const at = `${where}:${port ?? PORTS[engine]}`;
  return `${engine}://${encodeURIComponent(user)}@${at}/${encodeURIComponent(database)}${query}`;
}

/** The form as a registration would have been filled in by. */
export function filledFrom({ id, url, secret, description, owner, authority }: RegisteredDatabase): Filled {
  const { protocol, username, hostname, port, pathname, searchParams } = new URL(url);
  const [kind, named] = (owner ?? '').split(':');
  const source = secret === undefined ? 'none' : secret === 'sealed' ? 'sealed' : 'reference';
  const filled: Readonly<Record<Field, string | null | undefined>> = {
    id,
    description,
    engine: protocol.slice(0, -1),
    host: hostname.replace(/^\[|\]$/g, ''),
    port,
    database: decodeURIComponent(pathname.slice(1)),
    schemas: searchParams.get('schemas'),
    user: decodeURIComponent(username),
    tls: searchParams.get('tls') ?? 'on',
    authority,
    source,
    reference: source === 'reference' ? secret : undefined,
    owner: kind === 'user' ? named : undefined,
    group: kind === 'group' ? named : undefined,
  };
  return Object.fromEntries(Object.entries(filled).filter(([, value]) => value));
}

/** At which field a refusal stands. */
export function fieldOf(failure: Failure): Field {
  switch (failure.kind) {
    case 'address-refused':
      return failure.why === 'low-port' ? 'port' : 'host';
    case 'reference-refused':
      return 'reference';
    default:
      return 'id';
  }
}
