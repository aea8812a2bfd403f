export const DEMO_USAGE = `querent demo [--port N]
  Starts everything on this machine: a sample company's databases, the bot and a page that works like a Slack channel.
  --port N   the page's port (default 4980, or any free one if that is taken)
  Nothing is sent anywhere. The data lives in a temporary folder and goes away with Ctrl-C.`;
