// Records the replies of a model server, or of a person behind one, to the prompts of the recorded questions.
import { spentOn } from '#src/domain/trace.ts';
import { atEnd, measuring, runMeasuring } from '#src/evaluation/cli/program.ts';
import { FULL_PIPELINE, pipelineNamed } from '#src/pipeline/settings.ts';
import { type ChatModel, type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { askRecorded, closeRecorded } from './ask-recorded.ts';
import { keyOf, loadCassette, modelsAt, type RecordedCase, saveCassette } from './cassette.ts';
import { type RecordedQuestion, recordedQuestions } from './questions.ts';

const program = measuring(
  'record',
  'Asks a model server, or a person behind one, the recorded questions, and keeps its replies for the tests.',
)
  .requiredOption('--model-url <url>', 'an OpenAI-compatible server, as http://127.0.0.1:8000/v1')
  .option('--model <name>', 'its model', 'default')
  .requiredOption('--answered-by <who>', 'who gave the replies')
  .option('--only <ids>', 'these questions alone, with commas between their ids', nameList);

const PATIENCE_MS = 3_600_000;

async function record({ modelUrl, model, answeredBy, only }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  atEnd(closeRecorded);
  const live = modelsAt(modelUrl, model, PATIENCE_MS);
  const wanted = recordedQuestions().filter(({ id }) => !only || only.includes(id));
  const made: RecordedCase[] = [];
  for (const question of wanted) made.push(await recordOne(question, live)); // a processor answers one at a time best
  const before = only ? loadCassette().cases : [];
  const kept = before.filter(({ id }) => !made.some((one) => one.id === id));
  const cases = [...kept, ...made].sort((a, b) => (a.id < b.id ? -1 : 1));
  saveCassette({ answeredBy, cases });
  console.error(`${made.length} cases recorded, ${cases.length} in all`);
  return 0;
}

async function recordOne(question: RecordedQuestion, live: ModelRoles): Promise<RecordedCase> {
  const replies: Record<string, readonly string[]> = {};
  const recording = (model: ChatModel): ChatModel => ({
    id: model.id,
    async reply(request, signal) {
      const reply = await model.reply(request, signal);
      const texts = reply.ok ? reply.value.choices.map(({ text }) => text) : [];
      if (texts.length) replies[keyOf(request.messages, request.samples)] = texts;
      return reply;
    },
  });
  const models = mapRoles(live, recording);
  // The EDL path alone too: its costs are compared with those of SQL on the same questions.
  const edl = pipelineNamed('edl');
  if (edl) await askRecorded(question, models, { ...edl, deadlineMs: PATIENCE_MS });
  const { given } = await askRecorded(question, models, { ...FULL_PIPELINE, deadlineMs: PATIENCE_MS });
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
