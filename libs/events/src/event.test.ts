import { UNITS_MAX } from '@coffer/money/units'
import { describe, expect, test } from 'vitest'
import { EventFormatError, eventMessage, type NewEvent, readEvent } from './event.ts'

const hash = (digit: string) => `0x${digit.repeat(64)}` as const
const address = (digit: string) => `0x${digit.repeat(40)}` as const

const deposit = {
  depositId: `eip155:31337:${hash('a')}:log:0`,
  revision: 1,
  owner: 'owner-1',
  chain: 'eip155:31337',
  asset: `eip155:31337/erc20:${address('c')}`,
  amount: UNITS_MAX.toString(),
  from: address('1'),
  to: address('2'),
  txHash: hash('a'),
  position: 'log:0',
  blockNumber: 7,
  blockHash: hash('b'),
  blockTime: '2026-11-21T11:00:00.000Z',
}

const confirmed: NewEvent<'deposit.confirmed'> = {
  id: deposit.depositId,
  type: 'deposit.confirmed',
  source: 'coffer/scanner/eip155:31337',
  time: '2026-11-21T11:00:01.000Z',
  key: 'owner-1',
  data: deposit,
}

const entries = [
  {
    owner: 'system',
    account: 'custody',
    asset: 'eip155:31337/slip44:60',
    amount: '5',
    accountVersion: 1,
    balanceAfter: '5',
  },
  {
    owner: 'owner-1',
    account: 'owner.available',
    asset: 'eip155:31337/slip44:60',
    amount: '-5',
    accountVersion: 9,
    balanceAfter: '-12',
  },
]

const created: NewEvent<'transaction.created'> = {
  id: 'transaction-1',
  type: 'transaction.created',
  source: 'coffer/accounts',
  time: '2026-11-21T11:00:01.000Z',
  key: 'owner-1',
  data: {
    transactionId: 'transaction-1',
    reference: deposit.depositId,
    code: 'deposit.credit',
    eventAt: '2026-11-21T11:00:00.000Z',
    recordedAt: '2026-11-21T11:00:01.000Z',
    entries,
  },
}

describe('an event that is written', () => {
  test('goes to the topic of its type, under its key, by CloudEvents in binary mode', () => {
    expect(eventMessage({ ...confirmed, traceparent: '00-1-2-01' })).toEqual({
      topic: 'wallet.events',
      key: 'owner-1',
      headers: {
        ce_specversion: '1.0',
        ce_id: deposit.depositId,
        ce_type: 'deposit.confirmed',
        ce_source: 'coffer/scanner/eip155:31337',
        ce_time: '2026-11-21T11:00:01.000Z',
        'content-type': 'application/json',
        traceparent: '00-1-2-01',
      },
      value: JSON.stringify(deposit),
    })
  })

  test('is read back with its amounts as integers', () => {
    const { key: _, data, ...envelope } = confirmed

    expect(readEvent(eventMessage(confirmed))).toEqual({
      ...envelope,
      data: { ...data, amount: UNITS_MAX },
    })
  })

  test('keeps the sign of what was booked', () => {
    const { data } = readEvent(eventMessage(created))

    expect(data).toMatchObject({ entries: [{ amount: 5n }, { amount: -5n, balanceAfter: -12n }] })
  })
})

test('passes over a field that a newer writer adds', () => {
  const { data } = readDeposit({ ...deposit, venue: 'north' })

  expect(data).not.toHaveProperty('venue')
  expect(data).toMatchObject({ depositId: deposit.depositId })
})

test('takes a reversal for one of a confirmation, unless it says that it was suspended', () => {
  const reversal = { ...deposit, reason: 'reorg' }

  expect(readDeposit(reversal, 'deposit.reversed').data).toMatchObject({ suspended: false })
  const { data } = readDeposit({ ...reversal, suspended: true }, 'deposit.reversed')
  expect(data).toMatchObject({ suspended: true })
})

describe('refuses the data of', () => {
  test.each(Object.keys(deposit))('a deposit without %s', (field) => {
    const { [field as keyof typeof deposit]: _, ...rest } = deposit

    expect(() => readDeposit(rest)).toThrow(new RegExp(`is off: .*${field}: `))
  })

  test.each<[keyof typeof deposit, unknown]>([
    ['depositId', ''],
    ['revision', 0],
    ['revision', 1.5],
    ['revision', '1'],
    ['owner', ''],
    ['chain', '31337'],
    ['chain', 'eip155:0'],
    ['asset', 'ETH'],
    ['asset', `eip155:31337/erc20:${address('c').slice(0, -1)}`],
    ['amount', 5],
    ['amount', '-1'],
    ['amount', '1.5'],
    ['amount', '1e18'],
    ['amount', (UNITS_MAX + 1n).toString()],
    ['from', address('1').slice(0, -1)],
    ['from', `${address('1')}0`],
    ['to', address('2').slice(2)],
    ['to', address('F')],
    ['txHash', hash('a').slice(0, -1)],
    ['txHash', `${hash('a')}\n`],
    ['position', ''],
    ['blockNumber', -1],
    ['blockNumber', 2 ** 53],
    ['blockHash', hash('B')],
    ['blockTime', '2026-11-21'],
    ['blockTime', '2026-02-30T00:00:00Z'],
  ])('a deposit whose %s is %j', (field, value) => {
    expect(() => readDeposit({ ...deposit, [field]: value })).toThrow(
      new RegExp(`is off: ${field}: `),
    )
  })

  test.each(['deposit.reversed', 'deposit.suspended'])('a %s without a reason', (type) => {
    expect(() => readDeposit(deposit, type)).toThrow(/reason/)
  })
})

describe('refuses', () => {
  test.each<[string, unknown]>([
    ['a lone entry', { entries: entries.slice(0, 1) }],
    ['an entry without an owner', { entries: [{ ...entries[0], owner: '' }, entries[1]] }],
    ['a fraction', { entries: [{ ...entries[0], amount: '0.5' }, entries[1]] }],
    ['a negative zero', { entries: [{ ...entries[0], amount: '-0' }, entries[1]] }],
    ['an account version of 0', { entries: [{ ...entries[0], accountVersion: 0 }, entries[1]] }],
    ['no reference', { reference: '' }],
    ['no code', { code: '' }],
    ['a time that is none', { recordedAt: 'yesterday' }],
  ])('a ledger transaction with %s', (_, off) => {
    const message = eventMessage(created)
    const value = JSON.stringify({ ...created.data, ...(off as object) })

    expect(() => readEvent({ ...message, value })).toThrow(EventFormatError)
  })

  test.each(['ce_id', 'ce_type', 'ce_source', 'ce_time'])('a message without %s', (header) => {
    const { headers, value } = eventMessage(confirmed)
    const { [header]: _, ...rest } = headers

    expect(() => readEvent({ headers: rest, value })).toThrow(/headers .* missing/)
  })

  test.each(['deposit.lost', 'toString', '__proto__'])('the unknown type %s', (type) => {
    const { headers, value } = eventMessage(confirmed)

    expect(() => readEvent({ headers: { ...headers, ce_type: type }, value })).toThrow(/is unknown/)
  })

  test.each(['', '{', 'null', '[]', '"text"', '\u0000'])('the value %j', (value) => {
    const { headers } = eventMessage(confirmed)

    expect(() => readEvent({ headers, value })).toThrow(EventFormatError)
  })
})

function readDeposit(data: object, type = 'deposit.confirmed') {
  const { headers } = eventMessage(confirmed)
  return readEvent({ headers: { ...headers, ce_type: type }, value: JSON.stringify(data) })
}
