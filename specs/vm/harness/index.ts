/** Virtual machines for specs; start at boot.ts. */
export { bootGuest, stopGuests, type Guest } from './boot';
export type { GuestProcess, Outcome } from './shell';
