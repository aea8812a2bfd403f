import { EXAMPLE_QUESTIONS } from '#src/demo/example-questions.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { Example } from '#src/ports/example-bank.ts';
import { openCompany } from './company-databases.ts';

/** The questions over the sample company as examples, each with the tables and columns that its query uses. */
export async function companyExamples(): Promise<readonly Example[]> {
  const { databases, close } = await openCompany();
  try {
    return EXAMPLE_QUESTIONS.flatMap(({ database, question, sql }) => {
      const catalog = databases.get(database)?.catalog;
      return (catalog && makeExample({ question, sql, verified: false }, catalog)) || [];
    });
  } finally {
    await close();
  }
}
