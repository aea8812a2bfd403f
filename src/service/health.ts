import { checkRules } from '#src/access/check-rules.ts';
import type { Connections } from '#src/databases/connections.ts';
import { isInForce } from '#src/domain/access.ts';
import { type CheckResult, resultOf } from '#src/domain/health.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { Database } from '#src/ports/database.ts';
import type { ServiceParts } from './parts.ts';

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'indexes' | 'checks' | 'clock'>;

/** Looks at every part of a deployment, all at once, and changes nothing but what is kept of the model server's abilities. */
export async function checkHealth(
  parts: Parts,
  connections: Connections,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const found = await Promise.all([
    resultOf('databases', () => checkDatabases(parts, connections, signal)),
    resultOf('access', () => checkAccess(parts)),
    resultOf('audit', () => checkAudit(parts)),
    resultOf('index', () => checkIndex(parts)),
    ...parts.checks.map((check) => check(signal)),
  ]);
  return found.flat();
}

async function checkDatabases({ store }: Parts, connections: Connections, signal: AbortSignal): Promise<CheckResult[]> {
  const registered = await store.databases();
  if (!registered.length) {
    const says = 'none registered; run `querent register URL`, or `npm run demo` to try the sample company';
    return [{ part: 'databases', state: 'off', says }];
  }
  return Promise.all(
    registered.map(async ({ id, paused }): Promise<CheckResult> => {
      const part = `database ${id}`;
      if (paused) {
        const says = `paused since ${paused.since} by ${paused.by}; \`querent resume ${id}\` lets it be asked again`;
        return { part, state: 'off', says };
      }
      const pinged = await ping(id, connections, signal);
      return pinged.ok
        ? { part, state: 'ok', says: `answers, version ${pinged.value.serverVersion}` }
        : { part, state: 'wrong', says: sayToOperator(pinged.failure) };
    }),
  );
}

async function ping(id: DatabaseId, connections: Connections, signal: AbortSignal): ReturnType<Database['ping']> {
  const opened = await connections.open(id);
  return opened.ok ? opened.value.ping(signal).finally(() => opened.value.close()) : opened;
}

/** Who may ask: rules that are odd, and databases that nobody in Slack may ask. */
async function checkAccess({ store, clock }: Parts): Promise<CheckResult> {
  const part = 'access';
  const now = clock.now();
  const rules = (await store.accessRules()).filter((rule) => isInForce(rule, now));
  const [odd] = checkRules(rules, await store.catalogs(), now);
  if (odd) return { part, state: 'wrong', says: `${odd} (querent policy check)` };
  const closed = (await store.databases()).filter(({ id }) => !rules.some((rule) => rule.databaseId === id));
  if (!closed.length) return { part, state: rules.length ? 'ok' : 'off', says: `${rules.length} rules` };
  return {
    part,
    state: 'off',
    says: `nobody in Slack may ask ${closed.map(({ id }) => id).join(', ')} (querent grant)`,
  };
}

async function checkAudit({ audit }: Parts): Promise<CheckResult> {
  const part = 'audit';
  const checked = await audit.verify();
  if (checked.kind === 'sound') return { part, state: 'ok', says: `${checked.entries} entries, as they were written` };
  const says = `broken at entry ${checked.seq}: ${checked.why}; the bot does not start until it is mended or put away`;
  return { part, state: 'wrong', says };
}

async function checkIndex({ store, indexes }: Parts): Promise<CheckResult> {
  const part = 'index';
  if (!(await store.databases()).length) return { part, state: 'off', says: 'nothing to index yet' };
  const loaded = await indexes.load(await store.catalogs());
  if (!loaded.ok) return { part, state: 'wrong', says: sayToOperator(loaded.failure) };
  return { part, state: 'ok', says: `${loaded.value.tables} tables, ${loaded.value.columns} columns` };
}
