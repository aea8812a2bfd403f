import { LRUCache } from 'lru-cache';
import type { MayRead } from '#src/access/may-read.ts';
import type { ReaderViews } from '#src/access/reader-views.ts';
import type { VerifiedAnswer } from '#src/domain/past-answers.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import type { LoadedIndex } from '#src/ports/schema-indexes.ts';
import type { ServiceParts } from './parts.ts';

/** The examples for one reader's prompts. */
export type BankFor = (index: LoadedIndex, views: ReaderViews) => Promise<ExampleBank>;

/** The shipped examples, and the answers that people of the reader's workspace verified and the reader may see. */
export function openExamples(
  { store, banks, settings }: Pick<ServiceParts, 'store' | 'banks' | 'settings'>,
  mayRead: MayRead,
): BankFor {
  const ofIndex = new WeakMap<LoadedIndex, ReturnType<typeof examplesOver>>();

  return async (index, views) => {
    const over = ofIndex.get(index) ?? examplesOver(index, banks);
    ofIndex.set(index, over);
    const { teamId, userId = '' } = views.reader;
    const shown: Example[] = [];
    for (const verified of await store.verifiedAnswers(teamId, userId, settings.approvers)) {
      if (!(await mayRead(views, verified.databaseId, verified.sql))) continue;
      const example = over.exampleOf(verified);
      if (example) shown.push(example);
    }
    return (await over.banks)(shown);
  };
}

const EXAMPLES_KEPT = 5_000;

/** What is made once for an index: examples are read again when that changes, as when a database and its examples were removed. */
function examplesOver({ catalogs }: LoadedIndex, banks: ServiceParts['banks']) {
  const byId = new Map(catalogs.map((catalog) => [catalog.databaseId, catalog]));
  const made = new LRUCache<string, { readonly example: Example | undefined }>({ max: EXAMPLES_KEPT });
  return {
    banks: banks(),
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
