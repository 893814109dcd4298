import { expect, test } from 'vitest'
import { depositIdOnWire } from './wire.ts'

const TX = `0x${'a1'.repeat(32)}` as const

test.each(['value', 'log:3', 'trace:0.1', `trace:${'10.'.repeat(700)}0`])(
  'the id of a deposit at %s is read into its parts',
  (position) => {
    const id = `eip155:1:${TX}:${position}`

    expect(depositIdOnWire.parse(id)).toEqual({ chain: 'eip155:1', txHash: TX, position })
  },
)

test.each(['', 'log', 'eip155:1', `eip155:1:${TX}`, `eip155:0:${TX}:value`, `${TX}:value`])(
  '%j is no id of a deposit',
  (id) => {
    expect(depositIdOnWire.safeParse(id).success).toBe(false)
  },
)
