import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { Delivery } from '@coffer/messaging/ports'
import { rawMessage } from '@coffer/messaging/testing/raw-message'
import { parseAssetId } from '@coffer/money/asset'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLoggedTransaction } from '../logged-transaction.ts'
import { transactionCreatedMessage } from '../transaction-created-message.ts'
import { accountNumbers } from './account-numbers.ts'
import { plainLines } from './plain-lines.ts'
import { addLines, shadowLines, takeShadowLines } from './shadow-lines.ts'

/** Goal: what is written from byte to byte is what is written with care. Method: both, compared. */

const asset = parseAssetId('eip155:31337/slip44:60')
const PLACE = '281474976710663'

type Sample = { amount: bigint; owner: string; reference: string; reverses?: string; shard: number }

function sample({ amount, owner, reference, reverses, shard }: Sample): Delivery {
  const name = (whose: string) => ({ owner: whose, code: 'custody' as const, asset })
  const entry = (whose: string, units: bigint) => {
    const balance = { accountVersion: 7, balanceAfter: units * 3n }
    return {
      account: name(whose),
      shard: whose === 'system' ? shard : 0,
      amount: units,
      ...balance,
    }
  }
  const message = transactionCreatedMessage({
    id: '16385',
    reference,
    code: 'deposit.credit',
    owner,
    eventAt: new Date(1_700_000_000_000),
    recordedAt: new Date(1_700_000_001_234),
    entries: [entry('system', amount), entry(owner, -amount)],
    reverses,
    traceparent:
      shard === 2 ? undefined : '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  })
  return { ...message, topic: ACCOUNTING_EVENTS, partition: 1, offset: '7' }
}

const text = (lines: Record<string, Buffer>) =>
  Object.fromEntries(Object.entries(lines).map(([table, bytes]) => [table, `${bytes}`]))

function plainly(delivery: Delivery) {
  const [lines, accounts] = [shadowLines(), accountNumbers()]
  const isPlain = plainLines({ lines, accounts })(rawMessage(delivery), PLACE)
  return { isPlain, lines: text(takeShadowLines(lines)), accounts: accounts.takeNewLines() }
}

function carefully(delivery: Delivery) {
  const [lines, accounts] = [shadowLines(), accountNumbers()]
  addLines(lines, PLACE, readLoggedTransaction(delivery), accounts)
  return { isPlain: true, lines: text(takeShadowLines(lines)), accounts: accounts.takeNewLines() }
}

const plainText = fc.stringMatching(/^[a-z0-9:._-]{1,60}$/)
const amounts = fc.bigInt({ min: 1n, max: 10n ** 78n }).chain((n) => fc.constantFrom(n, -n))
const shard = fc.integer({ min: 0, max: 9_999 })

test('writes what our own writer says of two entries, as the careful way does', () => {
  const reverses = fc.option(plainText, { nil: undefined })
  const samples = fc.record({ amount: amounts, owner: plainText, reference: plainText, shard })
  fc.assert(
    fc.property(samples, reverses, (some, reversed) => {
      const delivery = sample({ ...some, ...(reversed && { reverses: reversed }) })

      expect(plainly(delivery)).toEqual(carefully(delivery))
    }),
  )
})

test('leaves what is written in other words, and writes nothing of it', () => {
  const plain = sample({ amount: 5n, owner: 'alice', reference: 'r', reverses: 'q', shard: 3 })
  const replaced = fc.tuple(fc.nat(), fc.constantFrom(...'"\\ \t\0é01-,{}[]:aZ'))
  fc.assert(
    fc.property(fc.array(replaced, { minLength: 1, maxLength: 3 }), (changes) => {
      const characters = [...plain.value]
      for (const [place, character] of changes) {
        characters[place % characters.length] = character
      }
      const changed = { ...plain, value: characters.join('') }
      const found = plainly(changed)

      // Where it is sure of itself, the careful way agrees; else nothing stays of what it tried.
      if (found.isPlain) expect(found).toEqual(carefully(changed))
      else expect(Object.values(found.lines).join('')).toBe('')
    }),
    { numRuns: 2_000 },
  )
})

const LEFT: Record<string, (plain: Delivery) => Delivery> = {
  'an id of another event': ({ headers, ...rest }) => ({
    ...rest,
    headers: { ...headers, ce_id: 'transaction:other' },
  }),
  'another event': ({ headers, ...rest }) => ({
    ...rest,
    headers: { ...headers, ce_type: 'transaction.closed' },
  }),
  'no key': (plain) => ({ ...plain, key: '' }),
  'a key that COPY would take for something else': (plain) => ({ ...plain, key: 'a\\N' }),
  'entries that do not sum to zero': (plain) => ({
    ...plain,
    value: plain.value.replace('"amount":"5"', '"amount":"6"'),
  }),
  'the 29th of February': (plain) => ({
    ...plain,
    value: plain.value.replace('2023-11-14T22:13:20', '2023-02-29T22:13:20'),
  }),
  'something behind its end': (plain) => ({ ...plain, value: `${plain.value} ` }),
  'less than there was': (plain) => ({ ...plain, value: plain.value.slice(0, -1) }),
}

test.for(Object.entries(LEFT))('leaves a message with %s to the careful way', ([, change]) => {
  const plain = sample({ amount: 5n, owner: 'alice', reference: 'r', shard: 0 })

  expect(plainly(plain).isPlain).toBe(true)
  expect(plainly(change(plain))).toMatchObject({
    isPlain: false,
    lines: { transactions: '', entries: '' },
  })
})
