import assert from 'node:assert/strict';
import { it } from 'vitest';
import { openMetrics } from '#src/slack/health/metrics.ts';

const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.includes(`querent_${name}`));

it('writes counts by label, with what the format escapes', () => {
  const metrics = openMetrics();
  metrics.count('rate_limited_total', { method: 'chat.update' });
  metrics.count('rate_limited_total', { method: 'chat.update' });
  metrics.count('rate_limited_total', { method: 'a"b\\c' });
  assert.deepEqual(linesOf(metrics.text(), 'rate_limited_total'), [
    '# HELP querent_rate_limited_total Calls that Slack refused with 429, by method.',
    '# TYPE querent_rate_limited_total counter',
    'querent_rate_limited_total{method="chat.update"} 2',
    'querent_rate_limited_total{method="a\\"b\\\\c"} 1',
  ]);
});

it('writes times as buckets that hold all below them, in seconds', () => {
  const metrics = openMetrics();
  for (const ms of [40, 250, 700, 60_000]) metrics.observe('ack_seconds', ms);
  assert.deepEqual(linesOf(metrics.text(), 'ack_seconds').slice(1), [
    '# TYPE querent_ack_seconds histogram',
    'querent_ack_seconds_bucket{le="0.05"} 1',
    'querent_ack_seconds_bucket{le="0.1"} 1',
    'querent_ack_seconds_bucket{le="0.25"} 2',
    'querent_ack_seconds_bucket{le="0.5"} 2',
    'querent_ack_seconds_bucket{le="1"} 3',
    'querent_ack_seconds_bucket{le="2"} 3',
    'querent_ack_seconds_bucket{le="3"} 3',
    'querent_ack_seconds_bucket{le="5"} 3',
    'querent_ack_seconds_bucket{le="10"} 3',
    'querent_ack_seconds_bucket{le="+Inf"} 4',
    'querent_ack_seconds_sum 60.99',
    'querent_ack_seconds_count 4',
  ]);
});
