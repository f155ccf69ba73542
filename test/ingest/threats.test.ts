import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readThreats, type ThreatFormat } from '../../src/ingest/threats/read-threats.ts';
import type { Sighting } from '../../src/ingest/threats/sighting.ts';
import { parseStixPattern } from '../../src/ingest/threats/stix-pattern.ts';

const DEFAULTS = { level: 'MEDIUM', source: 'feed', confidence: 50 } as const;

/** Reads a feed that comes in pieces of a size. */
async function read(text: string, { size = 1_000_000, format = 'auto' as ThreatFormat | 'auto' } = {}) {
  const bytes = Buffer.from(text);
  const notes: string[] = [];
  const sightings: Sighting[] = [];
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const note = (line: number, column: number, message: string) => void notes.push(`${line}:${column}: ${message}`);
  for await (const sighting of readThreats(chunks(), note, DEFAULTS, format)) sightings.push(sighting);
  return { sightings, notes };
}

const indicator = (fields: object) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: 'indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-02-01T00:00:00.000Z',
  pattern: "[ipv4-addr:value = '198.51.100.7']",
  pattern_type: 'stix',
  valid_from: '2026-01-15T00:00:00Z',
  ...fields,
});
const bundle = (...objects: object[]) =>
  JSON.stringify({ type: 'bundle', id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d', objects }, null, 1);

describe('a STIX pattern', () => {
  test.each([
    ["[ipv4-addr:value = '198.51.100.7']", 'ipv4-addr', '198.51.100.7'],
    ["[domain-name:value='bad.example']", 'domain-name', 'bad.example'],
    [" [ url:value = 'https://bad.example/?a=\\'b\\'&c=\\\\d' ] ", 'url', "https://bad.example/?a='b'&c=\\d"],
    ["[file:hashes.'SHA-256' = 'AB12']", 'file:sha-256', 'AB12'],
    ["[file:hashes.MD5 = 'ab']", 'file:md5', 'ab'],
    ["[file:hashes.SHA1 = 'ab']", 'file:sha-1', 'ab'],
    ["[file:name = 'a b.exe']", 'file:name', 'a b.exe'],
    ["[email-addr:value = 'a@bad.example']", 'email-addr', 'a@bad.example'],
  ])('%s is a comparison', (pattern, type, value) => {
    expect(parseStixPattern(pattern)).toEqual({ type, value });
  });

  test.each([
    "[ipv4-addr:value = '1' OR ipv4-addr:value = '2']",
    "[ipv4-addr:value = '1'] AND [url:value = 'x']",
    "[ipv4-addr:value != '1']",
    "[ipv4-addr:value LIKE '1%']",
    "[url:value = 'un'quoted']",
    "[url:value = 'open]",
    "[x:value = 'a\\z']",
    "[network-traffic:dst_ref.'x'.value = '1']",
    '[ipv4-addr:value = 7]',
    '',
  ])('%s is more than one, or none', (pattern) => {
    expect(() => parseStixPattern(pattern)).toThrow();
  });

  test('gives back any value that was escaped into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(parseStixPattern(`[url:value = '${value.replace(/[\\']/g, '\\$&')}']`).value).toBe(value);
      }),
    );
  });
});

describe('a STIX bundle', () => {
  test('gives its indicators, and what each says of itself', async () => {
    const { sightings, notes } = await read(
      bundle(
        { type: 'identity', name: 'indicator', nested: [{ type: 'indicator', objects: [] }] },
        indicator({}),
        indicator({
          pattern: "[domain-name:value = 'BAD.example']",
          confidence: 85,
          indicator_types: ['benign', 'compromised'],
          modified: undefined,
        }),
        indicator({
          pattern: "[file:hashes.'SHA-256' = 'ABCDEF']",
          indicator_types: ['own-word'],
          valid_from: '2026-03-01T01:00:00+01:00',
        }),
      ),
    );
    expect(notes).toEqual([]);
    expect(sightings).toEqual([
      {
        type: 'ipv4-addr',
        value: '198.51.100.7',
        level: 'MEDIUM',
        source: 'feed',
        confidence: 50,
        firstSeenAt: '2026-01-15T00:00:00.000Z',
        lastSeenAt: '2026-02-01T00:00:00.000Z',
      },
      {
        type: 'domain-name',
        value: 'bad.example',
        level: 'HIGH',
        source: 'feed',
        confidence: 85,
        firstSeenAt: '2026-01-15T00:00:00.000Z',
        lastSeenAt: '2026-01-15T00:00:00.000Z',
      },
      {
        type: 'file:sha-256',
        value: 'abcdef',
        level: 'MEDIUM',
        source: 'feed',
        confidence: 50,
        firstSeenAt: '2026-03-01T00:00:00.000Z',
        lastSeenAt: '2026-03-01T00:00:00.000Z',
      },
    ]);
  });

  test.each([
    [{ pattern: "[a:value = '1' OR b:value = '2']" }, "its pattern is not one comparison: [a:value = '1' OR b:value = '2']"],
    [{ pattern: undefined }, 'it has no pattern'],
    [{ pattern_type: 'snort' }, 'its pattern is written in snort'],
    [{ revoked: true }, 'it is revoked'],
    [{ valid_from: 'yesterday' }, 'when it is valid from is no time such as 2026-11-21T08:00:00Z'],
    [{ valid_from: '2026-02-30T00:00:00Z' }, 'when it is valid from is no time such as 2026-11-21T08:00:00Z'],
    [{ valid_from: '2999-01-01T00:00:00Z' }, 'it was last seen in the future'],
    [{ confidence: 101 }, 'its confidence is no whole number from 0 to 100'],
    [{ pattern: `[url:value = '${'x'.repeat(2_001)}']` }, 'its value has 2001 bytes, not 1 to 2000'],
  ])('names the place of an indicator with %j, and gives the rest', async (fields, message) => {
    const { sightings, notes } = await read(bundle(indicator({ confidence: 1 }), indicator(fields), indicator({ confidence: 2 })));
    expect(sightings.map(({ confidence }) => confidence)).toEqual([1, 2]);
    // Line of the second object of the bundle: 4 before the first, 11 of it.
    expect(notes).toEqual([`16:3: an indicator is left out: ${message}`]);
  });

  test('that is cut off gives what was complete, and its place', async () => {
    const whole = bundle(indicator({}), indicator({}));
    const { sightings, notes } = await read(whole.slice(0, -40));
    expect(sightings).toHaveLength(1);
    expect(notes).toEqual([expect.stringMatching(/^\d+:\d+: the feed cannot be read further: the file ends inside/)]);
  });

  test.each(['[]', '{}', '{"objects": {}}', '{"objects": "x"}', '', '   ', '{'])('is not %j', async (text) => {
    const { sightings, notes } = await read(text);
    expect(sightings).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('the feed cannot be read further: ')]);
  });
});

describe('CSV', () => {
  test('is read by the names of its columns', async () => {
    const { sightings, notes } = await read(
      [
        'last_seen,VALUE,type,Level,confidence,source,first_seen,comment',
        '2026-02-01,bad.example,domain-name,critical,90,"Who, ""else""",2026-01-01T12:00:00Z,x',
        '',
        '2026-02-01 10:00:00,"https://bad.example/',
        'two lines",url,,,,,',
        '2026-02-01,198.51.100.7,IPV4-ADDR',
      ].join('\r\n'),
    );
    expect(notes).toEqual(['1:1: the column "comment" is not read']);
    expect(sightings).toEqual([
      {
        type: 'domain-name',
        value: 'bad.example',
        level: 'CRITICAL',
        source: 'Who, "else"',
        confidence: 90,
        firstSeenAt: '2026-01-01T12:00:00.000Z',
        lastSeenAt: '2026-02-01T00:00:00.000Z',
      },
      {
        type: 'url',
        value: 'https://bad.example/\r\ntwo lines',
        level: 'MEDIUM',
        source: 'feed',
        confidence: 50,
        firstSeenAt: '2026-02-01T10:00:00.000Z',
        lastSeenAt: '2026-02-01T10:00:00.000Z',
      },
      expect.objectContaining({ type: 'ipv4-addr', value: '198.51.100.7' }),
    ]);
  });

  test('names the line of what is wrong, and gives the rest', async () => {
    const { sightings, notes } = await read(
      [
        'type,value,level,confidence,last_seen,first_seen',
        'url,a,low,1,2026-01-01,',
        'Not a type,a,low,1,2026-01-01,',
        'url,,low,1,2026-01-01,',
        'url,"two',
        'lines",worse,1,2026-01-01,',
        'url,a,low,x,2026-01-01,',
        'url,a,low,1,,',
        'url,a,low,1,2026-01-01,2026-01-02',
        'url,b,low,1,2026-01-01,',
      ].join('\n'),
    );
    expect(sightings.map(({ value }) => value)).toEqual(['a', 'b']);
    expect(notes).toEqual(
      [
        '3:1: "not a type" is no type such as ipv4-addr, url or file:sha-256',
        '4:1: its value has 0 bytes, not 1 to 2000',
        '5:1: "worse" is no level (low, medium, high, critical)',
        '7:1: its confidence is no whole number from 0 to 100',
        '8:1: when it was last seen is no time such as 2026-11-21T08:00:00Z',
        '9:1: it was first seen after it was last seen',
      ].map((line) => line.replace(': ', ': an indicator is left out: ')),
    );
  });

  test.each([
    ['type,value\nurl,a', '1:1: the feed cannot be read further: not threat indicators: there is no column last_seen'],
    ['type,value,last_seen,type\nurl,a,2026-01-01,url', '1:1: the feed cannot be read further: the column type is there twice'],
    [
      'type,value,last_seen\nurl,"a,2026-01-01\n',
      '2:1: the feed cannot be read further: the file ends inside a field in quotes, of the record that begins here',
    ],
    [
      `type,value,last_seen\n\n"${'x'.repeat(200_000)}`,
      '3:1: the feed cannot be read further: the record that begins here is longer than 100000 characters',
    ],
  ])('that is broken is said to be, with its place', async (text, message) => {
    const { sightings, notes } = await read(text);
    expect(sightings).toEqual([]);
    expect(notes).toEqual([message]);
  });
});

test('a feed is the same in pieces of any size', async () => {
  const csv = 'type,value,last_seen\r\nurl,"é,""x""\r\ny",2026-01-01\r\nurl,,x\r\n\r\nurl,z,2026-01-01';
  for (const text of [bundle(indicator({}), indicator({ pattern: "[url:value = 'é']" }), indicator({ pattern: 'x' })), csv]) {
    const whole = await read(text);
    expect(whole.sightings).toHaveLength(2);
    for (let size = 1; size < 40; size += 1) expect(await read(text, { size })).toEqual(whole);
  }
});
