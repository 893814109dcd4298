import type { StackUrls } from '@coffer/devstack/start-stack'
import { inject } from 'vitest'

/** Where the parts run that all integration tests share. */
export function stackUrls(): StackUrls {
  const urls = inject('stackUrls')
  if (urls === undefined) {
    throw new Error(
      'No stack runs for this test. Expected a file named *.integration.test.ts: unit tests do ' +
        'no I/O, and end-to-end tests start a stack of their own.',
    )
  }
  return urls
}
