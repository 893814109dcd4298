/** The PostgreSQL role of an app: `coffer_scanner`. */
export const roleOf = (app: string): string => `coffer_${app}`
