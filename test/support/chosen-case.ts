// One case of a generated suite alone: EVERYCALL_CASE names it, as it is printed where it fails. Not in CI, where a variable
// that was left set would hide all others.

/** What the variable says; `undefined` means all cases. */
export const CHOSEN_CASE = process.env.CI ? undefined : process.env.EVERYCALL_CASE;

/** Whether the case is to be run. */
export const isChosen = (id: string): boolean => CHOSEN_CASE === undefined || CHOSEN_CASE === id;
