import type { Evidence } from '#src/domain/confidence.ts';
import {
  CONFIDENCE_WEIGHTS,
  type ConfidenceWeights,
  confidenceOf,
  EVIDENCE_NAMES,
} from '#src/pipeline/support/confidence.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type Calibration, calibrationOf } from '../calibration.ts';
import { fitLogistic } from '../logistic.ts';
import { readCaseFile } from '../runs/case-file.ts';
import { CompanyCase } from '../runs/company-case.ts';
import { loadRun } from '../runs/eval-run.ts';
import { rounded } from '../statistics.ts';
import { measuring, runMeasuring } from './program.ts';

const program = measuring(
  'fit:confidence',
  'Fits the weights of a confidence (CONFIDENCE_WEIGHTS in src/pipeline/support/confidence.ts) to stored runs over training questions whose gold is not empty and which a model was asked about, and prints them beside those in use, each with its calibration on the same questions; of the fitted also where each fifth is judged by weights of the other four.',
)
  .argument('<runs...>', 'predictions or their .run.json')
  .option('--company <file.jsonl>', 'answers over the sample company besides, as bench:company --out keeps them');

interface Judged {
  readonly evidence: Evidence;
  readonly right: boolean;
}

const FOLDS = 5;

async function fit(files: string[], { company }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const ofCompany = company === undefined ? [] : readCaseFile(company, CompanyCase);
  // Where no model was asked the confidence is that of the planner's reading (fit:planner).
  const answers = [
    ...files.flatMap((file) =>
      loadRun(file).cases.flatMap(({ goldEmpty, goldFailed, evidence, right, calls }): Judged[] =>
        evidence && calls > 0 && !goldEmpty && !goldFailed ? [{ evidence, right }] : [],
      ),
    ),
    ...ofCompany.flatMap(({ evidence, outcome, calls }): Judged[] =>
      evidence && calls > 0 && (outcome === 'right' || outcome === 'wrong')
        ? [{ evidence, right: outcome === 'right' }]
        : [],
    ),
  ];
  if (!answers.length) return program.error('The runs have no answer whose evidence was kept.');
  console.log(`${answers.length} answers, ${answers.filter(({ right }) => right).length} right`);
  print('in use', CONFIDENCE_WEIGHTS, calibrated(answers, CONFIDENCE_WEIGHTS));
  print('fitted', weightsOf(answers), calibrated(answers, weightsOf(answers)));
  const held = Array.from({ length: FOLDS }, (_, fold) => {
    const weights = weightsOf(answers.filter((_, at) => at % FOLDS !== fold));
    return judgedBy(
      answers.filter((_, at) => at % FOLDS === fold),
      weights,
    );
  }).flat();
  console.log(`fitted without the fifth that is judged: ${JSON.stringify(calibrationOf(held))}`);
  return 0;
}

function weightsOf(answers: readonly Judged[]): ConfidenceWeights {
  const examples = answers.map(({ evidence, right }) => ({
    features: EVIDENCE_NAMES.map((name) => evidence[name]),
    right,
  }));
  const [bias = 0, ...weights] = fitLogistic(examples);
  const named = Object.fromEntries(EVIDENCE_NAMES.map((name, at) => [name, weights[at] ?? 0]));
  return { ...CONFIDENCE_WEIGHTS, ...named, bias };
}

const judgedBy = (answers: readonly Judged[], weights: ConfidenceWeights) =>
  answers.map(({ evidence, right }) => ({ confidence: confidenceOf(evidence, weights), right }));

const calibrated = (answers: readonly Judged[], weights: ConfidenceWeights) =>
  calibrationOf(judgedBy(answers, weights));

function print(title: string, weights: ConfidenceWeights, calibration: Calibration | undefined): void {
  const listed = (['bias', ...EVIDENCE_NAMES] as const).map((name) => `${name} ${rounded(weights[name], 2)}`);
  console.log(`${title}: ${listed.join(', ')}\n  ${JSON.stringify(calibration)}`);
}

program.action(runs(fit));
await runMeasuring(program);
