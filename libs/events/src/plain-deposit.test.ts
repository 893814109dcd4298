import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainDeposit } from './plain-deposit.ts'
import { depositConfirmed } from './wallet-events.ts'

const TX_HASH = `0x${'ab'.repeat(32)}`

const WRITTEN = {
  depositId: `eip155:31337:${TX_HASH}:log:0`,
  revision: 1,
  owner: 'alice',
  chain: 'eip155:31337',
  asset: `eip155:31337/erc20:0x${'0c'.repeat(20)}`,
  amount: '1000000000000000000',
  from: `0x${'a'.repeat(40)}`,
  to: `0x${'b'.repeat(40)}`,
  txHash: TX_HASH,
  position: 'log:0',
  blockNumber: 7,
  blockHash: `0x${'c'.repeat(64)}`,
  blockTime: '2026-11-21T10:59:48.000Z',
}

test('reads what our own writer writes, as the schema does', () => {
  const largest = { ...WRITTEN, amount: `${10n ** 77n - 1n}`, blockTime: '2026-12-31T23:59:59Z' }

  for (const data of [WRITTEN, { ...WRITTEN, asset: 'eip155:1/slip44:60' }, largest]) {
    expect(plainDeposit(data)).toEqual(depositConfirmed.parse(data))
  }
})

test('passes over what it does not know, as the schema does', () => {
  expect(plainDeposit({ ...WRITTEN, since: 'version 2' })).toEqual(depositConfirmed.parse(WRITTEN))
})

/** Values that are off in one way, or nearly. */
const ODD: readonly unknown[] = [
  ...[undefined, null, '', '0', '-1', '01', '1e3', ' 1', '1\n', 0, -1, 1.5, 2 ** 53, [], {}, true],
  ...['eip155:0', 'eip155:1', `eip155:${'9'.repeat(16)}`, 'eip155:1/slip44:61'],
  ...[`eip155:1/erc20:0x${'0C'.repeat(20)}`, `0x${'A'.repeat(40)}`, `0x${'a'.repeat(39)}`],
  ...[`${2n ** 256n - 1n}`, `${2n ** 256n}`, '9'.repeat(78), '9'.repeat(77), WRITTEN.blockTime],
  ...['2026-02-29T00:00:00Z', '2024-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-01-01T00:00Z'],
  ...['2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z', '2026-01-01T00:00:00+01:00', '2026-01-01'],
]
const NAMES = Object.keys(WRITTEN)

/** What is read without the schema is what the schema reads. */
function agrees(data: unknown): void {
  const plain = plainDeposit(data)
  if (plain !== undefined) expect(depositConfirmed.parse(data)).toEqual(plain)
}

test('answers what the schema does, or leaves it to the schema', () => {
  expect.hasAssertions()
  for (const name of NAMES) for (const odd of ODD) agrees({ ...WRITTEN, [name]: odd })
  const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const odd = fc.oneof(fc.constantFrom(...ODD), time, fc.string(), fc.integer())
  const changes = fc.dictionary(fc.constantFrom(...NAMES), odd, { maxKeys: 2 })
  fc.assert(fc.property(changes, (change) => agrees({ ...WRITTEN, ...change })))
})

test('leaves to the schema what is no object', () => {
  for (const data of [undefined, null, 'text', 7, []]) expect(plainDeposit(data)).toBeUndefined()
})
