/**
 * SQLSTATE classes that say "not now" and not "never": connection exceptions (08), transaction
 * rollback such as deadlock and serialization failure (40), insufficient resources (53), operator
 * intervention such as shutdown (57), and lock not available (55P03). So do a server that is only
 * to be read, as a standby is after a failover (25006), a disk that fails (58), and damaged tables
 * (XX001, XX002): they say nothing of what was asked, and somebody has to see to the server.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const TRANSIENT_STATE = /^(08|40|53|57|58)|^(25006|55P03|XX001|XX002)$/

/** What the operating system calls a server that is away. */
const TRANSIENT_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/** What the driver says, without a code, of a connection that is gone or was never there. */
const TRANSIENT_MESSAGE =
  /^Connection terminated|is not queryable$|trying to connect$|after calling end on the pool$/

/**
 * Whether PostgreSQL may well do the same thing if asked again. After such a failure of COMMIT the
 * transaction may or may not have been committed: what is repeated must be idempotent.
 */
export function isTransientPostgresError(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : ''
    if (TRANSIENT_MESSAGE.test(current.message)) return true
    if (TRANSIENT_CODES.has(code) || (code.length === 5 && TRANSIENT_STATE.test(code))) return true
  }
  return false
}
