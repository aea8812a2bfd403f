import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { AccessRule } from '#src/domain/access.ts';
import { readGrantee } from '#src/domain/access.ts';
import { isDatabaseName, type RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { COLUMN_ROLES } from '#src/domain/roles/column-role.ts';
import { readRuleEnd } from '#src/domain/rule-end.ts';

const name = z.string().refine(isDatabaseName, 'is a letter and then letters, digits, - and _');
const tables = z.array(z.string().min(1)).min(1);
const grantee = z
  .string()
  .refine((text) => readGrantee(text) !== undefined, 'is everyone, user:ID, group:ID or channel:ID')
  .transform((text) => readGrantee(text)!);

/** An end that has passed is one: the rule is as if it were not there. */
const LONG_AGO = new Date(0);

const Rule = z.strictObject({
  to: grantee,
  team: z.string().optional(),
  tables: tables.optional(),
  hide: z.record(z.string(), tables).optional(),
  'own-rows': tables.optional(),
  shared: z.literal(true).optional(),
  until: z
    .string()
    .refine((text) => readRuleEnd(text, LONG_AGO) !== undefined && !text.endsWith('d'), 'is a day or an instant')
    .transform((text) => readRuleEnd(text, LONG_AGO)!)
    .optional(),
});

const columnRoles = z.record(
  z.string().regex(/^[^.]+(?:\.[^.]+)+$/),
  z.enum(COLUMN_ROLES, {
    error: ({ input }) => `is ${JSON.stringify(input)}, which is none of ${COLUMN_ROLES.join(', ')}`,
  }),
  { error: ({ code }) => (code === 'invalid_key' ? 'is no column: it is written table.column' : undefined) },
);

const Declared = z.strictObject({
  version: z.literal(1, 'must be 1'),
  databases: z.array(
    z.strictObject({
      name,
      url: z
        .string()
        .refine(
          (text) => !/^[a-z]+:\/\/[^/@]*:[^/@]+@/i.test(text),
          'holds a password; use password: env:NAME or file:PATH',
        ),
      password: z
        .string()
        .regex(/^(env:[A-Za-z_]\w*|file:.+|sealed)$/, 'is env:NAME, file:PATH or sealed (see querent secrets set)')
        .optional(),
      description: z.string().optional(),
      owner: z.string().optional(),
      costly: z.enum(['asker', 'owner']).optional(),
      'user-functions': z.array(z.string()).optional(),
      'accept-warnings': z.array(z.string()).optional(),
      'column-roles': columnRoles.optional(),
      grant: z.array(Rule).default([]),
      deny: z.array(Rule.omit({ shared: true, 'own-rows': true, until: true })).default([]),
    }),
  ),
});

export interface DeclaredDatabase {
  readonly database: RegisteredDatabase;
  readonly rules: readonly AccessRule[];
  readonly acceptWarnings: readonly string[];
}

/** Reads querent.config.yaml. Every fault is told with its line; nothing is taken from a file that has one. */
export function readConfigFile(file: string): Result<readonly DeclaredDatabase[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return fail({ kind: 'bad-config-file', file, faults: ['it cannot be read'] });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length) {
    const faults = document.errors.map(
      (error) => `line ${error.linePos?.[0].line ?? '?'}: ${firstLine(error.message)}`,
    );
    return fail({ kind: 'bad-config-file', file, faults });
  }
  const parsed = Declared.safeParse(document.toJS());
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const line = lineOf(document, lines, path as (string | number)[]);
      return `line ${line}: ${path.join('.') || 'it'} ${message}`;
    });
    return fail({ kind: 'bad-config-file', file, faults });
  }
  const names = parsed.data.databases.map((one) => one.name);
  const twice = names.find((one, at) => names.indexOf(one) !== at);
  if (twice) return fail({ kind: 'bad-config-file', file, faults: [`two databases are named ${twice}`] });
  return ok(parsed.data.databases.map(toDeclared));
}

function toDeclared(one: z.infer<typeof Declared>['databases'][number]): DeclaredDatabase {
  const ruleOf = (effect: 'grant' | 'deny', rule: z.infer<typeof Rule>): AccessRule => ({
    effect,
    databaseId: one.name,
    to: rule.to,
    ...(rule.team === undefined ? {} : { teamId: rule.team }),
    ...(rule.tables ? { tables: rule.tables } : {}),
    ...(rule.hide ? { hide: rule.hide } : {}),
    ...(rule['own-rows'] ? { ownRows: rule['own-rows'] } : {}),
    ...(rule.shared ? { shared: true } : {}),
    ...(rule.until === undefined ? {} : { until: rule.until }),
  });
  return {
    database: {
      id: one.name,
      url: one.url,
      ...(one.password === undefined ? {} : { secret: one.password }),
      ...(one.description === undefined ? {} : { description: one.description }),
      ...(one.owner === undefined ? {} : { owner: one.owner }),
      ...(one.costly === 'owner' ? { costlyBy: one.costly } : {}),
      ...(one['user-functions'] ? { userFunctions: one['user-functions'] } : {}),
      ...(one['column-roles'] ? { columnRoles: one['column-roles'] } : {}),
    },
    rules: [...one.grant.map((rule) => ruleOf('grant', rule)), ...one.deny.map((rule) => ruleOf('deny', rule))],
    acceptWarnings: one['accept-warnings'] ?? [],
  };
}

const firstLine = (text: string) => text.split('\n')[0]!.replace(/ at line \d+.*$/, '');

/** The line of the deepest node of a path that is there. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
