import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { AuditUnavailable } from '#src/domain/audit-unavailable.ts';
import { ConfigError } from '#src/domain/config-error.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { type ExitCode, runProgram } from '#src/terminal/command.ts';
import { deny, grant, revoke } from './access.ts';
import { ask } from './ask.ts';
import { audit } from './audit.ts';
import { calibrate } from './calibrate.ts';
import { config } from './config-command.ts';
import type { CommandContext } from './context.ts';
import { databases } from './databases.ts';
import { demo } from './demo.ts';
import { describe } from './describe-command.ts';
import { doctor } from './doctor.ts';
import { edl } from './edl.ts';
import { explore } from './explore.ts';
import { find } from './find.ts';
import { forget } from './forget.ts';
import { index } from './index-command.ts';
import { owner } from './owner.ts';
import { pause, resume } from './pause.ts';
import { pilot } from './pilot.ts';
import { policy } from './policy.ts';
import { register } from './register.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { requests } from './requests.ts';
import { review } from './review.ts';
import { roles } from './roles.ts';
import { rotateKey, secrets } from './secrets.ts';
import { serve } from './serve.ts';
import { trace } from './trace.ts';
import { train } from './train.ts';
import { versionOf } from './version.ts';

/** Every command, as `querent --help` groups them. */
const GROUPS: Readonly<Record<string, readonly ((context: CommandContext) => CommandUnknownOpts)[]>> = {
  'Asking:': [ask, find, trace, review],
  'Databases:': [
    register,
    databases,
    describe,
    index,
    explore,
    pilot,
    train,
    calibrate,
    rename,
    owner,
    pause,
    resume,
    remove,
    config,
  ],
  'Access:': [grant, deny, revoke, policy, requests, roles, secrets, rotateKey, audit, forget],
  'Running:': [serve, demo, doctor],
  'Tools:': [edl],
};

export function querentProgram(context: CommandContext): CommandUnknownOpts {
  const program = new Command('querent')
    .description('Querent answers questions from your databases and explains the query that ran.')
    .usage('COMMAND [arguments]')
    .commandsGroup('Tools:')
    .version(versionOf(), '--version', 'print the version')
    .helpCommand('help [command]', 'say more about a command')
    .addHelpText('after', '\nquerent COMMAND --help says more. Settings are environment variables: see README.md.');
  for (const [heading, commands] of Object.entries(GROUPS))
    for (const command of commands) program.addCommand(command(context).helpGroup(heading));
  return program;
}

/**
 * Runs the command line on its arguments. What is wrong with the settings or with what is kept is told in a sentence.
 */
export async function runQuerent(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  try {
    return await runProgram(querentProgram(context), args, terminal);
  } catch (error) {
    const known = sayKnown(error);
    if (!known) throw error;
    terminal.complain(known.says);
    return known.code;
  }
}

function sayKnown(error: unknown): { readonly says: string; readonly code: ExitCode } | undefined {
  if (error instanceof ConfigError) return { says: error.message, code: 2 };
  if (error instanceof StateUnreadable) return { says: `${error.message}.`, code: 1 };
  if (error instanceof AuditUnavailable)
    return {
      says: 'The audit cannot be read, and questions are refused until it can. `querent audit --verify` says more.',
      code: 1,
    };
  return undefined;
}
