import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { secretIn } from '#src/domain/secret-text.ts';

describe('a text that looks like a secret', () => {
  it.each([
    'postgres://reader:hunter2@db.example/shop',
    'use mysql://:hunter2@db/x',
    'password=hunter22',
    'Password: hunter22!',
    'the api key = abcd1234',
    'secret="longword"',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    '-----BEGIN PRIVATE KEY-----',
    'xoxb-1234567890-abcdef',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_0123456789abcdefghij',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc',
    'q7Fh2kP9sLx4Tz8Wm3Yc6Vb1Nd5Jg0Ra',
    '5f4dcc3b5aa765d61d8327deb882cf99aa',
  ])('is told: %s', (text) => assert.ok(secretIn(text)));

  it.each([
    'How many users have password = null?',
    'how many customers reset their password in 2024?',
    'show the token: the one of the shop',
    'which orders have a secret code?',
    'order 550e8400-e29b-41d4-a716-446655440000',
    'number_of_active_customers_by_region_and_month_2024',
    'see https://docs.example.com/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit',
    'postgres://reader@db.example:5432/shop',
    'db-prod-eu-west-1.cluster-c1abcdefghij.rds.example.com',
    'mail ada@example.com',
    '00000000000000000000000000000000000000001',
  ])('is not made of %s', (text) => assert.ok(!secretIn(text)));
});
