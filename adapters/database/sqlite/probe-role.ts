import { existsSync, lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { RoleFinding, RoleReport } from '#src/domain/role-report.ts';

/** Why a file that lies elsewhere is refused. */
export const OUTSIDE: RoleFinding = {
  severity: 'refuse',
  code: 'outside-folder',
  what: 'The file does not lie below one of the folders that QUERENT_SQLITE_FOLDERS names.',
};

/** Whether a file, wherever links lead, lies below one of some folders; a folder that is gone holds nothing. */
export function liesBelow(file: string, folders: readonly string[]): boolean {
  const resolved = realpathSync(file);
  return folders.some((folder) => {
    if (!existsSync(folder)) return false;
    const from = path.relative(realpathSync(folder), resolved);
    return from !== '' && !from.startsWith('..') && !path.isAbsolute(from);
  });
}

/** What the file itself gives away: SQLite has no roles (ROLE-5). `schema` are its views, triggers and virtual tables. */
export function probeFile(
  file: string,
  folders: readonly string[],
  schema: readonly { readonly type: string; readonly name: string; readonly sql: string }[],
): RoleReport {
  const findings: RoleFinding[] = [];
  const inside = liesBelow(file, folders);
  if (folders.length && !inside) findings.push(OUTSIDE);
  if (lstatSync(file).isSymbolicLink() && !inside) {
    findings.push({ severity: 'warn', code: 'outside-folder', what: 'The file is a symbolic link to another place.' });
  }
  for (const { type, name, sql } of schema) {
    const active =
      type === 'trigger' || /^\s*create\s+virtual/i.test(sql) || (type === 'view' && /\w\s*\(/.test(afterAs(sql)));
    if (!active) continue;
    const kind = /^\s*create\s+virtual/i.test(sql) ? 'virtual table' : type;
    findings.push({ severity: 'warn', code: 'active-schema', what: `The ${kind} ${name} runs functions of its own.` });
  }
  return { role: 'file', findings };
}

const afterAs = (sql: string) => /\bas\b([\s\S]*)/i.exec(sql)?.[1] ?? '';
