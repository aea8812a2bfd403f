import type { Reader } from '#src/domain/access.ts';
import type { DatabaseId, UserId } from '#src/domain/ids.ts';
import { ownerOf } from '#src/domain/owner.ts';
import type { ServiceParts } from './parts.ts';

/** Who may administer what (ADM-1). Asked again at each press and each submission: nothing that was opened earlier is a permission. */
export interface Administration {
  /**
   * Whether somebody may administer a database, as an admin or its owner; without a database, whether they are an admin: one of the
   * configured ids or of the configured user group. An admin of the workspace is none by that alone.
   */
  mayAdminister(reader: Reader, id?: DatabaseId): Promise<boolean>;
  /** The registered databases that somebody may administer, in the order of their ids. */
  administeredBy(reader: Reader): Promise<readonly DatabaseId[]>;
  /** User groups whose members administer something: who is in them has to be known of a reader. */
  adminGroups(): Promise<readonly string[]>;
  /** Whom to ask about a database: the people who own it, and its owning group; the admins, where nobody owns it or none is named. */
  responsibleFor(id?: DatabaseId): Promise<Responsible>;
}

export interface Responsible {
  readonly users: readonly UserId[];
  readonly groups: readonly string[];
}

export function openAdministration({ store, settings }: Pick<ServiceParts, 'store' | 'settings'>): Administration {
  const { admins, adminGroup } = settings;
  const isAdmin = ({ userId, groups = [] }: Reader) =>
    userId !== undefined && (admins.includes(userId) || (adminGroup !== undefined && groups.includes(adminGroup)));

  async function owned({ userId, groups = [] }: Reader): Promise<readonly DatabaseId[]> {
    if (userId === undefined) return [];
    const isTheirs = (owner: ReturnType<typeof ownerOf>) =>
      owner && (owner.kind === 'user' ? owner.id === userId : groups.includes(owner.id));
    return (await store.databases()).filter((one) => isTheirs(ownerOf(one))).map(({ id }) => id);
  }

  return {
    mayAdminister: async (reader, id) => isAdmin(reader) || (id !== undefined && (await owned(reader)).includes(id)),
    administeredBy: async (reader) =>
      isAdmin(reader) ? (await store.databases()).map(({ id }) => id) : await owned(reader),
    async adminGroups() {
      const owning = (await store.databases()).flatMap((one) => {
        const owner = ownerOf(one);
        return owner?.kind === 'group' ? [owner.id] : [];
      });
      return [...new Set([...(adminGroup === undefined ? [] : [adminGroup]), ...owning])];
    },
    async responsibleFor(id) {
      const found = (await store.databases()).find((one) => one.id === id);
      const owner = found && ownerOf(found);
      if (owner?.kind === 'user') return { users: [owner.id], groups: [] };
      if (owner?.kind === 'group') return { users: [], groups: [owner.id] };
      return { users: admins, groups: adminGroup === undefined ? [] : [adminGroup] };
    },
  };
}
