/**
 * SQLSTATE classes that say "not now" and not "never": connection exceptions (08), transaction
 * rollback such as deadlock and serialization failure (40), insufficient resources (53), operator
 * intervention such as shutdown (57), lock not available (55P03), and a transaction that idled
 * (25P03). So do a server that is only to be read, as a standby is after a failover (25006), a disk
 * that fails (58), damaged tables (XX001, XX002), a login that is refused (28, 3D000), and a right
 * that a role lacks (42501): they say nothing of what was asked, and somebody has to see to the
 * server.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const TRANSIENT_STATE = /^(08|28|40|53|57|58)|^(25006|3D000|25P03|42501|55P03|XX001|XX002)$/

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

/**
 * What the driver says, without a code, of a connection that is gone or was never there; and what
 * the server says, with the code of any wrong value, of one that is to begin as a missing role.
 */
const TRANSIENT_MESSAGES = [
  /^Connection terminated/,
  /is not queryable$/,
  /trying to connect$/,
  /after calling end on the pool$/,
  /^role ".+" does not exist$/,
]

/**
 * Whether PostgreSQL may well do the same thing if asked again. After such a failure of COMMIT the
 * transaction may or may not have been committed: what is repeated must be idempotent.
 */
export function isTransientPostgresError(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : ''
    const { message } = current
    if (TRANSIENT_MESSAGES.some((each) => each.test(message))) return true
    if (TRANSIENT_CODES.has(code) || (code.length === 5 && TRANSIENT_STATE.test(code))) return true
  }
  return false
}
