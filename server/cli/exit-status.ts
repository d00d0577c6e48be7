/** Those of sysexits.h where it has one. */
export const exitStatus = { done: 0, failed: 1, refused: 64, unavailable: 69, notAllowed: 77, settings: 78, cancelled: 130 } as const;
