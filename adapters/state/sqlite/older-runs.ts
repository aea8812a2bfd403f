import { z } from 'zod';
import type { RunId } from '#src/domain/ids.ts';
import type { NewRun, RunCause, RunOption, RunResult } from '#src/domain/run.ts';
import { causeKey, writeRequest, writeResult } from './stored-runs.ts';

/** Runs as layouts 1 to 4 wrote them. */
const OlderRequest = z.looseObject({
  id: z.string(),
  team: z.string(),
  channel: z.string(),
  thread: z.string(),
  message: z.string(),
  user: z.string(),
  text: z.string(),
  databaseId: z.string().optional(),
  notDatabases: z.array(z.string()).default([]),
  chosenSql: z.string().optional(),
  neverAsk: z.boolean().optional(),
  costAccepted: z.boolean().optional(),
  settles: z.string().optional(),
  reruns: z.string().optional(),
  direct: z.boolean(),
  external: z.boolean(),
});

const OlderResult = z.looseObject({
  kind: z.enum(['answer', 'catalog', 'clarification', 'outcomes', 'failure']),
  text: z.string(),
  databaseId: z.string().optional(),
  sql: z.string().optional(),
  outcomeSql: z.array(z.string()).default([]),
  prompt: z.string().default(''),
  options: z.array(z.string()).default([]),
  optionWords: z.array(z.string()).optional(),
  costly: z.boolean().optional(),
  privateTo: z.string().optional(),
  privateThread: z.string().optional(),
});

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON' });
    return z.NEVER;
  }
});

const OlderRun = z.object({ request: json.pipe(OlderRequest), result: json.pipe(OlderResult).nullable() });

/**
 * A run of an earlier layout as this one writes it; nothing where it was damaged.
 * @param runOf the id of the run that a key was stored under, of the same team and channel.
 */
export function newerRun(request: string, result: string | null, runOf: (key: string) => RunId | undefined) {
  const older = OlderRun.safeParse({ request, result });
  if (!older.success) return undefined;
  const run = requestOf(older.data.request, runOf);
  const came = older.data.result;
  return {
    cause: causeKey(run),
    user: run.user,
    request: writeRequest(run),
    result: came && writeResult(resultOf(came)),
  };
}

/** The key of a run was its message; a press added itself to the key of the run that it was under, as `1.1#choice-0#anyway`. */
function requestOf(older: z.infer<typeof OlderRequest>, runOf: (key: string) => RunId | undefined): NewRun {
  const [message = '', ...presses] = older.message.split('#');
  const pressed = presses.at(-1);
  const under = [message, ...presses.slice(0, -1)].join('#');
  const { databaseId, chosenSql, costAccepted, neverAsk } = older;
  return {
    id: older.id,
    team: older.team,
    channel: older.channel,
    thread: older.thread,
    message,
    cause: pressed === undefined ? { kind: 'message' } : pressedCause(pressed, runOf(under), older),
    user: older.user,
    text: older.text,
    intent:
      databaseId !== undefined && chosenSql !== undefined
        ? { kind: 'chosen', databaseId, sql: chosenSql, costAccepted: costAccepted ?? false }
        : databaseId === undefined
          ? { kind: neverAsk ? 'next' : 'any' }
          : { kind: 'from', databaseId },
    turnedDown: older.notDatabases,
    ...(older.settles === undefined ? {} : { settles: older.settles }),
    ...(older.reruns === undefined ? {} : { reruns: older.reruns }),
    direct: older.direct,
    external: older.external,
  };
}

/** A run that was pressed under may be gone: by its id in the request, else by the run's own id, the key is still no other's. */
function pressedCause(
  pressed: string,
  under: RunId | undefined,
  { id, reruns, settles }: z.infer<typeof OlderRequest>,
): RunCause {
  const [, at = ''] = /^rerun-?(.*)$/.exec(pressed) ?? [];
  if (pressed.startsWith('rerun')) return { kind: 'rerun', of: under ?? reruns ?? id, at };
  if (pressed.startsWith('not-')) return { kind: 'wrong-database', of: under ?? id };
  return pressed === 'anyway' ? { kind: 'anyway', of: under ?? id } : { kind: 'choice', of: under ?? settles ?? id };
}

function resultOf(older: z.infer<typeof OlderResult>): RunResult {
  const { kind, text, databaseId, sql, prompt, options, optionWords = options, privateTo, privateThread } = older;
  const moved =
    privateTo === undefined
      ? {}
      : { movedTo: { channel: privateTo, ...(privateThread === undefined ? {} : { thread: privateThread }) } };
  const option = (label: string, at: number): RunOption => ({
    label,
    words: optionWords[at] ?? label,
    target:
      kind === 'outcomes'
        ? { kind: 'query', databaseId: databaseId ?? '', sql: older.outcomeSql[at] ?? '' }
        : { kind: 'database', id: label },
  });
  switch (kind) {
    case 'answer':
      return { kind, text, databaseId: databaseId ?? '', sql: sql ?? '', ...moved };
    case 'catalog':
      return { kind, text, ...moved };
    case 'clarification':
    case 'outcomes': {
      const about = kind === 'outcomes' ? 'outcome' : 'database';
      return { kind: 'question-back', about, text, prompt, options: options.map(option), ...moved };
    }
    case 'failure':
      return {
        kind,
        text,
        ...(databaseId === undefined ? {} : { databaseId }),
        ...(sql === undefined ? {} : { sql }),
        ...(older.costly ? { costly: true as const } : {}),
        ...moved,
      };
  }
}
