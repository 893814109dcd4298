import { roleOf } from './role-of.ts'

/**
 * What a connection of an app begins with, as `PGOPTIONS` or `options` of a URL: it is the app's
 * role from then on, so that nothing is asked of the database for it later.
 */
export const connectingAs = (app: string): string => `-c role=${roleOf(app)}`
