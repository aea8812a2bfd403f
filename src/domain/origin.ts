import type { AnswerOrigin } from './answer.ts';

const WRITERS: Readonly<Record<string, string>> = {
  verified: 'somebody who found it right for a question like this',
  planner: 'the built-in planner, without a language model',
  plain: 'a language model',
  direct: 'a language model',
  'direct-wide': 'a language model',
  'few-shot': 'a language model, after earlier answers',
  edl: 'a language model, as steps (EDL)',
  decompose: 'a language model, in sub-questions',
};

/** Who wrote the query, and how many ways of writing it came to the same result. */
export function sayOrigin({
  generator,
  agreeing,
  voting,
  withoutModel,
  readAs,
  changed,
  verified,
}: AnswerOrigin): string {
  if (changed) return `read as you changed it: “${changed.to}” in place of “${changed.from}”`;
  if (verified) return 'the query that the data team found right for this question';
  if (generator === 'chosen') return 'the query that you chose';
  const writer =
    WRITERS[generator] ?? (generator.startsWith('adapter:') ? `a fine-tuned model (${generator.slice(8)})` : generator);
  const down = withoutModel ? '; the model server is not answering' : '';
  const agreed = voting > 1 ? `; ${agreeing} of ${voting} ways of writing it give this result` : '';
  return `written by ${writer}${down}${agreed}${readAs === undefined ? '' : `; read as “${readAs}”`}`;
}
