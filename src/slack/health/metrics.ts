/** What is counted, by its name after `querent_`, with the words of `# HELP`. */
const COUNTERS = {
  duplicates_dropped_total: 'Deliveries that were seen before, and messages that a mention had recorded.',
  runs_begun_total: 'Runs whose work was begun.',
  runs_ended_total: 'Runs by how their work ended.',
  clarifications_total: 'Questions back, by what they ask about.',
  rate_limited_total: 'Calls that Slack refused with 429, by method.',
  blocks_downgraded_total: 'Blocks that Slack does not take, by type and by what stood in their place.',
  stream_fallbacks_total: 'Streams that Slack did not take and for which a message was edited instead.',
  reconnects_total: 'Connections to Slack after the first.',
  clients_recreated_total: 'Clients of Socket Mode that were disposed of and made anew, by why.',
  refusals_total: 'Questions without an answer, by kind of refusal or failure.',
  feedback_total: 'Presses of a thumb under an answer.',
} as const;
export type CounterName = keyof typeof COUNTERS;

const HISTOGRAMS = {
  ack_seconds: 'From the delivery of an envelope to its acknowledgement.',
  first_sign_seconds: 'From the delivery of a question to its first sign of life.',
} as const;
export type HistogramName = keyof typeof HISTOGRAMS;

/** Upper bounds, seconds: Slack wants an acknowledgement within 3; the targets are 0.5 and 1 (REL-10). */
const BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10] as const;

/** Kinds alone, such as a method or a type of block: never a name, a question, a value or an id. */
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: CounterName, labels?: Labels): void;
  observe(name: HistogramName, ms: number): void;
  /** Everything since the start, in Prometheus' text format 0.0.4. */
  text(): string;
}

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

/** Counts of one bot, from 0 at its start. */
export function openMetrics(): Metrics {
  const counters = new Map<CounterName, Map<string, number>>();
  const histograms = new Map<HistogramName, Histogram>();
  return {
    count(name, labels = {}) {
      const series = counters.get(name) ?? new Map<string, number>();
      counters.set(name, series);
      const key = labelText(labels);
      series.set(key, (series.get(key) ?? 0) + 1);
    },
    observe(name, ms) {
      const held = histograms.get(name) ?? emptyHistogram();
      histograms.set(name, held);
      const seconds = ms / 1_000;
      for (const [at, bound] of BOUNDS_S.entries())
        if (seconds <= bound) held.buckets[at] = (held.buckets[at] ?? 0) + 1;
      held.sum += seconds;
      held.count += 1;
    },
    text() {
      const lines = [
        ...namesOf(COUNTERS).flatMap((name) => counterLines(name, counters.get(name))),
        ...namesOf(HISTOGRAMS).flatMap((name) => histogramLines(name, histograms.get(name) ?? emptyHistogram())),
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

const namesOf = <Name extends string>(of: Readonly<Record<Name, string>>) => Object.keys(of) as Name[];

const emptyHistogram = (): Histogram => ({ buckets: BOUNDS_S.map(() => 0), sum: 0, count: 0 });

function counterLines(name: CounterName, series: ReadonlyMap<string, number> | undefined): readonly string[] {
  const full = `querent_${name}`;
  const values = series ? [...series].map(([labels, value]) => `${full}${labels} ${value}`) : [];
  return [`# HELP ${full} ${COUNTERS[name]}`, `# TYPE ${full} counter`, ...values];
}

function histogramLines(name: HistogramName, { buckets, sum, count }: Histogram): readonly string[] {
  const full = `querent_${name}`;
  return [
    `# HELP ${full} ${HISTOGRAMS[name]}`,
    `# TYPE ${full} histogram`,
    ...BOUNDS_S.map((bound, at) => `${full}_bucket{le="${bound}"} ${buckets[at] ?? 0}`),
    `${full}_bucket{le="+Inf"} ${count}`,
    `${full}_sum ${sum}`,
    `${full}_count ${count}`,
  ];
}

/** A label's value with what the format escapes. */
const escaped = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length ? `{${pairs.join(',')}}` : '';
}
