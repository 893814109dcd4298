import type { StackUrls } from '@coffer/devstack/start-stack'
import { inject } from 'vitest'

/** Where the parts run that every integration and e2e test shares. */
export function stackUrls(): StackUrls {
  const urls = inject('stackUrls')
  if (urls === undefined) {
    throw new Error(
      'No stack runs for this test. Expected a file named *.integration.test.ts or *.e2e.test.ts: ' +
        'unit tests do no I/O.',
    )
  }
  return urls
}
