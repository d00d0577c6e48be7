/** A day of UTC, which has no leap seconds in epoch milliseconds. */
export const dayMs = 86_400_000;
