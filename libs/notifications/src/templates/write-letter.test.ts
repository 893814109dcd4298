import { catalogue } from '@coffer/events/catalogue'
import { parseChainId } from '@coffer/money/chain-id'
import { describe, expect, test } from 'vitest'
import { LOCALES } from '../domain/locale.ts'
import { SAMPLE_ASSETS, sampleOrder, sampleWithdrawal } from './samples.ts'
import { LETTER_TYPES, templateOf } from './templates.ts'
import { LetterUnwritableError, writeLetter } from './write-letter.ts'

const ETHEREUM = parseChainId('eip155:1')

const stationery = {
  brand: 'Coffer',
  assets: SAMPLE_ASSETS,
  explorers: new Map([[ETHEREUM, 'https://explorer.example/']]),
}
const write = writeLetter(stationery)

const each = LETTER_TYPES.flatMap((type) => LOCALES.map((locale) => [type, locale] as const))

test.each(each)('the letter about a %s is complete in %s', (type, locale) => {
  const template = templateOf(type)

  const letter = write({ type, data: template?.sample, locale, name: 'Books' })

  expect(catalogue[type].data.safeParse(template?.sample).error).toBeUndefined()
  for (const text of [letter.subject, letter.html, letter.text]) {
    expect(text).not.toMatch(/undefined|null|NaN|\[object|Invalid Date/)
  }
  expect(letter.text).not.toMatch(/<[a-z/]|&(amp|lt|gt|quot|#39);/)
  expect(letter.html).toContain(`lang="${locale === 'zh' ? 'zh-Hans' : 'en'}"`)
  // A Chinese letter is Chinese, and an English one has no Chinese in it.
  expect(/\p{Script=Han}/u.test(letter.subject + letter.text)).toBe(locale === 'zh')
})

test('there is a letter about all that people want to be told of', () => {
  expect(LETTER_TYPES).toEqual(
    expect.arrayContaining([
      'deposit.confirmed',
      'payment.created',
      'payment.succeeded',
      'payment.failed',
      'order.created',
      'order.paid',
      'refund.succeeded',
      'settlement.completed',
      'withdrawal.completed',
      'deposit.reversed',
      'withdrawal.failed',
      'withdrawal.requested',
    ]),
  )
  expect(new Set(LETTER_TYPES).size).toBe(LETTER_TYPES.length)
})

describe('an amount', () => {
  const completed = {
    ...templateOf('withdrawal.completed')?.sample,
    ...sampleWithdrawal,
  }

  test('has every digit and its symbol, however large or small it is', () => {
    const { subject, text } = write({ type: 'withdrawal.completed', data: completed, locale: 'en' })

    expect(subject).toBe('Withdrawal completed: 2.500000000000000001 ETH')
    expect(text).toContain('Fee: 0.0015 ETH')
  })

  test('of an asset that nobody configured is told in its smallest unit', () => {
    const data = { ...completed, asset: `eip155:1/erc20:0x${'d'.repeat(40)}`, amount: '1500' }

    const { subject } = write({ type: 'withdrawal.completed', data, locale: 'en' })

    expect(subject).toContain(`1500 units of eip155:1/erc20:0x${'d'.repeat(40)}`)
  })

  test.each([
    ['USD', '1250', '12.50 USD'],
    ['JPY', '1250', '1250 JPY'],
    ['KWD', '1250', '1.250 KWD'],
  ])('in %s has the cents that it has', (currency, amount, shown) => {
    const data = {
      ...templateOf('payment.created')?.sample,
      asset: `sandbox:1/iso4217:${currency}`,
      amount,
    }

    expect(write({ type: 'payment.created', data, locale: 'en' }).subject).toContain(shown)
  })
})

describe('what somebody else wrote', () => {
  const reference = 'A1\r\nBcc: thief@example.com\r\n\r\n<script>alert("1")</script>\u202e&'
  const data = { ...sampleOrder, reference, description: '<img src=x onerror=alert(1)>' }
  const letter = write({ type: 'order.created', data, locale: 'en', name: '<b>\nBooks' })

  test('ends no line of a header', () => {
    expect(letter.subject).not.toMatch(/[\r\n\u202e]/)
  })

  test('is text in HTML, and itself in plain text', () => {
    expect(letter.html).not.toMatch(/<script|<img|<b>|\u202e/)
    expect(letter.html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    expect(letter.text).toContain('<script>alert("1")</script>')
    expect(letter.text.split('\n').filter((line) => line.startsWith('Bcc:'))).toEqual([])
  })
})

test('a transaction is linked where its chain has an explorer', () => {
  const deposit = templateOf('deposit.confirmed')?.sample
  const without = writeLetter({ ...stationery, explorers: new Map() })
  const request = { type: 'deposit.confirmed', data: deposit, locale: 'en' } as const

  expect(write(request).html).toContain('href="https://explorer.example/tx/0x9fc76417')
  expect(write(request).text).toContain('https://explorer.example/address/0xfb69')
  expect(without(request).html).not.toContain('href=')
})

test('an event that no letter tells of is refused', () => {
  const request = { type: 'order.cancelled', data: sampleOrder, locale: 'en' } as const

  expect(() => write(request)).toThrow(LetterUnwritableError)
  expect(() => write({ ...request, type: 'order.created', data: {} })).toThrow('order.created')
})
