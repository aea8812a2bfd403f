import nodeSqlParser from 'node-sql-parser';
import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { closingOf, INTRODUCERS, opensJoin } from '../besides.ts';
import { notARead, Refused } from '../refused.ts';

const parser = new nodeSqlParser.Parser();

/** The tables that node-sql-parser sees, lower case; undefined when it does not read the text as one SELECT. Throws Refused. */
export function secondTables(sql: string, tokens: readonly SqlToken[]): string[] | undefined {
  const text = plainer(sql, tokens).trim().replace(/;\s*$/, '');
  for (const database of ['mysql', 'mariadb']) {
    try {
      const { ast, tableList } = parser.parse(text, { database });
      const statements = Array.isArray(ast) ? ast : [ast];
      if (statements.length !== 1 || statements[0]?.type !== 'select') return undefined;
      return tableList.map((entry) => {
        const [action, , name] = entry.split('::');
        if (action !== 'select') throw notARead(String(action).toUpperCase());
        return name!.toLowerCase();
      });
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
  }
  return undefined;
}

const UNKNOWN_AGGREGATES = new Set(['STD', 'VARIANCE']);

/**
 * The text with what this parser lacks and no table hangs on put in words that it has: `<=>`, STD and VARIANCE, character sets
 * before texts, a first join in parentheses, and SUBSTRING's FROM and FOR. It is for reading alone; what runs is the text as it was written.
 */
function plainer(sql: string, tokens: readonly SqlToken[]): string {
  let text = sql;
  const put = ({ start, end }: SqlToken, word: string) => {
    text = text.slice(0, start) + word.padStart(end - start) + text.slice(end);
  };
  /** Whether each open parenthesis is SUBSTRING's. */
  const open: boolean[] = [];
  for (const [at, token] of tokens.entries()) {
    const { upper, kind } = token;
    if (upper === '<=>') put(token, '=');
    else if (INTRODUCERS.has(upper) && tokens[at + 1]?.kind === 'string') put(token, '');
    else if (upper === '(' && tokens[at - 1]?.upper === 'FROM' && opensJoin(tokens, at)) {
      put(token, '');
      put(tokens[closingOf(tokens, at)]!, '');
      open.push(false);
    } else if (UNKNOWN_AGGREGATES.has(upper) && tokens[at + 1]?.upper === '(') put(token, 'max');
    else if (upper === '(') open.push(['SUBSTRING', 'SUBSTR', 'MID'].includes(tokens[at - 1]?.upper ?? ''));
    else if (upper === ')') open.pop();
    else if (kind === 'word' && open.at(-1) && (upper === 'FROM' || upper === 'FOR')) put(token, ',');
  }
  return text;
}
