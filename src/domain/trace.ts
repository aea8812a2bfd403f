import type { ChatMessage } from './chat.ts';
import type { Failure, ModelFault } from './failure.ts';
import type { DatabaseId, RunId, TeamId, UserId } from './ids.ts';
import type { NameReading } from './name-reading.ts';
import type { CheckOutcome, CheckRecord } from './number-check.ts';

/** What each stage took and gave, by codes and counts that a program can read; `sayStage` has the words. */
export type StageRecord =
  | {
      readonly stage: 'rewrite';
      readonly asked: string;
      readonly text: string;
      readonly how: 'as-asked' | 'rule' | 'model';
    }
  | { readonly stage: 'catalog'; readonly text: string; readonly rows?: number }
  | {
      readonly stage: 'retrieve';
      readonly text: string;
      readonly databases: readonly { readonly databaseId: DatabaseId; readonly probability: number }[];
      readonly tables: readonly { readonly databaseId: DatabaseId; readonly table: string; readonly score: number }[];
      readonly searched: number;
      readonly coverage: number;
      readonly failure?: Failure['kind'];
    }
  | {
      readonly stage: 'probe';
      readonly probes: readonly DatabaseProbe[];
      readonly first: DatabaseId;
      readonly probability: number;
    }
  | {
      readonly stage: 'rerank';
      readonly how: 'reranked' | 'not-answering' | 'only-one';
      readonly fault?: ModelFault;
      readonly first: DatabaseId;
      readonly probability: number;
    }
  | {
      readonly stage: 'tables';
      /** `asked`, or which of near copies within a database was taken. */
      readonly how: 'asked' | 'chosen-before' | 'freshest' | 'only';
      readonly tables: readonly string[];
      readonly taken?: string;
    }
  | {
      readonly stage: 'choose-database';
      readonly how: DatabaseChoiceHow;
      readonly databaseId?: DatabaseId;
      readonly confidence?: number;
      readonly why?: string;
    }
  | {
      readonly stage: 'clarify';
      readonly decision: ClarifyDecision;
      readonly databaseId: DatabaseId;
      readonly probability: number;
      /** The probability below which it is asked about. */
      readonly askedBelow: number;
      /** The databases that would be offered, where it is in doubt. */
      readonly options?: readonly DatabaseId[];
    }
  | { readonly stage: 'examples'; readonly masked: string; readonly questions: readonly string[] }
  | {
      readonly stage: 'link';
      readonly how: 'whole' | 'retrieved' | 'selected' | 'none-selected';
      readonly tables: readonly string[];
      readonly tablesOf: number;
      readonly columnsRetrieved: number;
      readonly columnsKept: number;
      readonly tokens: number;
      readonly values: readonly string[];
    }
  | {
      readonly stage: 'lacking';
      /** Words of the question that nothing of the database stands for. */
      readonly words: readonly string[];
      /** What is missing, where no query is written for it. */
      readonly missing?: string;
      /** The probability that a model gave the question to be answerable, where it was asked. */
      readonly yes?: number;
    }
  | {
      readonly stage: 'generate';
      readonly wave: number;
      readonly made: readonly {
        readonly generator: string;
        readonly queries: readonly string[];
        readonly note: string;
        readonly cannot?: string;
        readonly failure?: Failure['kind'];
      }[];
    }
  | {
      readonly stage: 'refine';
      readonly wave: number;
      readonly tried: readonly TriedRecord[];
    }
  | {
      readonly stage: 'weigh';
      /** By group, as they are ranked then. */
      readonly groups: readonly { readonly verified?: number; readonly faults?: readonly string[] }[];
    }
  | {
      readonly stage: 'select';
      readonly how: SelectHow;
      readonly groups: readonly {
        readonly generators: readonly string[];
        readonly samples: number;
        readonly rows: number;
      }[];
      readonly chosen?: string;
      readonly agreeing?: number;
      readonly voting?: number;
    }
  | { readonly stage: 'execute'; readonly sql?: string; readonly rows?: number; readonly failure?: Failure['kind'] }
  | {
      readonly stage: 'check';
      readonly checks: readonly CheckRecord[];
      /** The query that is posted, where a check corrected the one that was chosen. */
      readonly sql?: string;
    }
  | { readonly stage: 'explain'; readonly steps: number; readonly missing: number }
  /** The questions that are offered in the place of one that was not answered. */
  | { readonly stage: 'offer'; readonly questions: readonly string[] }
  | {
      readonly stage: 'takeaway';
      readonly by: 'program' | 'model';
      readonly refused?: 'no-sentence' | 'not-in-result';
    };

export type StageName = StageRecord['stage'];

/** What the planner's reading of a question came to over one near database. */
export interface DatabaseProbe {
  readonly databaseId: DatabaseId;
  /** Words that it could make nothing of. */
  readonly unread: number;
  /** Words that the database has a name or a value for. */
  readonly explained: number;
  /** What came back; absent where it could not be read, or not be run at once. */
  readonly found?: 'rows' | 'nothing';
}

export type DatabaseChoiceHow = 'chose' | 'only-one' | 'named-none' | 'not-answering';

/** Why a database was taken, or that it was asked about. */
export type ClarifyDecision =
  /** It was named, or the thread is about it. */
  | 'bound'
  /** A wrong answer would cost less than asking. */
  | 'sure-enough'
  | 'only-one-able'
  | 'none-able'
  /** The same were offered just now. */
  | 'offered-before'
  /** Near copies can answer, and this one was chosen before where it is asked. */
  | 'chosen-before'
  /** Nothing is asked back here. */
  | 'never-asks'
  | 'doubt';

/** How one of several results was taken. */
export type SelectHow =
  | 'nothing-ran'
  | 'only-result'
  | 'all-agree'
  | 'majority'
  | 'model'
  | 'model-once'
  | 'model-wavered'
  | 'model-chose-none';

export interface TriedRecord {
  readonly generator: string;
  readonly sql: string;
  readonly mended: boolean;
  /** The rules by which the program mended it. */
  readonly mendedBy?: readonly string[];
  /** Names of it that the database lacks, and what the program read them as. */
  readonly readAs?: readonly NameReading[];
  /** Tables that the program left out of it. */
  readonly leftOut?: readonly string[];
  /** Days before which the program made its periods end. */
  readonly endsBefore?: readonly string[];
  /** Keys by which the program told apart what its groups added together. */
  readonly toldApart?: readonly string[];
  /** What rows are called, shown by the program in place of their keys. */
  readonly labelled?: readonly string[];
  readonly rows?: number;
  readonly failure?: Failure['kind'];
  /** What of it means nothing though it runs. */
  readonly meaningless?: readonly MeaninglessKind[];
}

/** What a statement may compute that runs and means nothing. */
export type MeaninglessKind = 'key-added' | 'year-added' | 'currencies-added' | 'flag-counted' | 'joined-by-nothing';

/** One call of a model: what it read and what it replied. */
export interface ModelCall {
  readonly model: string;
  readonly role: string;
  readonly messages: readonly ChatMessage[];
  readonly replies: readonly string[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly ms: number;
  readonly failure?: Failure['kind'];
}

/** One stage's entry: when, for how long, what came of it, and its model calls. */
export type TraceEntry = StageRecord & {
  /** Milliseconds since the question was taken up. */
  readonly atMs: number;
  readonly ms: number;
  readonly calls: readonly ModelCall[];
};

/** What a trace spent on models in all. */
export function spentOn(entries: readonly Pick<TraceEntry, 'calls'>[]) {
  const calls = entries.flatMap((entry) => entry.calls);
  return {
    calls: calls.length,
    promptTokens: calls.reduce((sum, one) => sum + one.promptTokens, 0),
    completionTokens: calls.reduce((sum, one) => sum + one.completionTokens, 0),
    modelMs: calls.reduce((sum, one) => sum + one.ms, 0),
  };
}

/** The entry of a stage; the last one where it came twice. */
export function entryOf<Name extends StageName>(
  entries: readonly TraceEntry[],
  stage: Name,
): Extract<TraceEntry, { readonly stage: Name }> | undefined {
  return entries.findLast((entry): entry is Extract<TraceEntry, { readonly stage: Name }> => entry.stage === stage);
}

/** A trace as it is kept with its run. */
export interface KeptTrace {
  readonly runId: RunId;
  readonly team: TeamId;
  readonly user: UserId;
  readonly at: string;
  /** Left out where the audit keeps no question texts. */
  readonly question?: string;
  readonly databaseId?: DatabaseId;
  /** The kind of the answer, or of its failure. */
  readonly outcome: string;
  readonly entries: readonly TraceEntry[];
}

const plural = (count: number, word: string) => `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
const percent = (share: number) => `${Math.round(100 * share)} %`;

const TABLES_TAKEN = {
  asked: 'asked',
  'chosen-before': 'chosen here before',
  freshest: 'the latest of them',
  only: 'the only one',
} as const;

const CHOICES: Readonly<Record<DatabaseChoiceHow, string>> = {
  chose: 'the model chose',
  'only-one': 'one database only',
  'named-none': 'the model named none of them',
  'not-answering': 'the model server is not answering',
};

const DECISIONS: Readonly<Record<ClarifyDecision, string>> = {
  bound: 'it was named, or the thread is about it',
  'sure-enough': 'a wrong answer costs less than asking',
  'only-one-able': 'no other that is near can answer',
  'none-able': 'none that is near can answer',
  'offered-before': 'asked about these just now',
  'chosen-before': 'of near copies the one that was chosen here before',
  'never-asks': 'nothing is asked back',
  doubt: 'in doubt',
};

const SELECTIONS: Readonly<Record<SelectHow, string>> = {
  'nothing-ran': 'no candidate ran',
  'only-result': 'the only result',
  'all-agree': 'all agree',
  majority: 'by number',
  model: 'the model chose',
  'model-once': 'the model chose once',
  'model-wavered': 'the model wavered',
  'model-chose-none': 'the model chose none',
};

const MEANINGLESS: Readonly<Record<MeaninglessKind, string>> = {
  'key-added': 'adds up a key',
  'year-added': 'adds up years',
  'currencies-added': 'adds up several currencies',
  'flag-counted': 'counts the values of a flag',
  'joined-by-nothing': 'joins a table by nothing',
};

/** What is told of a rule that mends; of the others what they changed is told. */
const MENDED_BY: Readonly<Record<string, string>> = {
  statements: 'several statements side by side',
  dialects: 'functions of another engine',
  sides: 'each kind by itself',
  days: 'dates taken as days',
};

/** What trying a candidate came to, and what the program mended of it. */
function sayTried({ generator, mended, rows, failure, meaningless = [], ...mends }: TriedRecord): string {
  const { mendedBy = [], readAs = [], leftOut = [], endsBefore = [], toldApart = [], labelled = [] } = mends;
  const mendings = [
    ...mendedBy.flatMap((rule) => MENDED_BY[rule] ?? []),
    ...readAs.map(({ written, read }) => `“${written}” read as ${read}`),
    ...(leftOut.length ? [`without ${leftOut.join(', ')}`] : []),
    ...(endsBefore.length ? [`ended before ${endsBefore.join(', ')}`] : []),
    ...(toldApart.length ? [`told apart by ${toldApart.join(', ')}`] : []),
    ...(labelled.length ? [`called by ${labelled.join(', ')}`] : []),
  ];
  const what = [failure ?? plural(rows ?? 0, 'row'), ...mendings.map((one) => `(${one})`)].join(' ');
  const odd = meaningless.map((kind) => MEANINGLESS[kind] ?? kind); // another version may have kept another kind
  return `${generator}${mended ? ' mended' : ''}: ${[what, ...odd].join(', ')}`;
}

/** What a stage came to, in a line. */
export function sayStage(entry: StageRecord): string {
  switch (entry.stage) {
    case 'rewrite':
      return entry.how === 'as-asked'
        ? 'as asked'
        : `read by ${entry.how === 'rule' ? 'rule' : 'the model'} as: ${entry.text}`;
    case 'catalog':
      return entry.rows === undefined ? 'a question about the data' : plural(entry.rows, 'row');
    case 'retrieve':
      return (
        entry.failure ??
        `${entry.tables.length} of ${plural(entry.searched, 'table')}, coverage ${entry.coverage.toFixed(2)}`
      );
    case 'probe':
      return `${entry.probes.map(sayProbe).join(', ')}; ${entry.first} at ${percent(entry.probability)}`;
    case 'rerank':
      return entry.how === 'reranked'
        ? `${entry.first} at ${percent(entry.probability)}`
        : entry.how === 'only-one'
          ? CHOICES['only-one']
          : `the rerank server gave nothing${entry.fault ? ` (${entry.fault})` : ''}`;
    case 'tables':
      return entry.taken === undefined
        ? `asked between ${entry.tables.join(', ')}`
        : `${entry.taken} of ${entry.tables.join(', ')} (${TABLES_TAKEN[entry.how]})`;
    case 'choose-database':
      return entry.how === 'chose'
        ? `${entry.databaseId} at ${entry.confidence}: ${entry.why ?? ''}`
        : CHOICES[entry.how];
    case 'clarify': {
      const between = entry.options?.length ? ` between ${entry.options.join(', ')}` : '';
      return `${DECISIONS[entry.decision]}${between}; ${entry.databaseId} at ${percent(entry.probability)}, asked below ${percent(entry.askedBelow)}`;
    }
    case 'examples':
      return `${entry.questions.length} near “${entry.masked}”`;
    case 'link':
      return sayLink(entry);
    case 'lacking': {
      const asked = entry.yes === undefined ? '' : `; the model: ${percent(entry.yes)} answerable`;
      return (entry.missing ?? (entry.words.length ? `no name for ${entry.words.join(', ')}` : 'nothing')) + asked;
    }
    case 'generate':
      return entry.made.map(({ generator, note }) => `${generator}: ${note}`).join('; ');
    case 'refine':
      return entry.tried.map(sayTried).join('; ');
    case 'weigh':
      return entry.groups
        .map(
          ({ verified, faults = [] }) =>
            [...(verified === undefined ? [] : [`yes at ${percent(verified)}`]), ...faults].join(', ') ||
            'nothing told',
        )
        .join(' against ');
    case 'select': {
      if (entry.chosen === undefined) return SELECTIONS[entry.how];
      const votes = entry.groups.map(({ generators }) => generators.join('+')).join(' against ');
      return `${SELECTIONS[entry.how]}${entry.groups.length > 1 ? ` of ${votes}` : ''}; ${entry.chosen} is taken`;
    }
    case 'execute':
      return entry.failure ?? (entry.rows === undefined ? 'nothing to run' : plural(entry.rows, 'row'));
    case 'check':
      return sayChecked(entry);
    case 'explain':
      return plural(entry.steps, 'step');
    case 'offer':
      return entry.questions.length ? entry.questions.join(' ') : 'nothing near';
    case 'takeaway':
      if (entry.by === 'model') return 'by the model, checked';
      if (entry.refused === undefined) return 'by the program';
      return `by the program: the model ${entry.refused === 'no-sentence' ? 'gave no sentence' : 'said what the result does not'}`;
  }
}

const sayProbe = ({ databaseId, unread, found }: DatabaseProbe) =>
  `${databaseId} ${unread ? `leaves ${plural(unread, 'word')}` : found === undefined ? 'did not run' : `has ${found}`}`;

const CHECK_OUTCOMES: Readonly<Partial<Record<CheckOutcome, string>>> = {
  passed: 'passed',
  told: 'told',
  corrected: 'corrected the query',
  failed: 'failed',
  untested: 'untested',
};

/** Each check that was made with what it came to, its statements and time. */
function sayChecked({ checks }: Extract<StageRecord, { readonly stage: 'check' }>): string {
  const made = checks.filter(({ outcome }) => outcome !== 'not-applicable');
  const said = made.map(({ check, outcome, sql, ms }) => {
    const asked = sql.length ? ` (${plural(sql.length, 'statement')}, ${ms} ms)` : '';
    return `${check} ${CHECK_OUTCOMES[outcome] ?? outcome}${asked}`;
  });
  return said.join(', ') || 'nothing to check';
}

function sayLink(entry: Extract<StageRecord, { readonly stage: 'link' }>): string {
  const { how, tables, tablesOf, columnsRetrieved, columnsKept, tokens, values } = entry;
  const named = values.length ? `; ${plural(values.length, 'value')} named` : '';
  if (how === 'whole') return `the whole schema, ${plural(tokens, 'token')}${named}`;
  const found = `${tables.length} of ${plural(tablesOf, 'table')}, ${plural(columnsRetrieved, 'column')} retrieved`;
  const selected =
    how === 'selected'
      ? `, ${columnsKept} selected`
      : how === 'none-selected'
        ? '; the model selected none of them'
        : '';
  return found + selected + named;
}
