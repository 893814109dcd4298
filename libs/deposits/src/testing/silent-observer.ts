import type { ScanObserver } from '../ports.ts'

/** Tells nobody what a scan tells. */
export const silentObserver: ScanObserver = {
  polled: () => undefined,
  advanced: () => undefined,
  rolledBack: () => undefined,
  latched: () => undefined,
  rescanned: () => undefined,
  witnessed: () => undefined,
  rescanFailed: () => undefined,
  doubted: () => undefined,
  traced: () => undefined,
}
