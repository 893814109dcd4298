import { expect, test } from 'vitest'
import { parseAddress } from './address.ts'
import { paymentUri } from './payment-uri.ts'

const TO = parseAddress(`0x${'11'.repeat(20)}`)
const TOKEN = parseAddress(`0x${'22'.repeat(20)}`)

test('asks for coin by its value in wei', () => {
  const uri = paymentUri({ chainId: 1, to: TO, amount: 1_500n, contract: null })

  expect(uri).toBe(`ethereum:${TO}@1?value=1500`)
})

test('asks for a token by a call of its transfer', () => {
  const uri = paymentUri({ chainId: 137, to: TO, amount: 2_000_000n, contract: TOKEN })

  expect(uri).toBe(`ethereum:${TOKEN}@137/transfer?address=${TO}&uint256=2000000`)
})
