import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import type { Config } from '#src/config/env.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { Secret } from '#src/domain/secret.ts';
import type { Setup } from '#src/domain/setup.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { Terminal } from '#src/terminal/terminal.ts';
import { type CommandContext, counted, failed, registered, withQuerent } from './context.ts';

export const secrets = (context: CommandContext) =>
  new Command('secrets')
    .summary('seal the password of a database')
    .description('Keeps passwords of databases sealed in the state.')
    .addCommand(
      new Command('set')
        .description('Seals the password of a database.')
        .argument('<database>')
        .argument(
          '[source]',
          'where it is read: env:NAME, file:PATH or - for standard input; asked for at the terminal, if left out',
        )
        .action(runs((id, source) => seal(id, source, context))),
    );

export const rotateKey = (context: CommandContext) =>
  new Command('rotate-key')
    .summary('seal all passwords anew with a new key')
    .description('Makes a new key and seals every password anew with it. A bot that runs goes on.')
    .action(
      runs(() =>
        withQuerent(context, async (querent) => {
          const rotated = await querent.databases.rotateKey(OPERATOR);
          if (!rotated.ok) return failed(context, rotated.failure);
          context.terminal.print(`${counted(rotated.value, 'password')} sealed with a new key.`);
          return 0;
        }),
      ),
    );

function seal(id: DatabaseId, source: string | undefined, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent, config) => {
    const waiting = (await querent.setups.list()).filter(
      (one) => one.database.id === id && one.state === 'waits-for-password',
    );
    const [setup] = waiting;
    for (const one of waiting) terminal.print(sayWaiting(one)); // before anybody types a password
    if (waiting.length > 1) {
      terminal.complain(
        `More than one setup of ${id} waits for a password. Those who described them change all but one in Slack (*Change it*) first: nothing was changed.`,
      );
      return 1;
    }
    const found = await registered(querent, id);
    if (!found.ok && !setup) return failed(context, found.failure);
    const secret = await readSecret(source, config, terminal);
    if (!secret) {
      terminal.complain('There is no password to seal: nothing was changed.');
      return 1;
    }
    const sealedFor = setup && (await querent.setups.seal(setup.id, secret));
    if (sealedFor?.ok) {
      terminal.print(`The password of ${id} is sealed. Its admin goes on with *It is set* in Slack.`);
      return 0;
    }
    const sealed = sealedFor ?? (await querent.databases.setSecret(id, secret, OPERATOR));
    if (!sealed.ok) return failed(context, sealed.failure);
    terminal.print(`The password of ${id} is sealed. \`querent roles check ${id}\` tries it.`);
    return 0;
  });
}

/** Where the password will be sent, for whoever types it to compare with what they were asked for. */
function sayWaiting({ database: { id, url }, by, at }: Setup): string {
  const { protocol, host, username, pathname } = new URL(url);
  const role = decodeURIComponent(username);
  return `${id}: ${protocol.slice(0, -1)} at ${host}, database ${decodeURIComponent(pathname.slice(1))}, role ${role}; described by ${by.userId} on ${at.slice(0, 16).replace('T', ' ')} UTC.`;
}

async function readSecret(source: string | undefined, config: Config, terminal: Terminal): Promise<Secret | undefined> {
  const read = source === undefined ? await terminal.askHidden('Password: ') : await readFrom(source, config, terminal);
  const value = read?.replace(/\r?\n$/, '');
  return value ? new Secret(value) : undefined;
}

async function readFrom(source: string, { environment }: Config, terminal: Terminal): Promise<string | undefined> {
  if (source === '-') return terminal.input();
  if (source.startsWith('env:')) return environment[source.slice('env:'.length)];
  if (!source.startsWith('file:')) return undefined;
  try {
    return readFileSync(source.slice('file:'.length), 'utf8');
  } catch {
    return undefined;
  }
}
