import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { partsOf } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import type { RunId } from '#src/domain/ids.ts';
import { channelOf, OPERATOR } from '#src/domain/question.ts';
import type { NewRun } from '#src/domain/run.ts';
import type { Asked, AskOptions } from '#src/service/ask.ts';
import type { ServiceParts } from '#src/service/parts.ts';
import { openQuerent } from '#src/service/querent.ts';
import { registerOpen } from './register-open.ts';

const never = new AbortController().signal;

export interface SmallQuerentOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Scripts of SQLite databases by the id that each is registered under; everybody may ask them. */
  readonly databases?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly change?: (parts: ServiceParts) => ServiceParts;
}

/** The service over small SQLite databases, indexed, without any surface. */
export async function startSmallQuerent({
  environment = {},
  databases = {},
  home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-')),
  change = (parts) => parts,
}: SmallQuerentOptions = {}) {
  const said: string[] = [];
  const parts = change(partsOf(readConfig({ QUERENT_HOME: home, ...environment }), (message) => said.push(message)));
  const querent = openQuerent(parts);
  for (const [id, script] of Object.entries(databases))
    await registerOpen(querent, { id, url: `sqlite:${makeSqlite(path.join(home, `${id}.sqlite`), script)}` });
  const indexed = Object.keys(databases).length ? await querent.index.build({}, () => undefined, never) : undefined;
  if (indexed && !indexed.ok) throw new Error(indexed.failure.kind);
  return {
    home,
    parts,
    querent,
    /** What was logged. */
    said,
    /** What an admin was told of the index. */
    warnings: indexed?.value.warnings ?? [],
    /** Asks as the operator at the terminal, unless told otherwise; with a run, that is recorded as Slack's are. */
    async ask(text: string, more: Partial<Asked> = {}, options: AskOptions = {}) {
      const asked: Asked = { text, asker: OPERATOR, place: { kind: 'terminal' }, ...more };
      const { runId: id } = asked;
      if (id !== undefined) await parts.store.record(`asked:${id}`, runOf(id, asked), parts.clock.now());
      return querent.ask(asked, options, never);
    },
    close: () => querent.close(),
  };
}

function runOf(id: RunId, { text, asker, place, intent = { kind: 'any' } }: Asked): NewRun {
  return {
    id,
    team: asker.teamId,
    channel: channelOf(place) ?? `D-${asker.userId}`,
    thread: id,
    message: id,
    cause: { kind: 'message' },
    user: asker.userId,
    text,
    intent,
    turnedDown: [],
    direct: place.kind === 'direct',
    external: false,
  };
}

/** Makes a SQLite file by a script. */
export function makeSqlite(file: string, script: string): string {
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
  return file;
}
