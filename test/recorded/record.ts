// Records the replies of a model server, or of a person behind one, to the prompts of the recorded questions:
//   npm run record -- --model-url http://127.0.0.1:8000/v1 --model NAME --answered-by "who" [--only ID,ID]
import { parseArgs } from 'node:util';
import { FULL_PIPELINE, pipelineNamed } from '#src/pipeline/settings.ts';
import { type ChatModel, mapRoles } from '#src/ports/chat-model.ts';
import { askRecorded, closeRecorded } from './ask-recorded.ts';
import { keyOf, loadCassette, modelsAt, type RecordedCase, saveCassette } from './cassette.ts';
import { recordedQuestions } from './questions.ts';

const { values } = parseArgs({
  options: {
    'model-url': { type: 'string' },
    model: { type: 'string', default: 'default' },
    'answered-by': { type: 'string' },
    only: { type: 'string' },
  },
});
if (!values['model-url'] || !values['answered-by']) {
  console.error('Usage: npm run record -- --model-url URL --model NAME --answered-by WHO [--only ID,ID]');
  process.exit(2);
}
const live = modelsAt(values['model-url'], values.model, 3_600_000);
const wanted = recordedQuestions().filter(({ id }) => !values.only || values.only.split(',').includes(id));
const deadlineMs = 3_600_000;

const made = await Promise.all(
  wanted.map(async (question): Promise<RecordedCase> => {
    const replies: Record<string, string> = {};
    const recording = (model: ChatModel): ChatModel => ({
      id: model.id,
      async reply(request, signal) {
        const reply = await model.reply(request, signal);
        if (reply.ok) replies[keyOf(request.messages, request.samples)] = reply.value.choices[0]!.text;
        return reply;
      },
    });
    const models = mapRoles(live, recording);
    // The direct and the EDL path alone too: their costs are compared on the same questions.
    for (const alone of ['direct', 'edl'])
      await askRecorded(question, models, { ...pipelineNamed(alone)!, deadlineMs });
    const { given } = await askRecorded(question, models, { ...FULL_PIPELINE, deadlineMs });
    console.error(`recorded ${question.id}`);
    return {
      id: question.id,
      replies,
      answer: given.kind === 'answer' ? given.sql : given.kind === 'failure' ? given.failure.kind : given.kind,
      generator: given.kind === 'answer' ? given.origin.generator : '',
      calls: given.trace.reduce((sum, { model }) => sum + (model?.calls ?? 0), 0),
    };
  }),
);
const before = values.only ? loadCassette().cases : [];
const cases = [...before.filter(({ id }) => !made.some((one) => one.id === id)), ...made].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
saveCassette({ answeredBy: values['answered-by'], cases });
console.error(`${made.length} cases recorded, ${cases.length} in all`);
await closeRecorded();
