import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { complain, type ExitCode } from './terminal.ts';

export const FORGET_USAGE = `querent forget user:ID --team ID
querent forget team:ID
  Removes everything that was kept of a person, or of a whole workspace: questions, SQL, verdicts, and their words in the audit.
  That something was asked and executed stays in the audit, by whom and about what does not.`;

export async function forget(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { team: { type: 'string' } },
  });
  const [, kind, id] = /^(user|team):([A-Z0-9_-]+)$/i.exec(positionals[0] ?? '') ?? [];
  if (!kind || !id || positionals.length > 1 || (kind === 'user') !== (values.team !== undefined)) {
    complain(`Usage: ${FORGET_USAGE}`);
    return 2;
  }
  const querent = compose(config);
  try {
    const forgotten = kind === 'user' ? querent.forget(values.team!, id) : querent.forget(id);
    const what = `forgot a ${kind}`;
    querent.audit.append({ kind: 'change', who: OPERATOR, what, before: null, after: forgotten }, new Date());
    console.log(`${forgotten.runs} questions removed, ${forgotten.entries} audit entries without the person.`);
    return 0;
  } finally {
    await querent.close();
  }
}
