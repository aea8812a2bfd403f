import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { grammarText, literal, oneOf } from '#src/domain/gbnf.ts';
import { readGbnf } from '#test/support/gbnf.ts';

const admits = (texts: readonly string[]) => readGbnf(grammarText([['root', oneOf(texts) ?? '']])).admits;

describe('one of several texts', () => {
  it('admits each of them, and none that is begun or goes on', () => {
    const texts = ['name', 'names', 'na', 'number', 'age', 'Age', 'größe', 'grün', '😀a', '😀b', '😁'];
    const isOne = admits(texts);
    for (const text of texts) assert.ok(isOne(text), text);
    for (const text of ['n', 'nam', 'namess', 'nage', 'gr', '😀', '']) assert.ok(!isOne(text), text);
  });

  it('writes common beginnings once', () => {
    assert.equal(oneOf(['song_name', 'song', 'singer', 'age']), '"age" | "s" ("inger" | "ong" ("_name")?)');
  });

  it('is none of none', () => assert.equal(oneOf(['']), undefined));
});

describe('a text in a grammar', () => {
  it.each(['"', '\\', 'a"b\\"c', '[^a] | "', 'two\nlines', '\u0001'])('stands for itself: %j', (text) => {
    assert.match(literal(text), /^"[^\n]*"$/);
    assert.ok(readGbnf(`root ::= ${literal(text)}`).admits(text));
  });
});

describe('our reader of grammars', () => {
  it('reads what llama.cpp reads, and refuses what it refuses', () => {
    const { admits: isOf } = readGbnf('root ::= first ("," first)* end?\nfirst ::= [a-c]+ | "x\\"y"\nend ::= "."');
    for (const text of ['a', 'ab,c', 'x"y,a.', 'ccc.']) assert.ok(isOf(text), text);
    for (const text of ['', 'd', 'a,', 'a..', ',a']) assert.ok(!isOf(text), text);
    assert.throws(() => readGbnf('root ::= my_word\nmy_word ::= "a"'));
    assert.throws(() => readGbnf('root ::= other'));
    assert.throws(() => readGbnf('root ::= ("a"'));
  });
});
