import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { succeeded } from '#test/support/edl-result.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/edl.md'), 'utf8');
const examples = [...page.matchAll(/```sql (\w+)\n([^`]+)\n```\n\n```edl\n([^`]+)\n```/g)].map(
  ([, engine, sql, steps]) => ({ engine: engine as Engine, sql: sql!, steps: steps! }),
);

describe('the page that teaches EDL', () => {
  it('has an example for each of its chapters', () => {
    assert.ok(examples.length >= 9, String(examples.length));
  });

  it.each(examples)('shows what the program says: $sql', ({ engine, sql, steps }) => {
    assert.equal(succeeded(explain(sql, engine)).text, steps);
    assert.ok(compile(steps, { engine }).ok);
  });
});
