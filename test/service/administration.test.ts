import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSmallQuerent } from '#test/support/small-querent.ts';

describe('who may administer', () => {
  let small: Awaited<ReturnType<typeof startSmallQuerent>>;
  const reader = (userId: string, ...groups: string[]) => ({ teamId: 'T1', userId, groups });

  beforeAll(async () => {
    small = await startSmallQuerent({
      environment: { QUERENT_ADMINS: 'UADMIN', QUERENT_ADMIN_GROUP: 'SADMINS' },
      databases: {
        free: 'CREATE TABLE a (id INTEGER)',
        hers: 'CREATE TABLE b (id INTEGER)',
        theirs: 'CREATE TABLE c (id INTEGER)',
        told: 'CREATE TABLE d (id INTEGER)',
      },
    });
    const owners: Readonly<Record<string, string>> = {
      hers: 'user:UADA',
      theirs: 'group:SDATA',
      told: 'UADA of sales',
    };
    for (const database of await small.parts.store.databases())
      await small.parts.store.saveDatabase({ ...database, owner: owners[database.id] ?? 'nobody' });
  });
  afterAll(() => small.close());

  it('is a configured id or a member of the configured group, of all and of each', async () => {
    for (const who of [reader('UADMIN'), reader('UBO', 'SADMINS')]) {
      assert.ok(await small.querent.mayAdminister(who));
      assert.ok(await small.querent.mayAdminister(who, 'hers'));
      assert.deepEqual(await small.querent.administeredBy(who), ['free', 'hers', 'theirs', 'told']);
    }
  });

  it('is the owner, a person or a member of a group, of their database alone', async () => {
    const { querent } = small;
    assert.ok(await querent.mayAdminister(reader('UADA'), 'hers'));
    assert.ok(await querent.mayAdminister(reader('UBO', 'SDATA'), 'theirs'));
    assert.ok(!(await querent.mayAdminister(reader('UADA'))));
    assert.ok(!(await querent.mayAdminister(reader('UADA'), 'theirs')));
    assert.deepEqual(await querent.administeredBy(reader('UADA')), ['hers']);
  });

  it('is nobody whom an owner in words names, nor who is in a channel, nor who is unknown', async () => {
    const { querent } = small;
    assert.ok(!(await querent.mayAdminister(reader('UADA'), 'told')));
    assert.ok(!(await querent.mayAdminister({ teamId: 'T1', channelId: 'C1' }, 'hers')));
    assert.ok(!(await querent.mayAdminister(reader('UADA'), 'no such database')));
  });

  it('has its groups looked up, and who is to be asked of each database told', async () => {
    const { querent } = small;
    assert.deepEqual(await querent.adminGroups(), ['SADMINS', 'SDATA']);
    assert.deepEqual(await querent.responsibleFor('hers'), { users: ['UADA'], groups: [] });
    assert.deepEqual(await querent.responsibleFor('theirs'), { users: [], groups: ['SDATA'] });
    assert.deepEqual(await querent.responsibleFor('free'), { users: ['UADMIN'], groups: ['SADMINS'] });
  });
});
