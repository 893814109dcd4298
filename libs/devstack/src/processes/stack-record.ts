import type { ProcessIdentity } from './process-identity.ts'

/** A process that must not outlive its stack. */
export type RecordedProcess = ProcessIdentity & {
  name: string
  /**
   * What ends it at once: SIGKILL, but SIGQUIT for PostgreSQL, whose postmaster then ends its
   * own children too.
   */
  signal: 'SIGKILL' | 'SIGQUIT'
}

/** Everything a stack must leave nothing of. One JSON line each in `record.jsonl`. */
export type RecordEntry =
  | ({ kind: 'process' } & RecordedProcess)
  | { kind: 'container'; name: string }
  | { kind: 'folder'; path: string }

/** Who started a stack, in `owner.json`. */
export type StackOwner = ProcessIdentity & {
  /** A container that shares the folder has pids of its own, which say nothing here. */
  host: string
}

export const formatEntry = (entry: RecordEntry): string => `${JSON.stringify(entry)}\n`

/** Reads `record.jsonl`; skips what isn't an entry, such as a line cut short by a crash. */
export const parseRecord = (text: string): RecordEntry[] => text.split('\n').flatMap(parseLine)

/** Reads `owner.json`; `undefined` when it isn't whole. */
export function parseOwner(text: string): StackOwner | undefined {
  const value = parseObject(text)
  return isIdentity(value) && typeof value.host === 'string'
    ? (value as unknown as StackOwner)
    : undefined
}

function parseLine(line: string): RecordEntry[] {
  const value = parseObject(line)
  const { kind, name, path, signal } = value
  const whole =
    (kind === 'folder' && typeof path === 'string') ||
    (kind === 'container' && typeof name === 'string') ||
    (kind === 'process' &&
      typeof name === 'string' &&
      (signal === 'SIGKILL' || signal === 'SIGQUIT') &&
      isIdentity(value))
  return whole ? [value as RecordEntry] : []
}

/** A pid of 0 or below would signal whole process groups. */
const isIdentity = (value: Record<string, unknown>): boolean =>
  Number.isSafeInteger(value.pid) && (value.pid as number) > 1 && typeof value.started === 'string'

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
