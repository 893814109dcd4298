import { expect, test } from 'vitest'
import { confirmationCount } from './confirmation-count.ts'

test.each([
  ['seen', 10n, 10n, 1n],
  ['final', 10n, 21n, 12n],
  ['credited', 10n, 21n, 12n],
  ['rejected', 10n, 11n, 2n],
  ['orphaned', 10n, 21n, 0n],
  ['reversed', 10n, 21n, 0n],
  ['seen', 10n, 9n, 0n],
  ['seen', 10n, null, 0n],
])('a %s deposit in block %d at checkpoint %d has %d', (status, blockNumber, checkpoint, count) => {
  expect(confirmationCount({ status, blockNumber, checkpoint })).toBe(count)
})
