/** What the contract calls an id. */
export const idPattern = /^[A-Za-z0-9._:@-]{1,128}$/;

let count = 0;

/** An id that no other test uses, for sessions that a client brings. */
export function freshId(prefix = "test"): string {
  count += 1;
  return `${prefix}-${process.pid}-${count}`;
}
