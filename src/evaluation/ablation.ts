// Measures what each part of the index is worth, so it ranks by the index's own functions.
import { buildPaperIndex, type ClsrClusterMode, rankByPaper } from '#schemas-index/clsr/clsr-scheme.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import type { RetrieveOptions } from '#schemas-index/retrieve/retrieve.ts';
import type { Table } from '#src/domain/catalog.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { readSynonyms } from './data/wordnet.ts';
import { productRank, type Rank, type RetrievalPool } from './retrieval-run.ts';

export const NO_VALUES = 'without stored values';
/** The paper's scheme searches every column once for every column name that matches: beyond this it takes minutes a question. */
const PAPER_COLUMNS = 20_000;

/** The paper's scheme as its authors run it. */
export async function paperRank(
  clusters: ClsrClusterMode,
  { catalogs }: RetrievalPool,
  embedder: Embedder,
): Promise<Rank> {
  const index = await buildPaperIndex(catalogs, embedder, new AbortController().signal);
  return (question, vector) => rankByPaper(index, question, vector, { limit: 15, mode: clusters });
}

/** The pool with no sampled values, under the same ids. */
export function withoutValues({ catalogs, ids }: RetrievalPool): RetrievalPool {
  const bareIds = new Map<Table, string>();
  const bare = (table: Table): Table => {
    const made = { ...table, columns: table.columns.map((column) => ({ ...column, values: [] })) };
    const id = ids?.get(table);
    if (id !== undefined) bareIds.set(made, id);
    return made;
  };
  const made = catalogs.map((catalog) => ({ ...catalog, tables: catalog.tables.map(bare) }));
  return { catalogs: made, ...(ids ? { ids: bareIds } : {}) };
}

/** The rankings that are compared, by name; `indexBare` makes the index of the pool without values. */
export function variationsOf(
  index: SchemaIndex,
  { pool, embedder }: { readonly pool: RetrievalPool; readonly embedder: Embedder },
  indexBare: () => Promise<SchemaIndex>,
): Readonly<Record<string, () => Promise<Rank>>> {
  const varied = (variation: Pick<RetrieveOptions, 'without' | 'extras'>, from: SchemaIndex = index) =>
    productRank(from, variation);
  const hasValues = pool.catalogs.some(({ tables }) =>
    tables.some(({ columns }) => columns.some((one) => one.values.length)),
  );
  return {
    'ours (stable)': async () => varied({}),
    'BM25 alone, tables one by one': async () => varied({ without: { dense: false, groups: false } }),
    'dense alone, tables one by one': async () => varied({ without: { lexical: false, groups: false } }),
    'hybrid, tables one by one': async () => varied({ without: { groups: false } }),
    'without dense (lexical)': async () => varied({ without: { dense: false } }),
    'without words (dense)': async () => varied({ without: { lexical: false } }),
    'without key bridges': async () => varied({ without: { keys: false } }),
    'with cluster weights': async () => varied({ extras: { clusterWeights: 'log' } }),
    'with WordNet synonyms': async () =>
      varied({ extras: { synonyms: readSynonyms((stem) => index.mentions.has(stem)) } }),
    ...(hasValues ? { [NO_VALUES]: async () => varied({}, await indexBare()) } : {}),
    ...(index.columnCount <= PAPER_COLUMNS
      ? {
          'the paper’s scheme, clusters counted online': () => paperRank('online', pool, embedder),
          'the paper’s scheme, clusters stored': () => paperRank('offline', pool, embedder),
        }
      : {}),
  };
}
