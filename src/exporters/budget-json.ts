// A checked budget as JSON, for other programs: every rule with all that was measured. Nothing is lost; a standard error is
// in the unit of what it belongs to.
import type { BudgetResult } from '../budget/check.ts';
import { figureKind } from '../budget/figures.ts';
import { ruleText } from '../budget/wording.ts';

/** First field: tells it from other JSON. */
const FORMAT = 'everycall.budget-result';
/** Raised by every change to the fields. */
const VERSION = 1;

/** One JSON object, with two spaces of indentation. */
export function renderBudgetJson({ ok, rules, dropped }: BudgetResult): string {
  const result = {
    format: FORMAT,
    version: VERSION,
    ok,
    rulesHolding: rules.filter((rule) => rule.ok).length,
    rules: rules.map((result) => ({
      text: ruleText(result.rule),
      ok: result.ok,
      rule: result.rule,
      absent: result.absent,
      measurements: result.measurements.map(({ figure, ...measurement }) => ({
        figure,
        unit: figureKind(figure).unit,
        ...measurement,
      })),
    })),
    dropped,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
