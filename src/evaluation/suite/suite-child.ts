import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { agreesOn, makeSuite, type Suite } from './make-suite.ts';

/** The process in which the databases of suites lie: what runs too long there is stopped with it. */
export type SuiteRequest =
  | { readonly kind: 'make'; readonly gold: string; readonly catalog: DatabaseCatalog; readonly most: number }
  | { readonly kind: 'judge'; readonly suite: Suite; readonly catalog: DatabaseCatalog; readonly predicted: string };

export type SuiteReply =
  | { readonly kind: 'made'; readonly suite: Suite | undefined }
  | { readonly kind: 'judged'; readonly agrees: boolean };

process.on('message', (request: SuiteRequest) => {
  process.send?.(replyTo(request));
});

function replyTo(request: SuiteRequest): SuiteReply {
  switch (request.kind) {
    case 'make':
      return { kind: 'made', suite: makeSuite(request.gold, request.catalog, request.most) };
    case 'judge':
      return { kind: 'judged', agrees: agreesOn(request.suite, request.catalog, request.predicted) };
  }
}
