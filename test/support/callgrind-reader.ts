// A reader of callgrind's format that is as strict as KCachegrind.
import { expect } from 'chai';

export interface ReadFunction {
  readonly line: number;
  readonly costs: readonly number[];
  /** By `file:name` of the callee. */
  readonly calls: Record<string, { calls: number; targetLine: number; line: number; costs: readonly number[] }>;
}

interface ReadPart {
  readonly header: Record<string, string>;
  readonly functions: Record<string, ReadFunction>;
}

/** Refuses whatever the grammar has not, and numbers written twice in a part, not written before, or of two names. */
export function readCallgrind(text: string): { events: string[]; parts: ReadPart[]; header: string[] } {
  const parts: ReadPart[] = [];
  const header: string[] = [];
  const everywhere = new Map<string, string>();
  let known = new Map<string, string>();
  let events: string[] = [];
  let file = '';
  let calledFile: string | undefined;
  let callee = '';
  let call: [calls: number, targetLine: number] | undefined;
  let current: ReadFunction | undefined;
  const resolve = (space: 'file' | 'function', spec: string) => {
    const [, id, name] = /^\((\d+)\)(?: (.+))?$/.exec(spec)!;
    const key = `${space} ${id}`;
    if (name === undefined) expect(known.has(key), `${key} is written before`).to.equal(true);
    else {
      expect(known.has(key), `${key} is written twice`).to.equal(false);
      expect(everywhere.get(key) ?? name, `${key} has two names`).to.equal(name);
      known.set(key, name);
      everywhere.set(key, name);
    }
    return known.get(key)!;
  };
  const lines = text.split('\n');
  expect(lines.pop()).to.equal('');
  for (const line of lines) {
    const [, key, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    const [, spec, position] = /^(fl|fn|cfi|cfn|calls)=(.*)$/.exec(line) ?? [];
    const cost = /^\d+( \d+)+$/.exec(line);
    if (line === '' || line.startsWith('#')) continue;
    else if (key === 'part') {
      parts.push({ header: {}, functions: {} });
      known = new Map();
      expect(value).to.equal(String(parts.length));
    } else if (key === 'events') events = value.split(' ');
    else if (key !== undefined && parts.length > 0) parts.at(-1)!.header[key] = value;
    else if (key !== undefined) header.push(line);
    else if (spec === 'fl') file = resolve('file', position);
    else if (spec === 'fn') {
      const name = `${file}:${resolve('function', position)}`;
      expect(parts.at(-1)!.functions).to.not.have.property(name);
      current = parts.at(-1)!.functions[name] = { line: -1, costs: [], calls: {} };
    } else if (spec === 'cfi') calledFile = resolve('file', position);
    else if (spec === 'cfn') callee = `${calledFile ?? file}:${resolve('function', position)}`;
    else if (spec === 'calls') call = position.split(' ').map(Number) as [number, number];
    else if (cost !== null) {
      const [at, ...costs] = line.split(' ').map(Number);
      expect(costs.length).to.equal(events.length);
      if (call === undefined) Object.assign(current!, { line: at, costs });
      else {
        expect(current!.calls).to.not.have.property(callee);
        current!.calls[callee] = { calls: call[0], targetLine: call[1], line: at, costs };
      }
      call = calledFile = undefined;
    } else throw new Error(`not a line of the format: ${line}`);
  }
  return { events, parts, header };
}
