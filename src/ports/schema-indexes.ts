import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import type { Progress } from '#src/domain/progress.ts';
import type { Result } from '#src/domain/result.ts';
import type { SchemaRetriever } from './schema-retriever.ts';

/** The index over the catalogs of a deployment: built, kept, shared and searched. schemas-index fulfils it. */
export interface SchemaIndexes {
  /** Changes whenever the kept index or its calibration does, whoever changed it. */
  stamp(): Promise<string>;
  /** The kept index, if it was made from exactly these catalogs; else a failure with its cure. */
  load(catalogs: readonly DatabaseCatalog[]): Promise<Result<LoadedIndex>>;
  /**
   * Builds an index and keeps it in the place of the last; answers go on from that meanwhile. `forgetNames`: nothing of catalogs
   * that are no more lives on in it.
   */
  build(
    catalogs: readonly DatabaseCatalog[],
    options: { readonly forgetNames?: boolean },
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<LoadedIndex>>;
  /** Checks the kept index against the catalogs, without mending it. */
  verify(catalogs: readonly DatabaseCatalog[], signal: AbortSignal): Promise<Result<IndexVerification>>;
}

export interface LoadedIndex {
  readonly stamp: string;
  readonly catalogs: readonly DatabaseCatalog[];
  readonly tables: number;
  readonly columns: number;
  /** It can be searched without the vector server. */
  readonly hasCopy: boolean;
  /** Retrieval over what one reader may see: some databases whole, some in part. `key` is that of the parts alone. */
  retrieverFor(readable: ReadableParts, signal: AbortSignal): Promise<SchemaRetriever>;
  /**
   * Publishes it to the vector server that replicas share. `again`: even if that holds it already; `alone`: nothing that was
   * published before stays.
   */
  publish(
    options: { readonly again?: boolean; readonly alone?: boolean },
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<'published' | 'not-configured' | 'not-answering'>;
  /** Fits how sure it says it is of a database to questions whose right one is known, and keeps that with the index. */
  calibrate(
    labelled: readonly LabelledQuestion[],
    what: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<CalibrationFit>>;
}

export interface ReadableParts {
  readonly wholeIds: ReadonlySet<DatabaseId>;
  /** Catalogs of databases that may be read in part, holding nothing else. */
  readonly partial: readonly DatabaseCatalog[];
  readonly key: string;
}

export interface CalibrationFit {
  readonly questions: number;
  /** For so many the first database was right. */
  readonly right: number;
}

/** What an index was checked for, and what is wrong with it, a sentence each; none when it is sound. */
export interface IndexVerification {
  readonly checked: readonly string[];
  readonly faults: readonly string[];
}
