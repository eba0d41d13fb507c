// A checked budget as JUnit XML, which CI servers read as test results: one test case a rule. There is no one specification;
// this keeps to what https://github.com/testmoapp/junitxml calls common. Written by hand, since it is four elements. Lost:
// figures of limits that hold.
import type { BudgetResult, RuleResult } from '../budget/check.ts';
import { absencesText, closingText, incompleteText, measurementText, ruleText } from '../budget/wording.ts';
import { relativePath } from './location.ts';
import { printable } from './text-width.ts';

/** Options of {@link renderBudgetJunit}. */
export interface BudgetJunitOptions {
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
  /** Name of the test suite. Default `everycall budget`. */
  readonly suite?: string;
}

export function renderBudgetJunit(result: BudgetResult, options: BudgetJunitOptions = {}): string {
  const { cwd, suite = 'everycall budget' } = options;
  const failures = result.rules.filter(({ ok }) => !ok).length;
  const counts = { tests: result.rules.length, failures, errors: 0 };
  const names = uniqueNames(result.rules.map(({ rule }) => ruleText(rule)));
  const incomplete = incompleteText(result);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    open('testsuites', { name: suite, ...counts }),
    open('testsuite', { name: suite, ...counts, skipped: 0 }),
    ...result.rules.flatMap((rule, i) => testCase(rule, names[i], suite, cwd)),
    `<system-out>${escaped(closingText(result))}</system-out>`,
    ...(incomplete === null ? [] : [`<system-err>${escaped(incomplete)}</system-err>`]),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(result: RuleResult, name: string, suite: string, cwd: string | undefined): string[] {
  const { rule, ok, absent, measurements } = result;
  const broken = measurements.filter((measurement) => !measurement.ok);
  const place = broken.find(({ file }) => file !== '');
  const attributes = {
    classname: suite,
    name,
    ...(place !== undefined && { file: relativePath(place.file, cwd), line: place.line }),
  };
  if (ok) return [open('testcase', attributes).replace(/>$/, '/>')];
  const lines =
    absent.length > 0
      ? [absencesText(result)]
      : broken.map((measurement) => {
          const { name, file, line } = measurement;
          const where = file === '' ? '' : ` (${relativePath(file, cwd)}:${line})`;
          return `${name}${where}: ${measurementText(measurement, rule)}`;
        });
  const message = lines.length === 1 ? lines[0] : `${lines[0]}; and ${lines.length - 1} more`;
  const type = absent.length > 0 ? 'absent' : 'broken';
  return [
    open('testcase', attributes),
    `${open('failure', { message, type })}${lines.map(escaped).join('\n')}</failure>`,
    '</testcase>',
  ];
}

/** CI servers tell test cases apart by their names. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function open(element: string, attributes: Readonly<Record<string, string | number>>): string {
  const list = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<${element}${list.join('')}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML has no way to say (control characters, half a surrogate pair, U+FFFE) is said as an escape such as `\u{1b}`. */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]/g, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
    .replace(/[&<>"]/g, (char) => ENTITIES[char]);
}
