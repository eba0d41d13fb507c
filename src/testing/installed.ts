// The counts that the assertion plugins use: the one place where they learn how to find a function object in a profile.
import { isInstrumented, matches } from '../api.ts';
import { createCounts } from './counts.ts';
import type { Counts } from './counts.ts';

export const counts: Counts = createCounts({ matches, isInstrumented });
