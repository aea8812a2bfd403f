import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AccessRule, Reader } from '#src/domain/access.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { Turn } from '#src/domain/question.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import type { Asked } from '#src/service/ask.ts';
import { answerView } from '#src/slack/views/answer-view.ts';
import { clarificationView, failureView } from '#src/slack/views/other-views.ts';
import { NO_QDRANT_ENGINE, onQdrant, type QdrantShim, startQdrant } from '#test/support/qdrant/start-qdrant.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

/**
 * Every kind of person in every kind of channel under every policy: what they may see is worked out here by hand, and nothing
 * that they may not see may turn up in a prompt, a statement, a block or an export. What is hidden bears a canary's name.
 */
const SCRIPT = `
  CREATE TABLE sales (id INTEGER PRIMARY KEY, region TEXT, amount INTEGER);
  CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, team TEXT, canary_wage TEXT);
  CREATE TABLE canary_vault (id INTEGER PRIMARY KEY, region TEXT, canary_token TEXT);
  INSERT INTO sales VALUES (1, 'north', 10), (2, 'south', 20);
  INSERT INTO staff VALUES (1, 'Ada', 'red', 'CANARY-WAGE-1'), (2, 'Bo', 'blue', 'CANARY-WAGE-2');
  INSERT INTO canary_vault VALUES (1, 'north', 'CANARY-TOKEN-1'), (2, 'south', 'CANARY-TOKEN-2');`;

const TENANTS = ['T1', 'T2', 'T3'] as const;
const PEOPLE = {
  owner: { userId: 'UOWNER', groups: [] },
  finance: { userId: 'UFIN', groups: ['SFIN'] },
  denied: { userId: 'UDENIED', groups: ['SFIN'] },
  support: { userId: 'USUP', groups: ['SSUP'] },
  plain: { userId: 'UPLAIN', groups: [] },
  nobody: { userId: 'UNOBODY', groups: [] },
} as const;
const PLACES = { direct: undefined, open: 'COPEN', finance: 'CFIN', sharing: 'CSHARE' } as const;
type Person = keyof typeof PEOPLE;
type Place = keyof typeof PLACES;

const grant = (rule: Omit<AccessRule, 'effect' | 'databaseId'>): AccessRule => ({
  effect: 'grant',
  databaseId: 'corp',
  ...rule,
});
const deny = (rule: Omit<AccessRule, 'effect' | 'databaseId'>): AccessRule => ({
  effect: 'deny',
  databaseId: 'corp',
  ...rule,
});

/** What somebody sees: tables, and whether staff.canary_wage is among them. */
interface Sight {
  readonly tables: readonly string[];
  readonly wage: boolean;
}
const NOTHING: Sight = { tables: [], wage: false };
const ALL: Sight = { tables: ['sales', 'staff', 'canary_vault'], wage: true };

interface Policy {
  readonly rules: readonly AccessRule[];
  readonly sees: (tenant: string, person: Person, place: Place) => Sight;
  /** What may stand in a channel for all to read. */
  readonly audience: (tenant: string, place: Place) => Sight;
}

const POLICIES: Readonly<Record<string, Policy>> = {
  'sales for everyone of T1, all of it for the owner': {
    rules: [
      grant({ teamId: 'T1', to: { kind: 'everyone' }, tables: ['sales'] }),
      grant({ teamId: 'T1', to: { kind: 'user', id: 'UOWNER' } }),
    ],
    sees: (tenant, person) =>
      tenant !== 'T1' ? NOTHING : person === 'owner' ? ALL : { tables: ['sales'], wage: false },
    audience: (tenant) => (tenant === 'T1' ? { tables: ['sales'], wage: false } : NOTHING),
  },
  'staff without wages for finance, nothing for who is denied': {
    rules: [
      grant({ to: { kind: 'group', id: 'SFIN' }, tables: ['sales', 'staff'], hide: { staff: ['canary_wage'] } }),
      grant({ to: { kind: 'group', id: 'SSUP' }, tables: ['sales'] }),
      deny({ to: { kind: 'user', id: 'UDENIED' }, tables: ['staff'] }),
      deny({ teamId: 'T2', to: { kind: 'group', id: 'SSUP' } }),
    ],
    sees: (tenant, person) => {
      if (person === 'finance') return { tables: ['sales', 'staff'], wage: false };
      if (person === 'denied') return { tables: ['sales'], wage: false };
      return person === 'support' && tenant !== 'T2' ? { tables: ['sales'], wage: false } : NOTHING;
    },
    audience: () => NOTHING,
  },
  'channels of their own, and one to share in': {
    rules: [
      grant({
        teamId: 'T1',
        to: { kind: 'channel', id: 'CFIN' },
        tables: ['sales', 'staff'],
        hide: { staff: ['canary_wage'] },
      }),
      grant({ teamId: 'T1', to: { kind: 'channel', id: 'CSHARE' }, tables: ['staff'], shared: true }),
      grant({ teamId: 'T2', to: { kind: 'user', id: 'UPLAIN' } }),
      grant({ teamId: 'T2', to: { kind: 'everyone' }, tables: ['sales'] }),
      deny({ teamId: 'T2', to: { kind: 'everyone' }, hide: { staff: ['canary_wage'] } }),
    ],
    sees: (tenant, person, place) => {
      if (tenant === 'T1') return place === 'finance' ? { tables: ['sales', 'staff'], wage: false } : NOTHING;
      if (tenant === 'T3') return NOTHING;
      return person === 'plain'
        ? { tables: ['sales', 'staff', 'canary_vault'], wage: false }
        : { tables: ['sales'], wage: false };
    },
    audience: (tenant, place) => {
      if (tenant === 'T1') return place === 'finance' ? { tables: ['sales', 'staff'], wage: false } : NOTHING;
      return tenant === 'T2' ? { tables: ['sales'], wage: false } : NOTHING;
    },
  },
};

/** What a model might be talked into writing. */
const TEMPTATIONS = [
  'SELECT region, amount FROM sales',
  'SELECT * FROM staff',
  'SELECT name, team FROM staff ORDER BY canary_wage',
  'SELECT canary_token FROM canary_vault',
  'SELECT s.region FROM sales s WHERE EXISTS (SELECT 1 FROM canary_vault v WHERE v.region = s.region)',
  'SELECT name FROM staff',
];
const readsVault = (sql: string) => sql.includes('canary_vault');
const readsWage = (sql: string) => sql.includes('canary_wage') || sql.includes('* FROM staff');
const readsStaff = (sql: string) => sql.includes('staff');

function mayRun(sql: string, sight: Sight): boolean {
  if (readsVault(sql)) return sight.tables.includes('canary_vault') && sight.tables.includes('sales');
  if (readsStaff(sql)) return sight.tables.includes('staff') && (!readsWage(sql) || sight.wage);
  return sight.tables.includes('sales');
}

let small: Awaited<ReturnType<typeof startSmallQuerent>>;
let model: Awaited<ReturnType<typeof scriptedModel>>;
let written = TEMPTATIONS[0]!;

const never = new AbortController().signal;

function readerOf(tenant: string, person: Person, place: Place): Reader & { readonly userId: string } {
  const channelId = PLACES[place];
  return { teamId: tenant, ...PEOPLE[person], ...(channelId === undefined ? {} : { channelId }) };
}

function question(
  { teamId, userId, groups, channelId }: Reader & { readonly userId: string },
  text: string,
  earlier: readonly Turn[] = [],
): Asked {
  return {
    text,
    asker: { teamId, userId, ...(groups ? { groups } : {}) },
    place: channelId === undefined ? { kind: 'direct' } : { kind: 'channel', channelId },
    thread: { earlier, turnedDown: [] },
  };
}

const ask = (asked: Asked) => small.querent.ask(asked, { neverAsk: true }, never);
const grantAs = (rules: readonly AccessRule[]) => small.parts.store.saveAccessRules('corp', rules);

function rendered(answer: Answer): string {
  if (answer.kind === 'answer') return JSON.stringify(answerView(answer, { runId: 'r', asker: 'U', direct: true }));
  if (answer.kind === 'clarification') return JSON.stringify(clarificationView(answer, 'r'));
  if (answer.kind === 'failure') return JSON.stringify([failureView(answer, 'r'), answer.databases]);
  return JSON.stringify(answer);
}

/** Canaries that somebody with this sight must not meet. */
function forbidden(sight: Sight): RegExp | undefined {
  const words = [
    ...(sight.tables.includes('canary_vault') ? [] : ['canary_vault', 'canary_token', 'CANARY-TOKEN']),
    ...(sight.wage ? [] : ['canary_wage', 'CANARY-WAGE']),
  ];
  return words.length ? new RegExp(words.join('|'), 'i') : undefined;
}

/** Asks one question and looks at everything that came of it. */
async function checkCell(policy: Policy, tenant: string, person: Person, place: Place, sql: string): Promise<void> {
  const sight = policy.sees(tenant, person, place);
  const reader = readerOf(tenant, person, place);
  const cell = `${tenant} ${person} in ${place}: ${sql}`;
  const secrets = forbidden(sight);
  written = sql;
  model.asked.length = 0;
  const earlier = [{ text: 'list the tokens', databaseId: 'corp', sql: 'SELECT canary_token FROM canary_vault' }];
  const given = await ask(question(reader, 'Which regions are there?', earlier));

  const prompts = JSON.stringify(model.asked.map((request) => request.messages));
  if (secrets) assert.doesNotMatch(prompts, secrets, `prompt of ${cell}`);
  if (!sight.tables.length) {
    assert.equal(given.kind === 'failure' ? given.failure.kind : given.kind, 'no-access', cell);
    assert.equal(model.asked.length, 0, cell);
  } else if (given.kind === 'answer') assert.ok(mayRun(given.sql, sight), `ran ${given.sql} for ${cell}`);
  // What was tried and refused stays in the trace; "Show SQL" asks for rights of its own, below.
  const said = given.kind === 'failure' ? { ...given, sql: '', candidates: [] } : given;
  if (secrets) assert.doesNotMatch(rendered(said), secrets, `blocks of ${cell}`);

  const { querent } = small;
  const { maxRows } = ANSWER_LIMITS;
  const exported = await querent.exportRows({ databaseId: 'corp', sql, maxRows }, reader, never);
  assert.equal(exported.ok, mayRun(sql, sight), `export of ${cell}`);
  assert.equal(await querent.permits('corp', sql, reader), mayRun(sql, sight), `Show SQL of ${cell}`);
  const step = await querent.explainStep('corp', sql, 1, reader);
  assert.equal(step !== undefined, mayRun(sql, sight), `a step of ${cell}`);
  if (given.kind === 'answer' && PLACES[place] !== undefined) {
    const open = await querent.audienceCovers(given, reader, 'posted');
    assert.equal(open, mayRun(given.sql, policy.audience(tenant, place)), `audience of ${cell}`);
  }
}

const QDRANT = 'on a vector server';
for (const backend of ['on the embedded index', QDRANT]) {
  const absent = backend === QDRANT && NO_QDRANT_ENGINE !== undefined;
  describe.skipIf(absent)(absent ? onQdrant(backend) : backend, () => {
    let engine: QdrantShim | undefined;
    beforeAll(async () => {
      engine = backend === QDRANT ? await startQdrant() : undefined;
      model = await scriptedModel(() => `\`\`\`sql\n${written}\n\`\`\``);
      small = await startSmallQuerent({
        environment: {
          QUERENT_MODEL_URL: model.baseUrl,
          QUERENT_MODEL_NAME: 'scripted',
          QUERENT_PIPELINE: 'direct',
          ...(engine ? { QUERENT_QDRANT_URL: engine.url } : {}),
        },
        databases: { corp: SCRIPT },
      });
    });
    afterAll(async () => {
      await small.close();
      await model.stop();
      await engine?.stop();
    });

    for (const [name, policy] of Object.entries(POLICIES)) {
      describe(name, () => {
        const cells = TENANTS.flatMap((tenant) =>
          (Object.keys(PEOPLE) as Person[]).flatMap((person) =>
            (Object.keys(PLACES) as Place[]).map((place) => ({ tenant, person, place })),
          ),
        );

        it(`holds in all ${cells.length} cells`, async () => {
          await grantAs(policy.rules);
          for (const [at, { tenant, person, place }] of cells.entries()) {
            await checkCell(policy, tenant, person, place, TEMPTATIONS[at % TEMPTATIONS.length]!);
          }
        }, 180_000);
      });
    }

    it('keeps people apart when twenty ask at once', async () => {
      const policy = Object.values(POLICIES)[0]!;
      await grantAs(policy.rules);
      written = 'SELECT canary_token FROM canary_vault';
      const runs = Array.from({ length: 20 }, (_, at) => {
        const person: Person = at % 3 === 0 ? 'owner' : 'plain';
        return {
          person,
          answer: ask(question(readerOf('T1', person, 'direct'), 'Which tokens are there?')),
        };
      });
      for (const { person, answer } of runs) {
        const given = await answer;
        const text = JSON.stringify({ ...given, candidates: [], sql: '', question: {} });
        if (person !== 'owner') assert.doesNotMatch(text, /CANARY-TOKEN/);
        else assert.match(text, /CANARY-TOKEN/);
      }
    });

    it('lets an answer be shared where a channel was opened for that', async () => {
      const policy = POLICIES['channels of their own, and one to share in']!;
      await grantAs([...policy.rules, grant({ teamId: 'T1', to: { kind: 'user', id: 'UOWNER' } })]);
      written = 'SELECT name FROM staff';
      const reader = readerOf('T1', 'owner', 'sharing');
      const given = await ask(question(reader, 'Who is on staff?'));
      assert.equal(given.kind, 'answer');
      assert.equal(await small.querent.audienceCovers(given, reader, 'posted'), false);
      assert.equal(await small.querent.audienceCovers(given, reader, 'shared'), true);
    });
  });
}
