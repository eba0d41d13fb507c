import { expect } from 'chai';
import { canHoldCode, formatByName, formatOfNode, needsCompiling } from '../../src/register/formats.ts';
import { projects } from './programs.ts';

describe('formatByName()', () => {
  const project = projects();

  it('follows the extension, then the nearest package.json that is not beyond node_modules', () => {
    const program = project({
      'package.json': '{"type":"module"}',
      'inner/package.json': '{"type":"commonjs"}',
      'typeless/package.json': '{}',
      'broken/package.json': '{',
      'node_modules/dep/x.js': '',
    });
    const formatOf = (name: string) => formatByName(program.path(name));
    expect(formatOf('a.js')).to.equal('module');
    expect(formatOf('a.ts')).to.equal('module');
    expect(formatOf('a.cjs')).to.equal('commonjs');
    expect(formatOf('inner/deep/a.tsx')).to.equal('commonjs');
    expect(formatOf('inner/a.mts')).to.equal('module');
    for (const name of ['typeless/a.js', 'broken/a.js', 'node_modules/dep/x.js']) {
      expect(formatOf(name), name).to.equal(undefined);
    }
  });
});

describe('formatOfNode()', () => {
  it('tells formats that hold JavaScript from those that do not and from none', () => {
    expect(formatOfNode('module-typescript')).to.equal('module');
    expect(formatOfNode('commonjs')).to.equal('commonjs');
    expect(formatOfNode('typescript')).to.equal(undefined);
    expect(formatOfNode(null)).to.equal(undefined);
    for (const other of ['json', 'wasm', 'builtin', 'addon']) expect(formatOfNode(other)).to.equal(null);
  });
});

describe('needsCompiling() and canHoldCode()', () => {
  it('go by the extension', () => {
    expect(['a.ts', 'a.mts', 'a.cts', 'a.tsx', 'a.jsx'].every(needsCompiling)).to.equal(true);
    expect(['a.js', 'a.d.ts', 'a.d.mts', 'ats'].some(needsCompiling)).to.equal(false);
    expect(['a.js', 'a.mjs', 'script', 'a.cts'].every(canHoldCode)).to.equal(true);
    expect(['a.json', 'a.node', 'a.wasm', 'a.css'].some(canHoldCode)).to.equal(false);
  });
});
