// Checks data against a schema; every fifth order is wrong.
const { z } = require('zod');

const ORDERS = 1_000;
const Order = z.object({
  id: z.number().int().positive(),
  email: z.string().min(3).max(80).regex(/@/),
  lines: z.array(z.object({ sku: z.string().length(6), count: z.number().int().min(1) })).min(1),
  payment: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('card'), last4: z.string().length(4) }),
    z.object({ kind: z.literal('invoice'), days: z.number().max(90) }),
  ]),
  note: z.string().optional(),
});
const orders = Array.from({ length: ORDERS }, (_, i) => ({
  id: i + 1,
  email: `user${i}@example.org`,
  lines: [1, 2, 3].map((n) => ({ sku: `SKU${String(i % 100).padStart(2, '0')}${n}`, count: n })),
  payment: i % 2 === 0 ? { kind: 'card', last4: '4242' } : { kind: 'invoice', days: i % 5 === 0 ? 91 : 30 },
  note: i % 10 === 0 ? 1 : undefined,
}));

exports.run = () => {
  let valid = 0;
  let issues = 0;
  for (const order of orders) {
    const result = Order.safeParse(order);
    if (result.success) valid++;
    else issues += result.error.issues.length;
  }
  return { valid, issues };
};
exports.expected = { valid: (ORDERS * 4) / 5, issues: ORDERS / 5 }; // even ones have a wrong note, odd ones wrong days
