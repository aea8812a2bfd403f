import { z } from 'zod';
import type { AccessRule } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { RegisteredDatabase, StoredRoleReport } from '#src/domain/registered-database.ts';
import type { RoleDefect } from '#src/domain/role-report.ts';
import { COLUMN_ROLES } from '#src/domain/roles/column-role.ts';
import { codeOf, readStored, text } from './stored.ts';

const texts = z.array(text);
const columnRole = z.enum(COLUMN_ROLES);

export const Database: z.ZodType<RegisteredDatabase> = z.strictObject({
  id: text,
  url: text,
  secret: z.exactOptional(text),
  description: z.exactOptional(text),
  authority: z.exactOptional(text),
  userFunctions: z.exactOptional(texts),
  owner: z.exactOptional(text),
  costlyBy: z.exactOptional(z.literal('owner')),
  searchValues: z.exactOptional(texts),
  hideValues: z.exactOptional(texts),
  columnRoles: z.exactOptional(z.record(text, columnRole)),
  fromForm: z.exactOptional(z.literal(true)),
  paused: z.exactOptional(z.strictObject({ since: text, by: text })),
});

const Rule: z.ZodType<AccessRule> = z.strictObject({
  effect: z.enum(['grant', 'deny']),
  databaseId: text,
  teamId: z.exactOptional(text),
  to: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('everyone') }),
    z.strictObject({ kind: z.enum(['user', 'group', 'channel']), id: text }),
  ]),
  tables: z.exactOptional(texts),
  hide: z.exactOptional(z.record(text, texts)),
  ownRows: z.exactOptional(texts),
  shared: z.exactOptional(z.literal(true)),
  until: z.exactOptional(text),
});
const Rules = z.array(Rule);

const Report: z.ZodType<StoredRoleReport> = z.strictObject({
  role: text,
  findings: z.array(z.strictObject({ severity: z.enum(['refuse', 'warn']), code: codeOf<RoleDefect>(), what: text })),
  checkedAt: text,
  accepted: texts,
});

const described = z.exactOptional(z.looseObject({ comment: z.exactOptional(text) }));

const Column = z.looseObject({
  name: text,
  type: text,
  kind: z.enum(['number', 'text', 'date', 'timestamp', 'boolean', 'binary', 'other']),
  nullable: z.boolean(),
  comment: z.exactOptional(text),
  described,
  title: z.exactOptional(text),
  values: texts,
  valuesComplete: z.boolean(),
  indexValues: z.exactOptional(z.boolean()),
  distinct: z.exactOptional(z.number()),
  nullShare: z.exactOptional(z.number()),
  role: z.exactOptional(
    z.looseObject({ role: columnRole, because: text, configured: z.exactOptional(z.literal(true)) }),
  ),
});

const Table = z.looseObject({
  schema: z.exactOptional(text),
  name: text,
  kind: z.enum(['table', 'view']),
  comment: z.exactOptional(text),
  described,
  title: z.exactOptional(text),
  columns: z.array(Column),
  rowSecurity: z.exactOptional(z.boolean()),
  primaryKey: texts,
  foreignKeys: z.array(
    z.looseObject({
      columns: texts,
      targetSchema: z.exactOptional(text),
      targetTable: text,
      targetColumns: texts,
    }),
  ),
  rowEstimate: z.exactOptional(z.number()),
});

const ownCode = z.array(z.looseObject({ name: text, takes: z.exactOptional(texts) }));

/** Loose: what another version knows besides of a schema does no harm, and a catalog is read anew often. */
const Catalog: z.ZodType<DatabaseCatalog> = z.looseObject({
  databaseId: text,
  title: z.exactOptional(text),
  engine: z.enum(['sqlite', 'postgres', 'mysql', 'mariadb']),
  serverVersion: text,
  schemaName: z.exactOptional(text),
  description: z.exactOptional(text),
  namedTimeZones: z.exactOptional(z.boolean()),
  caseSensitive: z.exactOptional(z.boolean()),
  ownCode: z.exactOptional(z.looseObject({ functions: ownCode, operators: ownCode })),
  tables: z.array(Table),
  warnings: texts,
});

export const readDatabase = (stored: string, id: string): RegisteredDatabase =>
  readStored(Database, stored, `the registered database ${id}`);
export const readRules = (stored: string, id: string): readonly AccessRule[] =>
  readStored(Rules, stored, `the access rules of ${id}`);
export const readReport = (stored: string, id: string): StoredRoleReport =>
  readStored(Report, stored, `the role report of ${id}`);
export const readCatalog = (stored: string, id: string): DatabaseCatalog =>
  readStored(Catalog, stored, `the catalog of ${id}`);
