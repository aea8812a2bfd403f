import { showModal } from '../modals/show-modal.ts';
import type { Subcommand } from '../subcommand.ts';
import { fillAddForm } from './add-database.ts';

/** What admins, and owners, call by name. */
export const ADMIN_COMMANDS: readonly Subcommand[] = [
  {
    name: 'add',
    usage: 'add',
    does: 'register a database (admins)',
    run: (call, ports) => showModal(call, { title: 'Register a database', fill: fillAddForm }, ports),
  },
];
