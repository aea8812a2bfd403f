import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { RoleFinding, RoleReport } from '#src/domain/role-report.ts';

/** What the file itself gives away: SQLite has no roles (ROLE-5). `schema` are its views, triggers and virtual tables. */
export function probeFile(
  file: string,
  folders: readonly string[],
  schema: readonly { readonly type: string; readonly name: string; readonly sql: string }[],
): RoleReport {
  const findings: RoleFinding[] = [];
  const resolved = realpathSync(file);
  const inside = folders.some((folder) => {
    const from = path.relative(realpathSync(folder), resolved);
    return from !== '' && !from.startsWith('..') && !path.isAbsolute(from);
  });
  if (folders.length && !inside) {
    const what = 'The file does not lie below one of the folders that QUERENT_SQLITE_FOLDERS names.';
    findings.push({ severity: 'refuse', code: 'outside-folder', what });
  }
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
