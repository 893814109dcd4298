import { describe, expect, test } from 'vitest'
import { AddressError, parseAddress, parseOwnedAddress, ZERO_ADDRESS } from './address.ts'

// From the test cases of EIP-55.
const CHECKSUMMED = [
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0xde709f2102306220921060314715629080e2fb77',
]

describe('parseAddress', () => {
  test.each(CHECKSUMMED)('reads %s and its all-lower and all-upper forms as one', (text) => {
    const lower = text.toLowerCase()

    expect(parseAddress(text)).toBe(lower)
    expect(parseAddress(lower)).toBe(lower)
    expect(parseAddress(`0x${text.slice(2).toUpperCase()}`)).toBe(lower)
  })

  test('refuses mixed case whose checksum is wrong, and says so', () => {
    const oneLetterOff = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed'

    expect(() => parseAddress(oneLetterOff)).toThrow(/not a valid EIP-55 checksum/)
  })

  test.each([
    '',
    '0x',
    '5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
    `0x${'a'.repeat(39)}`,
    `0x${'a'.repeat(41)}`,
    `0X${'a'.repeat(40)}`,
    `0x${'g'.repeat(40)}`,
    ` 0x${'a'.repeat(40)}`,
    `0x${'a'.repeat(40)}\n`,
  ])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(AddressError)
  })

  test('reads the zero address, which transfers may name', () => {
    expect(parseAddress(ZERO_ADDRESS)).toBe(ZERO_ADDRESS)
  })
})

test('nobody owns the zero address', () => {
  expect(() => parseOwnedAddress(ZERO_ADDRESS)).toThrow(/belongs to nobody/)
})
