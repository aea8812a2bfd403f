import type { Evidence } from '#src/domain/schema-slice.ts';
import { contentWords } from '#src/domain/words.ts';
import type { NearQuestions } from '#src/ports/question-index.ts';
import type { TableGroup } from '../index/schema-index.ts';

/**
 * Of a group's nearness in its logit: on Spider's training questions, over catalogs with and without values, what gains most for what it
 * loses (docs/exploring.md).
 */
const NEARNESS_WEIGHT = 3;
/** How much less a question says that is less near: e times less a twentieth further off. */
const SHARPNESS = 0.05;
/** Questions with nothing in common that every database has besides: a few known ones alone are no picture of what it is asked. */
const UNLIKE = 20;

/** How near the known questions about a group are to the one that is asked, 0–1; undefined where none of its database is known. */
export type Nearness = (group: TableGroup) => number | undefined;

/**
 * The soft mean over all known questions of a database: high where many of them are near, for what a database is mostly asked about is
 * likelier meant than what it holds as well; the number of its questions gains nothing. Of a part of a large database those count that
 * read one of its tables.
 */
export function nearnessOf(near: readonly NearQuestions[]): Nearness {
  const byDatabase = new Map(near.map((one) => [one.databaseId, one]));
  return ({ database: { catalog }, tables }) => {
    const own = byDatabase.get(catalog.databaseId);
    if (!own) return undefined;
    const names = new Set(tables.map(({ table }) => bare(table.name)));
    const about = own.nearest.filter(({ question }) => question.tables.some((name) => names.has(bare(name))));
    const others = own.known - about.length + UNLIKE;
    const sum = about.reduce((all, { similarity }) => all + Math.exp(similarity / SHARPNESS), others);
    return SHARPNESS * Math.log(sum / (own.known + UNLIKE));
  };
}

/** Without its schema, and without case, as names are compared. */
const bare = (name: string) => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/**
 * What is added to the logits of groups, in their order. Where none of a database's questions is known it stands as the group of the best
 * logit does: between the two nothing changes.
 */
export function nearnessLogits(
  scored: readonly { readonly group: TableGroup; readonly logit: number }[],
  nearness: Nearness,
): readonly number[] {
  const known = scored.map(({ group, logit }) => ({ logit, near: nearness(group) }));
  const best = known.reduce<(typeof known)[number] | undefined>(
    (first, one) => (one.near !== undefined && (!first || one.logit > first.logit) ? one : first),
    undefined,
  );
  return known.map(({ near }) => NEARNESS_WEIGHT * (near ?? best?.near ?? 0));
}

/** The words of a question that the nearest known one of a database has too, with what its query reads; none where that has none. */
export function questionEvidence(text: string, near: NearQuestions | undefined): Evidence[] {
  const [nearest] = near?.nearest ?? [];
  if (!nearest) return [];
  const { kind, text: known, tables } = nearest.question;
  const others = contentWords(known);
  const common = [...contentWords(text)].flatMap(([stem, word]) => (others.has(stem) ? [word] : []));
  if (!common.length) return [];
  return [{ kind: `${kind}-question`, term: common.join(' '), target: tables.join(', ') }];
}
