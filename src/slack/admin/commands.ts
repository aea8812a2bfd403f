import { accessView } from '../access/access-part.ts';
import { ACCESS } from '../access/rules-view.ts';
import { showModal } from '../modals/show-modal.ts';
import type { Subcommand } from '../subcommand.ts';
import { fillAddForm } from './add-database.ts';
import { fillDatabases } from './manage-part.ts';

/** What admins, and owners, call by name. */
export const ADMIN_COMMANDS: readonly Subcommand[] = [
  {
    name: 'add',
    usage: 'add',
    does: 'register a database (admins)',
    run: (call, ports) => showModal(call, { title: 'Register a database', fill: fillAddForm }, ports),
  },
  {
    name: 'databases',
    usage: 'databases',
    does: 'the databases that you administer: test, pause, rename, read again, change owner, remove',
    run: (call, ports) => showModal(call, { title: 'Databases', fill: fillDatabases }, ports),
  },
  {
    name: 'access',
    usage: 'access DATABASE',
    does: 'who may ask a database (admins and its owner)',
    run: (call, ports) =>
      showModal(call, { title: ACCESS, fill: (act, more) => accessView(act, call.words.trim(), more) }, ports),
  },
];
