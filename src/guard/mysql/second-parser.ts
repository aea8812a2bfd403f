import nodeSqlParser from 'node-sql-parser';
import { notARead, Refused } from '../refused.ts';

const parser = new nodeSqlParser.Parser();

/** The tables that node-sql-parser sees, lower case; undefined when it does not read the text as one SELECT. Throws Refused. */
export function secondTables(sql: string): string[] | undefined {
  const text = sql.trim().replace(/;\s*$/, '');
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
