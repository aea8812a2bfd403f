import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { calendarAt } from '#src/domain/calendar.ts';
import { dayAt, instantOf, instantText, isTimeZone, isUtc, startOfDay, utcText } from '#src/domain/time-zone.ts';

describe('a day in a time zone', () => {
  it.each([
    ['2026-10-24T21:59:59Z', 'Europe/Oslo', '2026-10-24'],
    ['2026-10-24T22:00:00Z', 'Europe/Oslo', '2026-10-25'],
    ['2026-02-28T11:00:00Z', 'Pacific/Auckland', '2026-03-01'],
    ['2026-03-01T07:59:59Z', 'America/Los_Angeles', '2026-02-28'],
    ['2028-02-29T10:59:00Z', 'Pacific/Auckland', '2028-02-29'],
    ['2028-03-01T07:59:00Z', 'America/Los_Angeles', '2028-02-29'],
    ['2026-12-31T23:30:00Z', 'UTC', '2026-12-31'],
    ['2026-06-30T18:30:00Z', 'Asia/Kolkata', '2026-07-01'],
    ['1969-12-31T23:59:59.500Z', 'UTC', '1969-12-31'],
  ])('at %s is in %s the %s', (instant, timeZone, day) => {
    assert.equal(dayAt(new Date(instant), timeZone), day);
  });

  it.each([
    ['2026-10-25', 'Europe/Oslo', '2026-10-25 00:00:00+02:00'],
    ['2026-10-26', 'Europe/Oslo', '2026-10-26 00:00:00+01:00'],
    ['2026-03-29', 'Europe/Oslo', '2026-03-29 00:00:00+01:00'],
    ['2026-03-30', 'Europe/Oslo', '2026-03-30 00:00:00+02:00'],
    ['2026-04-05', 'Pacific/Auckland', '2026-04-05 00:00:00+13:00'],
    ['2026-04-06', 'Pacific/Auckland', '2026-04-06 00:00:00+12:00'],
    ['2026-11-01', 'America/Los_Angeles', '2026-11-01 00:00:00-07:00'],
    ['2026-11-02', 'America/Los_Angeles', '2026-11-02 00:00:00-08:00'],
    ['2026-01-01', 'Asia/Kathmandu', '2026-01-01 00:00:00+05:45'],
    ['2026-01-01', 'America/St_Johns', '2026-01-01 00:00:00-03:30'],
    ['2026-01-01', 'UTC', '2026-01-01 00:00:00+00:00'],
  ])('%s begins in %s at %s', (day, timeZone, text) => {
    assert.equal(instantText(startOfDay(day, timeZone), timeZone), text);
  });

  it('begins at 01:00 where the clocks are set forward over midnight', () => {
    assert.equal(
      instantText(startOfDay('2018-11-04', 'America/Sao_Paulo'), 'America/Sao_Paulo'),
      '2018-11-04 01:00:00-02:00',
    );
  });

  it('begins with the first midnight where the clocks are set back to it', () => {
    assert.equal(
      instantText(startOfDay('2026-11-01', 'America/Havana'), 'America/Havana'),
      '2026-11-01 00:00:00-04:00',
    );
  });

  it('begins with the second pass of midnight where the first belongs to the day before', () => {
    assert.equal(
      instantText(startOfDay('2018-02-18', 'America/Sao_Paulo'), 'America/Sao_Paulo'),
      '2018-02-18 00:00:00-03:00',
    );
    assert.equal(utcText(startOfDay('2018-02-18', 'America/Sao_Paulo')), '2018-02-18 03:00:00');
  });
});

it('an instant is read back from its text, whatever the offset', () => {
  const instant = Date.parse('2026-10-24T22:00:00Z');
  for (const text of [
    '2026-10-25 00:00:00+02:00',
    '2026-10-24T22:00:00Z',
    '2026-10-25 00:00+02',
    '2026-10-24 14:00:00-0800',
  ])
    assert.equal(instantOf(text), instant, text);
  for (const text of ['2026-10-25 00:00:00', '2026-10-25', '+02:00', ''])
    assert.equal(instantOf(text), undefined, text);
});

it('knows names of zones from offsets and mistakes', () => {
  for (const name of ['Europe/Oslo', 'UTC', 'America/Argentina/Buenos_Aires']) assert.ok(isTimeZone(name), name);
  for (const name of ['Oslo', '+02:00', '', 'Europe/Atlantis']) assert.ok(!isTimeZone(name), name);
  assert.ok(isUtc('Etc/UTC') && isUtc('GMT') && !isUtc('Europe/London'));
});

it('the calendar is the asker’s, and the configured one where their zone is not known', () => {
  const settings = { timeZone: 'America/Los_Angeles', weekStart: 'sunday', fiscalYearStart: 4 } as const;
  const now = new Date('2026-03-01T00:30:00Z');
  assert.deepEqual(calendarAt(now, settings, 'Europe/Oslo'), {
    ...settings,
    timeZone: 'Europe/Oslo',
    today: '2026-03-01',
  });
  assert.equal(calendarAt(now, settings).today, '2026-02-28');
  assert.equal(calendarAt(now, settings, 'Mars/Olympus').timeZone, 'America/Los_Angeles');
});
