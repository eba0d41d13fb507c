import type { Profile } from '../../src/profile.ts';

export function problemOf(profile: Profile): string | null;
