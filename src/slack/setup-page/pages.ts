import type { Setup } from '#src/domain/setup.ts';

/** Pages of ours: no script, nothing from elsewhere, and what comes from a form is text. */

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} – Querent</title>
<link rel="stylesheet" href="/setup/page.css">
</head>
<body>
<main>
<p class="name">Querent</p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;

/** One sentence, or two. */
export const sentencePage = (title: string, ...sentences: readonly string[]): string =>
  page(title, sentences.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n'));

/** Whoever has the link is asked who they are before anything of the database is shown. */
export const signInPage = (path: string): string =>
  page(
    'Set a database password',
    `<p>This link is for one admin alone. Sign in with Slack, so that I know that it is you.</p>
<form method="post" action="${escapeHtml(path)}/sign-in"><button>Sign in with Slack</button></form>
<p class="quiet">Slack tells me your id and your workspace, and nothing else.</p>`,
  );

const ENGINES: Readonly<Record<string, string>> = { postgres: 'PostgreSQL', mariadb: 'MariaDB', mysql: 'MySQL' };

export function passwordPage(path: string, { database }: Setup): string {
  const { hostname, port, pathname, username, protocol } = new URL(database.url);
  const server = `${hostname}${port ? `, port ${port}` : ''}`;
  const facts = [
    ['Engine', ENGINES[protocol.slice(0, -1)] ?? protocol.slice(0, -1)],
    ['Server', server],
    ['Database', decodeURIComponent(pathname.slice(1))],
    ['Role', decodeURIComponent(username)],
  ];
  const list = facts.map(([name, value]) => `<dt>${escapeHtml(name!)}</dt><dd>${escapeHtml(value!)}</dd>`).join('');
  return page(
    `The password of ${database.id}`,
    `<dl>${list}</dl>
<form method="post" action="${escapeHtml(path)}" autocomplete="off">
<label for="password">Password of the role</label>
<input id="password" name="password" type="password" required autofocus maxlength="1000" autocomplete="new-password">
<button>Seal it and connect</button>
</form>
<p class="quiet">It is kept encrypted on Querent’s machine, sent to this server alone, and shown to nobody, in Slack or here. This page works once.</p>`,
  );
}
