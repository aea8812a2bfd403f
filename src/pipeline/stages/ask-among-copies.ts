import type { Question } from '#src/domain/question.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { type FamilyPorts, familyOf, sayFamily, toldApart } from '../support/near-copies.ts';
import { type ClarifyInput, type DatabaseDecision, isDoubtful, MAX_OPTIONS, optionsOf } from './clarify.ts';

export type Doubt = Extract<DatabaseDecision, { readonly kind: 'doubt' }>;

/**
 * A doubt that is only between near copies is asked as one: which of them. Where one was chosen before in the same channel, that one is
 * taken and said. A doubt that leads beyond one family stays as it is.
 */
export async function askAmongCopies(
  doubt: Doubt,
  { question, slice, price, tablesUsed }: Pick<ClarifyInput, 'slice' | 'price' | 'tablesUsed'> & Asked,
  catalogOf: SchemaRetriever['catalogOf'],
  ports: FamilyPorts,
): Promise<DatabaseDecision> {
  const { best } = doubt;
  const family = familyOf(best.databaseId, question, slice, ports);
  if (!family) return doubt;
  const { members, share, chosenBefore } = family;
  const others = doubt.options.filter(({ databaseId }) => !members.includes(databaseId));
  if (others.length && isDoubtful(share, price)) return doubt;
  const able = ableOf(members, (id) => tablesUsed(id) !== undefined);
  const databases = able.map((id) => scoreOf(id, slice));
  if (databases.length < 2) return doubt;
  const options = optionsOf(databases, tablesUsed, catalogOf);
  const { askedBelow } = doubt;
  const before =
    chosenBefore !== undefined && tablesUsed(chosenBefore) !== undefined ? scoreOf(chosenBefore, slice) : undefined;
  if (before)
    return {
      kind: 'settled',
      database: { ...before, probability: share },
      decision: 'chosen-before',
      askedBelow,
      assumption: `${sayFamily(members, options)} This is from ${before.databaseId}, which was chosen here before.`,
    };
  return {
    ...doubt,
    options: await toldApart(options, question, ports),
    more: members.length - options.length,
    copies: members,
  };
}

interface Asked {
  readonly question: Question;
}

/** The first that can answer. What comes after them is not looked at: one shop a country may be a hundred. */
function ableOf(members: readonly string[], isAble: (id: string) => boolean): readonly string[] {
  const able: string[] = [];
  for (const id of members) {
    if (able.length === MAX_OPTIONS) break;
    if (isAble(id)) able.push(id);
  }
  return able;
}

/** A database as retrieval scored it; a copy that it had no room for is as it is named. */
const scoreOf = (databaseId: string, { databases }: SchemaSlice): DatabaseScore =>
  databases.find((one) => one.databaseId === databaseId) ?? {
    databaseId,
    probability: 0,
    score: 0,
    tables: [],
    evidence: [],
  };
