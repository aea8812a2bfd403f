/**
 * How tables are ranked: by groups of tables (ours), by the paper's clusters of columns (CLSR), or by groups with what the clusters
 * say among their features.
 */
export const RETRIEVALS = ['groups', 'clsr', 'fused'] as const;
export type Retrieval = (typeof RETRIEVALS)[number];
export const DEFAULT_RETRIEVAL: Retrieval = 'groups';
