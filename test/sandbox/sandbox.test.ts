import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { renderBlocks, renderMrkdwn } from '#src/sandbox/page/render.ts';
import { toHtml } from '#src/sandbox/page/tree.ts';
import { startSandbox } from '#src/sandbox/start-sandbox.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

const call = async (method: string, body: object, token = sandbox.botToken) => {
  const response = await fetch(`${sandbox.apiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as {
    ok: boolean;
    error?: string;
    ts?: string;
    response_metadata?: { messages: string[] };
  };
};
const origin = () => new URL(sandbox.url).origin;

describe("the sandbox as Slack's Web API", () => {
  it('answers errors as Slack does: ok false and a code', async () => {
    assert.equal((await call('auth.test', {}, 'xoxb-wrong')).error, 'invalid_auth');
    assert.equal((await call('no.such.method', {})).error, 'unknown_method');
    assert.equal((await call('chat.postMessage', { channel: 'nope', text: 'x' })).error, 'channel_not_found');
    assert.equal((await call('chat.postMessage', { channel: 'C0GENERAL' })).error, 'no_text');
    assert.equal((await call('views.open', { trigger_id: 'old', view: {} })).error, 'invalid_trigger_id');
  });

  it('refuses blocks beyond the limits and points at them', async () => {
    const long = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }];
    const reply = await call('chat.postMessage', { channel: 'C0GENERAL', text: 'x', blocks: long });
    assert.equal(reply.error, 'invalid_blocks');
    assert.match(reply.response_metadata!.messages[0]!, /json-pointer:\/blocks\/0\/text/);
  });

  it('takes form bodies with nested JSON, as the SDK sends them', async () => {
    const body = new URLSearchParams({
      channel: 'C0GENERAL',
      text: 'x',
      blocks: JSON.stringify([{ type: 'divider' }]),
      token: sandbox.botToken,
    });
    const response = await fetch(`${sandbox.apiUrl}chat.postMessage`, { method: 'POST', body });
    assert.equal(((await response.json()) as { ok: boolean }).ok, true);
  });
});

describe('the sandbox as a web server', () => {
  it('opens only with its token, from its own origin and host', async () => {
    assert.equal((await fetch(`${origin()}/`)).status, 403);
    assert.equal((await fetch(sandbox.url)).status, 200);
    assert.equal((await fetch(sandbox.url, { headers: { origin: 'http://evil.example' } })).status, 403);
    const act = await fetch(`${origin()}/act${new URL(sandbox.url).search}`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
      body: '{}',
    });
    assert.equal(act.status, 403);
  });

  it('lets nobody act in a conversation that they are not in', async () => {
    const act = await fetch(`${origin()}/act${new URL(sandbox.url).search}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'say', user: 'U0ADA', channel: 'C0FINANCE', text: 'x' }),
    });
    assert.equal(act.status, 403);
  });

  it('forbids everything that it does not need', async () => {
    const policy = (await fetch(sandbox.url)).headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
  });

  it('serves no file but its own', async () => {
    for (const path of ['/../package.json', '/page/page.ts', '/file/%2e%2e%2fpackage.json']) {
      assert.ok((await fetch(`${origin()}${path}${new URL(sandbox.url).search}`)).status >= 400, path);
    }
  });
});

describe('the renderer', () => {
  const context = { nameOf: () => 'Ada' };
  const html = (block: object) => renderBlocks([block], context).map(toHtml).join('');

  it('turns data into text, never into markup', () => {
    const evil = '<img src=x onerror=alert(1)>';
    assert.doesNotMatch(
      html({
        type: 'data_table',
        caption: evil,
        rows: [[{ type: 'raw_text', text: evil }], [{ type: 'raw_text', text: evil }]],
      }),
      /<img/,
    );
    assert.doesNotMatch(html({ type: 'section', text: { type: 'mrkdwn', text: evil } }), /<img/);
    assert.doesNotMatch(html({ type: evil }), /<img/);
  });

  it('draws bold, code, mentions, signs and line breaks', () => {
    assert.equal(
      renderMrkdwn('*a* `b` <@U1>\nc &lt; :warning: 9:a:b', context).map(toHtml).join(''),
      '<strong>a</strong> <code>b</code> <span class="mention">@Ada</span><br>c &lt; ⚠️ 9:a:b',
    );
  });

  it('draws several series in groups with their names, and links that lead to the web alone', () => {
    const series = ['sold', 'returned'].map((name) => ({
      name,
      data: [
        { label: 'a', value: 1 },
        { label: 'b', value: 3 },
      ],
    }));
    const chart = html({ type: 'data_visualization', title: 't', chart: { type: 'bar', series, axis_config: {} } });
    assert.equal(chart.match(/<rect/g)?.length, 2 * 2 * 2);
    assert.match(chart, /<li class="s1">returned<\/li>/);
    const said = (text: string) => renderMrkdwn(text, context).map(toHtml).join('');
    assert.match(said('<https://a.example/x?b=1|Go on>'), /<a href="https:\/\/a.example\/x\?b=1"[^>]*>Go on<\/a>/);
    assert.doesNotMatch(said('<javascript:alert(1)|x>'), /<a/);
  });

  it('shows a block that it does not know as such', () => {
    assert.match(html({ type: 'hologram' }), /“hologram” is not supported by the sandbox/);
  });

  it('folds a collapsed container and opens another', () => {
    const container = {
      type: 'container',
      title: { type: 'plain_text', text: 'T' },
      is_collapsible: true,
      child_blocks: [{ type: 'divider' }],
    };
    assert.match(html({ ...container, default_collapsed: true }), /<details class="b-container"><summary>T/);
    assert.match(html(container), /<details class="b-container" open="">/);
  });

  it('draws charts as bars or a line with their values, for a wide screen and a narrow one', () => {
    const chart = (type: string) =>
      html({
        type: 'data_visualization',
        title: 't',
        chart: {
          type,
          series: [
            {
              name: 'n',
              data: [
                { label: 'a', value: 1 },
                { label: 'b', value: 3 },
              ],
            },
          ],
          axis_config: { x_label: 'k', y_label: 'n' },
        },
      });
    assert.equal(chart('bar').match(/<rect/g)?.length, 2 * 2);
    assert.match(chart('line'), /<polyline/);
    assert.match(chart('bar'), /<title>b: 3<\/title>/);
  });
});
