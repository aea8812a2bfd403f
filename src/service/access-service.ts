import { accessViewFor, labelOf } from '#src/access/access-view.ts';
import { checkRules, unknownNames } from '#src/access/check-rules.ts';
import { changeRegistered } from '#src/databases/change.ts';
import { findRegistered } from '#src/databases/find-registered.ts';
import { type AccessRule, isInForce, type Reader } from '#src/domain/access.ts';
import type { AuditedPerson } from '#src/domain/audit-entry.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { didYouMean } from '#src/domain/likeness.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { Result } from '#src/domain/result.ts';
import { auditChange } from './audited.ts';
import type { ServiceParts } from './parts.ts';

/** Who may ask what, as an admin changes it. */
export interface AccessService {
  /** The rules of a database, or of all. */
  rules(id?: DatabaseId): Promise<readonly AccessRule[]>;
  /** Replaces the rules of a registered database; those that name what it does not have are not taken. */
  change(id: DatabaseId, change: ChangeRules, who: AuditedPerson): Promise<RulesChange>;
  /** Says who lets queries of a database above their cost budget run: whoever asks, or its owner and the admins. */
  setCostlyBy(id: DatabaseId, by: 'asker' | 'owner', who: AuditedPerson): Promise<Result<void>>;
  /** Takes out the rules that have ended. How many there were. */
  letGoOfEnded(): Promise<number>;
  /** What is odd about rules, one sentence each. */
  oddities(rules: readonly AccessRule[]): Promise<readonly string[]>;
  /** Names in rules that their databases, as last read, do not have, one sentence each: a deny so misspelt keeps nothing from anybody. */
  misnamed(rules: readonly AccessRule[]): Promise<readonly string[]>;
  /** What somebody may read of every indexed database. */
  readableBy(reader: Reader): Promise<readonly ReadableDatabase[]>;
}

/** What rules become; nothing where they are not what whoever changes them saw, who is told so. */
export type ChangeRules = (before: readonly AccessRule[]) => readonly AccessRule[] | undefined;

export type RulesChange =
  | { readonly kind: 'changed'; readonly before: number; readonly after: number; readonly oddities: readonly string[] }
  | { readonly kind: 'misnamed'; readonly faults: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ReadableDatabase {
  readonly databaseId: DatabaseId;
  /** Nothing of it, if absent. */
  readonly tables: readonly {
    readonly label: string;
    readonly readable: boolean;
    readonly hidden: readonly string[];
  }[];
}

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'clock'>;

const rulesChanged = (database: DatabaseId): RulesChange => ({
  kind: 'failed',
  failure: { kind: 'rules-changed', database },
});

export function openAccessService({ store, audit, clock }: Parts): AccessService {
  async function rules(id?: DatabaseId): Promise<readonly AccessRule[]> {
    const all = await store.accessRules();
    return id === undefined ? all : all.filter((rule) => rule.databaseId === id);
  }

  async function misnamed(rules: readonly AccessRule[]): Promise<readonly string[]> {
    const catalogs = await store.catalogs();
    return rules.flatMap((rule) => {
      const catalog = catalogs.find((one) => one.databaseId === rule.databaseId);
      if (!catalog) return [];
      return unknownNames(rule, catalog).map(
        ({ kind, name, near }) => `${rule.databaseId} has no ${kind} ${name}.${didYouMean(near)}`,
      );
    });
  }

  return {
    rules,
    misnamed,
    change: async (id, change, who) =>
      (await changeOnce(id, change, who)) ?? (await changeOnce(id, change, who)) ?? rulesChanged(id),
    setCostlyBy(id, by, who) {
      const what = `who lets costly queries of ${id} run`;
      return changeRegistered(
        id,
        ({ costlyBy: _, ...rest }) => (by === 'owner' ? { ...rest, costlyBy: by } : rest),
        store,
        ({ costlyBy: before = 'asker' }) => auditChange(audit, { who, what, before, after: by }, clock.now()),
      );
    },
    async letGoOfEnded() {
      const ended = (await store.accessRules()).filter((rule) => !isInForce(rule, clock.now()));
      const standing = (before: readonly AccessRule[]) => before.filter((rule) => isInForce(rule, clock.now()));
      for (const id of new Set(ended.map(({ databaseId }) => databaseId))) await changeOnce(id, standing, OPERATOR);
      return ended.length;
    },
    oddities: async (rules) => checkRules(rules, await store.catalogs(), clock.now()),
    async readableBy(reader) {
      const own = (await store.accessRules()).filter((rule) => !rule.shared);
      return (await store.catalogs()).map((catalog) => {
        const view = accessViewFor(catalog, own, reader, clock.now());
        return {
          databaseId: catalog.databaseId,
          tables: view
            ? catalog.tables.map((table) => {
                const label = labelOf(table);
                return { label, readable: view.tables.includes(label), hidden: view.hiddenColumns[label] ?? [] };
              })
            : [],
        };
      });
    },
  };

  /** Nothing, where somebody changed the rules between they were read and saved: they are left as that one made them. */
  async function changeOnce(
    ...[id, change, who]: Parameters<AccessService['change']>
  ): Promise<RulesChange | undefined> {
    const found = await findRegistered(id, store);
    if (!found.ok) return { kind: 'failed', failure: found.failure };
    const before = await rules(id);
    const after = change(before);
    if (!after) return rulesChanged(id);
    const fresh = after.filter((rule) => !before.includes(rule));
    const faults = [...(await unread(id, fresh)), ...(await misnamed(fresh))];
    if (faults.length) return { kind: 'misnamed', faults };
    const failure = await auditChange(audit, { who, what: `access rules of ${id}`, before, after }, clock.now());
    if (failure) return { kind: 'failed', failure };
    if (!(await store.changeAccessRules(id, before, after))) return undefined;
    const oddities = checkRules(after, await store.catalogs(), clock.now());
    return { kind: 'changed', before: before.length, after: after.length, oddities };
  }

  /** Rules about tables of a database that was not read yet: they cannot be looked up, and a misspelt deny would keep nothing. */
  async function unread(id: DatabaseId, rules: readonly AccessRule[]): Promise<readonly string[]> {
    const named = rules.some((rule) => rule.tables || rule.hide || rule.ownRows);
    if (!named || (await store.catalogs()).some((one) => one.databaseId === id)) return [];
    return [
      `The schema of ${id} has not been read yet, so its tables cannot be looked up. Run \`querent index --db ${id}\` first.`,
    ];
  }
}
