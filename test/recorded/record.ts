// Records the replies of a model server, or of a person behind one, to the prompts of the recorded questions.

import { ok } from '#src/domain/result.ts';
import { spentOn } from '#src/domain/trace.ts';
import { atEnd, measuring, runMeasuring } from '#src/evaluation/cli/program.ts';
import { FULL_PIPELINE, pipelineNamed } from '#src/pipeline/settings.ts';
import { type ChatModel, type ChatReply, type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { askRecorded, closeRecorded } from './ask-recorded.ts';
import { loadCassette, modelsAt, placeOf, type RecordedCase, saveCassette } from './cassette.ts';
import { type RecordedQuestion, recordedQuestions } from './questions.ts';

const program = measuring(
  'record',
  'Asks a model server, or a person behind one, the recorded questions, and keeps its replies for the tests.',
)
  .requiredOption('--model-url <url>', 'an OpenAI-compatible server, as http://127.0.0.1:8000/v1')
  .option('--model <name>', 'its model', 'default')
  .requiredOption('--answered-by <who>', 'who gave the replies')
  .option(
    '--keep',
    'ask nothing again that the same model was asked in the same words: for a change that adds or takes away prompts',
  )
  .option('--only <ids>', 'these questions alone, with commas between their ids', nameList);

const PATIENCE_MS = 3_600_000;

async function record({ modelUrl, model, answeredBy, keep, only }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  atEnd(closeRecorded);
  const live = modelsAt(modelUrl, model, PATIENCE_MS);
  const wanted = recordedQuestions().filter(({ id }) => !only || only.includes(id));
  const made: RecordedCase[] = [];
  const known = keep || only ? loadCassette().cases : [];
  for (const question of wanted) {
    const kept = keep ? known.find(({ id }) => id === question.id)?.replies : undefined;
    made.push(await recordOne(question, live, kept)); // a processor answers one at a time best
  }
  const before = only ? known : [];
  const kept = before.filter(({ id }) => !made.some((one) => one.id === id));
  const cases = [...kept, ...made].sort((a, b) => (a.id < b.id ? -1 : 1));
  saveCassette({ answeredBy, cases });
  console.error(`${made.length} cases recorded, ${cases.length} in all`);
  return 0;
}

const said = (text: string): ChatReply => ({
  choices: [{ text, cut: false }],
  promptTokens: 0,
  completionTokens: 0,
});

async function recordOne(
  question: RecordedQuestion,
  live: ModelRoles,
  known: RecordedCase['replies'] = {},
): Promise<RecordedCase> {
  const replies: Record<string, string[]> = {};
  const recording = (model: ChatModel): ChatModel => ({
    id: model.id,
    async reply(request, signal) {
      const { key, at } = placeOf(request);
      const before = known[key]?.[at];
      const reply = before === undefined ? await model.reply(request, signal) : ok(said(before));
      const [text] = reply.ok ? reply.value.choices.map((choice) => choice.text) : [];
      const others = replies[key] ?? [];
      // Drawn samples are asked for one after the other, from the first.
      if (text !== undefined) replies[key] = [...others.slice(0, at), text, ...others.slice(at + 1)];
      return reply;
    },
  });
  const models = mapRoles(live, recording);
  // EDL alone and the one likeliest reply alone too, whoever answers: bench:recorded compares their costs on the same questions.
  for (const name of ['edl', 'style-kinds']) {
    const alone = pipelineNamed(name);
    if (alone) await askRecorded(question, models, { ...alone, deadlineMs: PATIENCE_MS });
  }
  const { given } = await askRecorded(question, models, {
    ...FULL_PIPELINE,
    deadlineMs: PATIENCE_MS,
    votesUntilMs: PATIENCE_MS,
  });
  console.error(`recorded ${question.id}`);
  return {
    id: question.id,
    replies,
    answer: given.kind === 'answer' ? given.sql : given.kind === 'failure' ? given.failure.kind : given.kind,
    generator: given.kind === 'answer' ? given.origin.generator : '',
    calls: spentOn(given.trace).calls,
  };
}

program.action(runs(record));
await runMeasuring(program);
