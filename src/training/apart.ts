import type { Engine } from '#src/domain/catalog.ts';
import { syntaxTree } from '#src/learnat/syntax-tree.ts';

/** What is measured with, and must be in no line: questions and gold queries, by what they say and not by how they are written. */
interface Said {
  readonly questions?: readonly string[];
  readonly queries?: readonly string[];
}

export interface Apart {
  /** Which of them a question or a query is; nothing where it is none. */
  of(said: Said): 'question' | 'query' | undefined;
  readonly questions: number;
  readonly queries: number;
}

export function keepApart(all: readonly Required<Said>[], engine: Engine): Apart {
  const questions = new Set(all.flatMap((one) => one.questions).map(plainQuestion));
  const trees = new Map<string, string>();
  const treeOf = (sql: string) => {
    const known = trees.get(sql);
    if (known !== undefined) return known;
    const made = plainQuery(sql, engine);
    trees.set(sql, made);
    return made;
  };
  const queries = new Set(all.flatMap((one) => one.queries).map(treeOf));
  return {
    of: (said) => {
      if (said.questions?.some((one) => questions.has(plainQuestion(one)))) return 'question';
      return said.queries?.some((one) => queries.has(treeOf(one))) ? 'query' : undefined;
    },
    questions: questions.size,
    queries: queries.size,
  };
}

/** Letters and numbers alone, in lower case. */
export const plainQuestion = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Its syntax tree, of which names of aliases, letter case and the order of what has none are no part; of what cannot be read, its words. */
export function plainQuery(sql: string, engine: Engine): string {
  const tree = syntaxTree(sql, engine);
  return tree.ok
    ? JSON.stringify(tree.value)
    : sql
        .toLowerCase()
        .replace(/[\s;`"]+/g, ' ')
        .trim();
}

/** The questions and the queries that stand in a text as prompts write them. */
export function saidIn(text: string): Required<Said> {
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, said = '']) => said.trim());
  return {
    questions: [
      ...all(/^(?:Question|Sub-question \d+|The question, stiffly): (.*)$/gm),
      ...all(/^\{"question": "(.*)"\}$/gm),
    ],
    queries: [...all(/```sql\n([\s\S]*?)\n```/g), ...all(/^<candidate [A-Z]>\n(.*)$/gm)],
  };
}
