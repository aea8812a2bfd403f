import { readFileSync } from 'node:fs';
import path from 'node:path';
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
    calibrate,
    rename,
    pause,
    resume,
    remove,
    config,
  ],
  'Access:': [grant, deny, revoke, policy, requests, roles, secrets, rotateKey, audit, forget],
