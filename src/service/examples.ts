import { LRUCache } from 'lru-cache';
import type { MayRead } from '#src/access/may-read.ts';
import type { ReaderViews } from '#src/access/reader-views.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { VerifiedAnswer } from '#src/domain/past-answers.ts';
import { isSameQuestion } from '#src/domain/same-question.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import { shareOf } from '#src/pipeline/support/examples/pick-examples.ts';
import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import type { LoadedIndex } from '#src/ports/schema-indexes.ts';
import { openExploredExamples } from './explored-examples.ts';
import type { ServiceParts } from './parts.ts';

/** What a reader's questions are answered after: examples for prompts, and answers that somebody verified. */
export interface ReaderExamples {
  /** Absent where no model reads examples and nothing was verified. */
  readonly bank?: ExampleBank;
  /** The database of the verified answer to this very question. */
  readonly verifiedIn: (question: string) => DatabaseId | undefined;
}

/** The examples for one reader. */
export type ExamplesFor = (index: LoadedIndex, views: ReaderViews) => Promise<ReaderExamples>;

/**
 * The shipped examples, the answers that people of the reader's workspace verified, and what was explored, of what the reader may see.
 * Without a model those that the data team verified alone: a question like one of them is answered by its query all the same.
 */
export function openExamples(
  { store, banks, models, settings }: Pick<ServiceParts, 'store' | 'banks' | 'models' | 'settings'>,
  mayRead: MayRead,
): ExamplesFor {
  const ofIndex = new WeakMap<LoadedIndex, ReturnType<typeof examplesOver>>();

  return async (index, views) => {
    const over = ofIndex.get(index) ?? examplesOver(index, banks);
    ofIndex.set(index, over);
    const { teamId, userId = '' } = views.reader;
    const verified = models
      ? await store.verifiedAnswers(teamId, userId, settings.approvers)
      : (await store.verifiedByTeam(teamId)).map(({ question: text, ...rest }) => ({ ...rest, text }));
    const shown: Example[] = [];
    for (const one of verified) {
      if (!(await mayRead(views, one.databaseId, one.sql))) continue;
      const example = over.exampleOf(one);
      if (example) shown.push(example);
    }
    const verifiedIn = (question: string) => shown.find((one) => isSameQuestion(one.question, question))?.databaseId;
    if (models) {
      const exploredOf = async (id: DatabaseId) => ({
        examples: over.exploredOf(id)(await store.exploredPairs(id)),
        mayShow: ({ sql }: Example) => mayRead(views, id, sql),
      });
      return { bank: (await over.banks())(shown, exploredOf), verifiedIn };
    }
    return shown.length ? { bank: bankByWords(shown), verifiedIn } : { verifiedIn };
  };
}

const EXAMPLES_KEPT = 5_000;

/** What is made once for an index: examples are read again when that changes, as when a database and its examples were removed. */
function examplesOver({ catalogs }: LoadedIndex, banks: ServiceParts['banks']) {
  const byId = new Map(catalogs.map((catalog) => [catalog.databaseId, catalog]));
  const made = new LRUCache<string, { readonly example: Example | undefined }>({ max: EXAMPLES_KEPT });
  const explored = new Map<DatabaseId, ReturnType<typeof openExploredExamples>>();
  let opened: ReturnType<ServiceParts['banks']> | undefined;
  return {
    exploredOf(id: DatabaseId) {
      const catalog = byId.get(id);
      const known = explored.get(id) ?? (catalog ? openExploredExamples(catalog) : () => []);
      explored.set(id, known);
      return known;
    },
    banks() {
      opened ??= banks();
      return opened;
    },
    exampleOf({ text, databaseId, sql }: VerifiedAnswer): Example | undefined {
      const key = JSON.stringify([databaseId, sql, text]);
      const known = made.get(key);
      if (known) return known.example;
      const catalog = byId.get(databaseId);
      const example = catalog && makeExample({ question: text, sql, verified: true }, catalog);
      made.set(key, { example });
      return example;
    },
  };
}

/** Verified answers by the words that their questions share with one: nothing is embedded, for no prompt shows them. */
function bankByWords(examples: readonly Example[]): ExampleBank {
  const known = examples.map((example) => ({ example, words: new Set(splitIdentifier(example.masked)) }));
  return {
    async near({ masked, limit, readable }) {
      const asked = new Set(splitIdentifier(masked));
      return known
        .filter(({ example }) => readable.includes(example.databaseId))
        .map(({ example, words }) => ({ example, similarity: shareOf(asked, words) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, limit);
    },
  };
}
