import type { SocketModeReceiver } from '@slack/bolt';

type Client = SocketModeReceiver['client'];

/**
 * Says in the log, once, that Socket Mode was switched off for the app, and when it is on again. The client tries again every
 * five seconds for as long as it is off, and says nothing of why. Once for all clients that it is called with.
 */
export function tellOfLink(log: (message: string) => void): (socket: Client) => void {
  let isOff = false;
  return (socket) => {
    socket.on('ws_message', (data: unknown) => {
      if (isOff || !isLinkDisabled(data)) return;
      isOff = true;
      log(
        'Slack sends nothing any more, as Socket Mode is switched off for this app (link_disabled): an admin of the app can switch it on under “Socket Mode” at https://api.slack.com/apps. The bot goes on by itself then.',
      );
    });
    socket.on('connected', () => {
      if (isOff) log('Socket Mode is on again: Slack sends what happens.');
      isOff = false;
    });
  };
}

/**
 * Ends the connection, or the tries to connect. Tries that never came through listen for the end in order to reject, and nobody
 * catches that in the client (3.1.0): it would end the process.
 */
export async function hangUp(socket: Client): Promise<void> {
  socket.removeAllListeners('disconnected');
  await socket.disconnect();
}

function isLinkDisabled(data: unknown): boolean {
  try {
    const { type, reason } = JSON.parse(String(data)) as { type?: unknown; reason?: unknown };
    return type === 'disconnect' && reason === 'link_disabled';
  } catch {
    return false; // the client passes over what is no JSON, too
  }
}
