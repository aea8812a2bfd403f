import { covers } from '#src/access/access-view.ts';
import { judgedFor } from '#src/access/may-read.ts';
import { audienceAccessView, type ReaderViews } from '#src/access/reader-views.ts';
import type { AccessRule, Reader } from '#src/domain/access.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';

/**
 * Whether everybody who reads a channel may see an answer that one of them asked for (PERM-4). `posted`: by itself; `shared`: by
 * its asker's hand, where the channel's grant lets answers in so.
 */
export async function audienceCovers(
  answer: Answer,
  { teamId, channelId }: Pick<Reader, 'teamId' | 'channelId'>,
  how: 'posted' | 'shared',
  views: ReaderViews,
  rules: readonly AccessRule[],
  catalogs: readonly DatabaseCatalog[],
  now: Date,
): Promise<boolean> {
  if (channelId === undefined) return true;
  const viewOf = (id: DatabaseId) => {
    const catalog = catalogs.find((one) => one.databaseId === id);
    return catalog && audienceAccessView(catalog, rules, { teamId, channelId }, how, now);
  };
  if (answer.kind === 'answer' || answer.kind === 'outcomes') {
    const view = viewOf(answer.databaseId);
    if (!view) return false;
    const queries = answer.kind === 'answer' ? [answer.sql] : answer.outcomes.map(({ sql }) => sql);
    for (const sql of queries) {
      const judged = await judgedFor(views, answer.databaseId, sql);
      if (!judged.ok || !covers(view, judged.value.tables)) return false;
    }
    return true;
  }
  // Questions back, lists and failures name databases and tables of them: the audience must see those whole.
  return namedIn(answer, views.readable).every((id) => {
    const view = viewOf(id);
    const scope = views.scopeOf(id);
    return view !== undefined && (scope === undefined || covers(view, scope.tables));
  });
}

/** The databases that an answer without rows names. */
function namedIn(
  answer: Exclude<Answer, { readonly kind: 'answer' | 'outcomes' }>,
  readable: readonly DatabaseId[],
): readonly DatabaseId[] {
  switch (answer.kind) {
    case 'clarification':
      return answer.options.map((option) => option.databaseId);
    case 'catalog':
      return readable;
    // Help says what may be asked; thanks and greetings name nothing.
    case 'courtesy':
      return answer.offered.length ? readable : [];
    case 'failure':
      if (answer.failure.kind === 'unknown-database') return answer.failure.known;
      if (answer.failure.kind === 'none-left') return answer.failure.turnedDown;
      return [
        ...(answer.databaseId === undefined ? answer.databases.map((one) => one.databaseId) : [answer.databaseId]),
        ...(answer.offered ?? []).map((one) => one.databaseId),
        ...('elsewhere' in answer.failure && answer.failure.elsewhere ? [answer.failure.elsewhere] : []),
      ];
  }
}
