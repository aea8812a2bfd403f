import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the benchmark lies; its databases are read in place. */
export const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
export const benchPresent = existsSync(path.join(bench, 'spider', 'databases'));

/** Twenty questions over eleven databases that the whole pipeline is run on with recorded replies. */
const IDS = `
  spider-dev-0030 spider-dev-0034 spider-dev-0057 spider-dev-0084 spider-dev-0232 spider-dev-0215 spider-dev-0420
  spider-dev-0503 spider-dev-0499 spider-dev-0565 spider-dev-0584 spider-dev-0632 spider-dev-0595 spider-dev-0901
  spider-dev-0917 sqleval-gen-006 sqleval-gen-019 sqleval-gen-099 sqleval-gen-095 sqleval-gen-126`
  .split(/\s+/)
  .filter(Boolean);

export interface RecordedQuestion {
  readonly id: string;
  readonly databaseId: string;
  readonly text: string;
  /** Holds `DB/DB.sqlite` or `DB.sql`. */
  readonly databases: string;
}

export function recordedQuestions(): RecordedQuestion[] {
  const files = [
    { file: 'spider/dev-visible.jsonl', databases: 'spider/databases' },
    { file: 'sql-eval/questions.jsonl', databases: 'sql-eval/sqlite' },
  ];
  const all = files.flatMap(({ file, databases }) =>
    readFileSync(path.join(bench, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { id: string; db_id: string; question: string })
      .map(({ id, db_id, question }) => ({
        id,
        databaseId: db_id,
        text: question,
        databases: path.join(bench, databases),
      })),
  );
  return IDS.map((id) => all.find((one) => one.id === id)!);
}
