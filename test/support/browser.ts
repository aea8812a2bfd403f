import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine; a line says where there is none, unless one is required. */
export const browserFile: string | undefined = process.env.QUERENT_BROWSER ?? BROWSERS.find((file) => existsSync(file));
if (!browserFile) {
  const line = 'The browser tests are skipped: no Chromium found (apt-get install chromium, or set QUERENT_BROWSER).';
  if (process.env.QUERENT_REQUIRE_BROWSER) throw new Error(line);
  console.log(line);
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserFile!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
