import { ConfigError, readConfig } from '#src/config/env.ts';
import { scrub } from '#src/domain/scrub.ts';
import { DENY_USAGE, deny, GRANT_USAGE, grant, POLICY_USAGE, policy, REVOKE_USAGE, revoke } from './access.ts';
import { ASK_USAGE, ask } from './ask.ts';
import { AUDIT_USAGE, audit } from './audit.ts';
import { CALIBRATE_USAGE, calibrate } from './calibrate.ts';
import { CONFIG_USAGE, configCommand } from './config-command.ts';
import { DATABASES_USAGE, databases } from './databases.ts';
import { DEMO_USAGE } from './demo-usage.ts';
import { DOCTOR_USAGE, doctor } from './doctor.ts';
import { EDL_USAGE, edl } from './edl.ts';
import { FIND_USAGE, find } from './find.ts';
import { FORGET_USAGE, forget } from './forget.ts';
import { INDEX_USAGE, indexCommand } from './index-command.ts';
import { REGISTER_USAGE, register } from './register.ts';
import { REMOVE_USAGE, remove } from './remove.ts';
import { ROLES_USAGE, roles } from './roles.ts';
import { ROTATE_USAGE, rotateKey, SECRETS_USAGE, secrets } from './secrets.ts';
import { SERVE_USAGE, serve } from './serve.ts';
import { complain, type ExitCode } from './terminal.ts';

const COMMANDS: Readonly<
  Record<
    string,
    {
      readonly run: (args: readonly string[], config: ReturnType<typeof readConfig>) => Promise<ExitCode>;
      readonly usage: string;
    }
  >
> = {
  ask: { run: ask, usage: ASK_USAGE },
  find: { run: find, usage: FIND_USAGE },
  register: { run: register, usage: REGISTER_USAGE },
  remove: { run: (args, config) => remove(args, config), usage: REMOVE_USAGE },
  grant: { run: grant, usage: GRANT_USAGE },
  deny: { run: deny, usage: DENY_USAGE },
  revoke: { run: revoke, usage: REVOKE_USAGE },
  policy: { run: policy, usage: POLICY_USAGE },
  roles: { run: roles, usage: ROLES_USAGE },
  secrets: { run: secrets, usage: SECRETS_USAGE },
  'rotate-key': { run: rotateKey, usage: ROTATE_USAGE },
  forget: { run: forget, usage: FORGET_USAGE },
  audit: { run: audit, usage: AUDIT_USAGE },
  config: { run: configCommand, usage: CONFIG_USAGE },
  index: { run: indexCommand, usage: INDEX_USAGE },
  calibrate: { run: calibrate, usage: CALIBRATE_USAGE },
  databases: { run: databases, usage: DATABASES_USAGE },
  edl: { run: edl, usage: EDL_USAGE },
  doctor: { run: doctor, usage: DOCTOR_USAGE },
  serve: { run: serve, usage: SERVE_USAGE },
  // Loaded only when asked for: it brings the sandbox and the sample company.
  demo: { run: async (args, config) => (await import('./demo.ts')).demo(args, config), usage: DEMO_USAGE },
};

const USAGE = `Querent answers questions from your databases and explains the query that ran.

Usage: querent COMMAND [arguments]

${Object.values(COMMANDS)
  .map(({ usage }) => usage.split('\n').slice(0, 2).join('\n'))
  .join('\n')}

querent COMMAND --help says more. Settings are environment variables: see README.md.`;

async function main([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (Number.parseInt(process.versions.node, 10) < 24) {
    complain(
      `Querent needs Node 24 and runs on ${process.versions.node}: start it with \`npm run\`, or install Node 24 from nodejs.org.`,
    );
    return 2;
  }
  const command = COMMANDS[name ?? ''];
  if (!command || name === '--help') {
    if (name && name !== '--help' && name !== 'help') complain(`There is no command ${name}.\n`);
    console.log(USAGE);
    return name && name !== '--help' && name !== 'help' ? 2 : 0;
  }
  if (args.includes('--help')) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(args, readConfig());
  } catch (error) {
    if (error instanceof ConfigError) complain(error.message);
    else if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
      complain(`${(error as Error).message}\nUsage: ${command.usage}`);
    else throw error;
    return 2;
  }
}

// A reader that has seen enough (`querent ask … | head`) closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  complain(`Something broke here; this is a bug. ${scrub(error instanceof Error ? error.message : String(error))}`);
  if (process.env.QUERENT_DEBUG) complain(scrub(error instanceof Error ? (error.stack ?? '') : String(error)));
  return 1 as const;
});
// Outright: an idle connection must not keep a command that is done.
process.exit(code);
