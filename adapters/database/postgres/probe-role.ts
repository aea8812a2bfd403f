import type { PoolClient } from 'pg';
import { type RoleFinding, type RoleReport, someOf } from '#src/domain/role-report.ts';

const ATTRIBUTES = `
  SELECT r.rolname AS role, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls
  FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`;

/** Roles that the reader is or could become; membership without INHERIT counts, for SET ROLE would use it. */
const MEMBERSHIPS = `
  SELECT r.rolname AS name,
         r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls AS mighty
  FROM pg_catalog.pg_roles r
  WHERE r.rolname <> current_user AND pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY 1`;

const RELATIONS = `
  SELECT c.oid::text AS oid, n.nspname || '.' || c.relname AS name, c.relkind AS kind,
         pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER') AS owned,
         CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'USAGE, UPDATE')
              ELSE pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                OR pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES') END AS writes
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY 2`;

const SCHEMAS = `
  SELECT n.nspname AS name, pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS creates
  FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_(temp|toast)' ORDER BY 1`;

const SESSION = `
  SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE') AS creates,
         pg_catalog.has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
         pg_catalog.pg_is_in_recovery() AS replica,
         EXISTS (SELECT 1 FROM pg_catalog.pg_database d
                 WHERE d.datname = current_database() AND pg_catalog.pg_has_role(current_user, d.datdba, 'MEMBER')) AS owns`;

const ROUTINES = `
  SELECT p.proname AS name, p.prosecdef AS definer, NOT l.lanpltrusted AND l.lanname NOT IN ('internal', 'c') AS untrusted,
         p.proname ~ '^dblink' AS remote
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
    AND (p.prosecdef OR p.proname ~ '^dblink' OR (NOT l.lanpltrusted AND l.lanname NOT IN ('internal', 'c', 'sql')))
  ORDER BY 1`;

const CASTS = `
  SELECT pg_catalog.format_type(k.castsource, NULL) || ' to ' || pg_catalog.format_type(k.casttarget, NULL) AS name
  FROM pg_catalog.pg_cast k WHERE k.oid >= 16384 AND k.castfunc <> 0 AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND d.objid = k.oid
      AND d.deptype = 'e') ORDER BY 1`;

const REFUSED_MEMBERSHIPS: Readonly<Record<string, RoleFinding['code']>> = {
  pg_write_all_data: 'writes',
  pg_read_server_files: 'server-files',
  pg_write_server_files: 'server-files',
  pg_execute_server_program: 'server-files',
  pg_signal_backend: 'server-administration',
  pg_maintain: 'server-administration',
  pg_create_subscription: 'server-administration',
  pg_checkpoint: 'server-administration',
};
const WARNED_MEMBERSHIPS = new Set([
  'pg_read_all_data',
  'pg_monitor',
  'pg_read_all_settings',
  'pg_read_all_stats',
  'pg_stat_scan_tables',
]);

type Row = Readonly<Record<string, unknown>>;

/** What the connected role may do beyond reading (ROLE-2, ROLE-3). Everything is read from catalogs; nothing is tried. */
export async function probeRole(client: PoolClient, encrypted: boolean): Promise<RoleReport> {
  const rows = async (text: string) => (await client.query<Row>(text)).rows;
  const findings: RoleFinding[] = [];
  const add = (severity: RoleFinding['severity'], code: RoleFinding['code'], what: string) =>
    findings.push({ severity, code, what });
  const named = (list: readonly Row[]) => someOf(list.map((row) => String(row.name)));
  const yes = (value: unknown) => value === true || value === 't';

  const [attributes] = await rows(ATTRIBUTES);
  const role = String(attributes?.role ?? '');
  const mighty = ['rolsuper', 'rolcreaterole', 'rolcreatedb', 'rolreplication', 'rolbypassrls'].filter((name) =>
    yes(attributes?.[name]),
  );
  if (!attributes || mighty.length) {
    add(
      'refuse',
      'administrator',
      `${role || 'The role'} has ${mighty.join(', ') || 'attributes that cannot be read'}.`,
    );
  }
  for (const { name, mighty: might } of await rows(MEMBERSHIPS)) {
    const group = String(name);
    const code = REFUSED_MEMBERSHIPS[group];
    if (yes(might)) add('refuse', 'may-become-another', `${role} can become ${group}, which is an administrator.`);
    else if (code) add('refuse', code, `${role} is a member of ${group}.`);
    else if (WARNED_MEMBERSHIPS.has(group)) add('warn', 'reads-everything', `${role} is a member of ${group}.`);
    else if (group.startsWith('pg_'))
      add('refuse', 'unknown-right', `${role} is a member of ${group}, which is not known to be harmless.`);
  }
  const relations = await rows(RELATIONS);
  const owned = relations.filter((row) => yes(row.owned));
  if (owned.length) add('refuse', 'owns', `${role} owns ${named(owned)}.`);
  const written = relations.filter((row) => yes(row.writes) && !yes(row.owned) && row.kind !== 'S');
  if (written.length) add('refuse', 'writes', `${role} may change ${named(written)}.`);
  const sequences = relations.filter((row) => yes(row.writes) && row.kind === 'S');
  if (sequences.length) add('warn', 'sequences', `${role} may move the sequences ${named(sequences)}.`);
  const creating = (await rows(SCHEMAS)).filter((row) => yes(row.creates));
  if (creating.length) add('refuse', 'creates', `${role} may create objects in the schemas ${named(creating)}.`);
  const [session] = await rows(SESSION);
  if (yes(session?.owns)) add('refuse', 'owns', `${role} owns the database.`);
  else if (yes(session?.creates)) add('refuse', 'creates', `${role} may create schemas in the database.`);
  if (yes(session?.temporary))
    add('warn', 'temporary-tables', `${role} may create temporary tables, as PUBLIC may by default.`);
  if (!yes(session?.replica))
    add('warn', 'primary', 'This is the primary server; a replica would keep questions away from it.');
  const routines = await rows(ROUTINES);
  const remote = routines.filter((row) => yes(row.remote));
  if (remote.length)
    add('warn', 'remote-queries', `${role} may call ${named(remote)}, which opens connections of its own.`);
  const definer = routines.filter((row) => !yes(row.remote));
  if (definer.length)
    add(
      'warn',
      'definer-routines',
      `${role} may call ${named(definer)}, which run with their owner's rights or outside the database.`,
    );
  const casts = await rows(CASTS);
  if (casts.length)
    add('warn', 'own-casts', `The database defines the casts ${named(casts)}, which run code of its own.`);
  if (!encrypted) add('warn', 'no-encryption', 'The connection is not encrypted.');
  return { role, findings };
}
