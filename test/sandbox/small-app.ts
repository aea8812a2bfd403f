import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { type SandboxOptions, startSandbox } from '#src/sandbox/start-sandbox.ts';

/** A manifest with everything that the sandbox models. */
export const WHOLE_MANIFEST = {
  features: {
    app_home: { home_tab_enabled: true },
    slash_commands: [{ command: '/querent' }],
    shortcuts: [
      { name: 'Ask about this', type: 'message' as const, callback_id: 'ask_about' },
      { name: 'Ask a question', type: 'global' as const, callback_id: 'ask' },
    ],
  },
};

/** A real Bolt app, connected to a sandbox of its own. */
export async function startSmallApp(listen: (app: App) => void, options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ port: 0, manifest: WHOLE_MANIFEST, ...options });
  const api = { slackApiUrl: sandbox.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: sandbox.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: api },
  });
  const app = new App({
    token: sandbox.botToken,
    receiver,
    clientOptions: { ...api, retryConfig: { retries: 0 } },
    logLevel: LogLevel.ERROR,
    convoStore: false,
  });
  listen(app);
  await app.start();
  return {
    sandbox,
    client: app.client,
    async stop() {
      await receiver.client.disconnect();
      await sandbox.stop();
    },
  };
}

/** The code of Slack that a call fails with; undefined where it goes well. */
export const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: { data?: { error?: string } }) => error.data?.error ?? String(error),
  );
