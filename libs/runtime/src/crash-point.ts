/**
 * Places at which a test can make the process kill itself, so that recovery from a crash at
 * exactly this moment is proved and not argued. In production nothing is ever armed.
 */
export const CRASH_POINTS = [
  'scanner.after-fetch',
  'scanner.before-commit',
  'scanner.after-commit',
  'relay.before-publish',
  'relay.after-ack',
  'accounts.after-consume',
  'accounts.before-commit',
  'accounts.after-commit',
  'posting.before-writing',
  'posting.half-written',
  'consumer.before-offsets',
  'consumer.after-offsets',
  'payments.before-commit',
  'payments.after-commit',
  'settlement.before-commit',
  'settlement.after-commit',
  'analytics.before-commit',
  'analytics.after-commit',
  'sandbox.before-answer',
  'sandbox.after-callback',
  'signer.after-journal',
  'reconciliation.before-commit',
  'reconciliation.after-commit',
  'withdrawals.after-sign',
  'withdrawals.after-broadcast',
  'withdrawals.before-commit',
  'withdrawals.after-commit',
  'notifications.before-commit',
  'notifications.after-commit',
  'notifications.after-send',
  'notifications.after-call',
  'rebuild.before-commit',
  'rebuild.after-commit',
  'rebuild.before-compare',
  'rebuild.before-put-in-place',
  'rebuild.after-put-in-place',
] as const

export type CrashPoint = (typeof CRASH_POINTS)[number]

let armed: { point: CrashPoint; remaining: number } | undefined

/**
 * Arms one point from a setting `name:n`: the process gets SIGKILL when it reaches `name` for the
 * n-th time. Refuses outside `NODE_ENV=test`. Throws when the setting names no crash point.
 */
export function armCrashPoint(setting: string | undefined, nodeEnv: string | undefined): void {
  if (setting === undefined || setting === '') return
  if (nodeEnv !== 'test') {
    throw new Error(
      'CRASH_AT makes the process kill itself; it is accepted with NODE_ENV=test only.',
    )
  }
  const [name = '', count = '1', ...rest] = setting.split(':')
  const point = CRASH_POINTS.find((candidate) => candidate === name)
  if (point === undefined || rest.length > 0 || !/^[1-9][0-9]*$/.test(count)) {
    throw new Error(
      `Invalid CRASH_AT ${JSON.stringify(setting)}. Expected name:n with n from 1 and a name of ` +
        `${CRASH_POINTS.join(', ')}.`,
    )
  }
  armed = { point, remaining: Number(count) }
}

/** Marks the moment `point`; kills the process there if a test armed it. */
export function crashPoint(point: CrashPoint): void {
  if (armed === undefined || armed.point !== point) return
  armed.remaining -= 1
  if (armed.remaining === 0) process.kill(process.pid, 'SIGKILL')
}
