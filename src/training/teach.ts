import { type AtHand, type TaughtDatabase, type TeachSettings, takeInHand } from './at-hand.ts';
import { type GoldPair, leftOut, type Made, type Task } from './lesson.ts';
import { openPlaces, type Places } from './places.ts';
import { type CandidatePool, type TriedPool, tryPool } from './pool.ts';
import { openSources } from './sources.ts';
import { type Balance, type MergeBalance, mergeLesson, selectionLesson } from './tasks/choose.ts';
import { edlLesson, edlToSqlLesson } from './tasks/edl.ts';
import { evidenceLesson } from './tasks/evidence.ts';
import { linkedSqlLesson, linkingLesson } from './tasks/linking.ts';
import { questionLesson } from './tasks/question.ts';
import { refineLessons } from './tasks/refine.ts';
import { type StepChoice, stepPreference, stepsLesson, type Trajectory } from './tasks/steps.ts';
import { augmentedHand, rewrittenLesson, sqlLesson } from './tasks/write-sql.ts';

/** A question with all that is known of it: of most, the pair alone. */
export interface Source {
  readonly pair: GoldPair;
  /** Whether it is among the pairs, and not of a search alone. */
  readonly isPair: boolean;
  readonly pools: readonly CandidatePool[];
  readonly trajectories: readonly Trajectory[];
  readonly choices: readonly StepChoice[];
}

export interface Taught {
  readonly task: Task;
  readonly made: Made;
}

/** What holds for all lines of an export: its settings, and how evenly what is right is spread so far. */
export interface Teaching {
  readonly tasks: ReadonlySet<Task>;
  readonly settings: TeachSettings;
  /** Further lines of a pair with its schema shown otherwise. */
  readonly augment: number;
  /** Evidence of all pairs, by their database. */
  readonly hints: ReadonlyMap<string, readonly string[]>;
  readonly evidence: Places;
  readonly selection: Balance;
  readonly merge: MergeBalance;
}

export const openTeaching = (given: Pick<Teaching, 'tasks' | 'settings' | 'augment' | 'hints'>): Teaching => ({
  ...given,
  evidence: openPlaces(),
  selection: { places: openPlaces(), sources: openSources() },
  merge: { places: openPlaces(), neither: { count: 0 } },
});

type MakeLesson = (hand: AtHand, teaching: Teaching) => Promise<Made>;

/** Tasks that a pair alone is enough for. */
const OF_A_PAIR: readonly (readonly [Task, MakeLesson])[] = [
  ['sql', sqlLesson],
  ['sql-standard', (hand) => rewrittenLesson(hand, 'standard')],
  ['sql-chunked', (hand) => rewrittenLesson(hand, 'chunked')],
  ['linking', linkingLesson],
  ['linked-sql', linkedSqlLesson],
  ['question', questionLesson],
  ['evidence', (hand, { hints, evidence }) => evidenceLesson(hand, hints, evidence)],
  ['edl', edlLesson],
  ['edl-sql', edlToSqlLesson],
];

/** Those whose prompt shows the schema as it can be augmented. */
const AUGMENTED: ReadonlySet<Task> = new Set(['sql', 'sql-standard', 'sql-chunked', 'edl']);

/** The lines of one question in the order of the tasks; or why there is none of it at all. */
export async function teach(
  source: Source,
  place: TaughtDatabase,
  teaching: Teaching,
): Promise<{ readonly taught: readonly Taught[]; readonly why?: string }> {
  const hand = await takeInHand(source.pair, place, teaching.settings);
  if ('kind' in hand) return { taught: [], why: hand.why };
  const taught: Taught[] = [];
  if (source.isPair) taught.push(...(await ofPair(hand, teaching)));
  for (const pool of source.pools) taught.push(...(await ofPool(hand, pool, teaching)));
  const { tasks } = teaching;
  if (tasks.has('learnat'))
    for (const one of source.trajectories) taught.push({ task: 'learnat', made: await stepsLesson(hand, one) });
  if (tasks.has('learnat-pairs'))
    for (const one of source.choices) taught.push({ task: 'learnat-pairs', made: await stepPreference(hand, one) });
  return { taught };
}

async function ofPair(hand: AtHand, teaching: Teaching): Promise<readonly Taught[]> {
  const taught: Taught[] = [];
  for (const [task, make] of OF_A_PAIR) {
    if (!teaching.tasks.has(task)) continue;
    const made = await make(hand, teaching);
    taught.push({ task, made });
    if (made.kind !== 'answer' || !AUGMENTED.has(task)) continue;
    for (let at = 1; at <= teaching.augment; at += 1) {
      const other = augmentedHand(hand, at);
      const again = other ? await make(other, teaching) : leftOut('what the query uses cannot be told');
      taught.push({
        task,
        made: again.kind === 'answer' ? { ...again, notes: { ...again.notes, augmented: at } } : again,
      });
    }
  }
  return taught;
}

async function ofPool(
  hand: AtHand,
  pool: CandidatePool,
  { tasks, selection, merge }: Teaching,
): Promise<readonly Taught[]> {
  const wanted = (['refine', 'selection', 'merge'] as const).filter((task) => tasks.has(task));
  if (!wanted.length) return [];
  const tried = await tryPool(pool, hand);
  if ('kind' in tried) return wanted.map((task) => ({ task, made: tried }));
  const made: Readonly<Record<(typeof wanted)[number], (pool: TriedPool) => Promise<readonly Made[]>>> = {
    refine: (one) => refineLessons(hand, one),
    selection: async (one) => [await selectionLesson(hand, one, selection)],
    merge: async (one) => [await mergeLesson(hand, one, merge)],
  };
  const all: Taught[] = [];
  for (const task of wanted) for (const one of await made[task](tried)) all.push({ task, made: one });
  return all;
}
