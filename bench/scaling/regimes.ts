// The two regimes that are measured apart, in the order in which they are shown.

export const REGIMES = ['sampled', 'exact'] as const;
export type Regime = (typeof REGIMES)[number];
