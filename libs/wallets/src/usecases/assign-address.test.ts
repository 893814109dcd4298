import type { Address } from '@coffer/evm/address'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import type { Owners } from '../ports.ts'
import { memoryAddressBook } from '../testing/memory-address-book.ts'
import { type AssignAddressOptions, assignAddress } from './assign-address.ts'

const CHAIN = chainIdOf(31337)
const addressAt = (index: number) => `0x${(index + 1).toString(16).padStart(40, '0')}` as Address

const owners: Owners = {
  create: async () => ({
    owner: { id: 'u', externalId: null, createdAt: new Date(0) },
    isNew: true,
  }),
  find: async (id) => (id === 'u' ? { id, externalId: null, createdAt: new Date(0) } : undefined),
}

const assigner = (options: Partial<AssignAddressOptions> = {}) =>
  assignAddress({
    owners,
    book: memoryAddressBook().book,
    source: { addressAt },
    scanPosition: async () => 42n,
    chains: [CHAIN],
    addressesMax: 0,
    ...options,
  })

test('gives each call the next address, watched from the next block', async () => {
  const assign = assigner()

  const first = await assign('u', CHAIN)
  const second = await assign('u', CHAIN)

  expect(first).toEqual({
    owner: 'u',
    chain: CHAIN,
    address: addressAt(0),
    derivationIndex: 0,
    watchedFrom: 42n,
  })
  expect(second.address).toBe(addressAt(1))
})

test('leaves out addresses that are taken, and gives up when all are', async () => {
  const { book } = memoryAddressBook()
  const taken = { owner: 'v', chain: CHAIN, derivationIndex: 0, watchedFrom: 0n }
  await book.assign({ ...taken, address: addressAt(0) }, 0)

  expect((await assigner({ book })('u', CHAIN)).address).toBe(addressAt(1))
  const full = { ...book, assign: async () => 'taken' as const }
  await expect(assigner({ book: full })('u', CHAIN)).rejects.toThrow('registered already')
})

test('A6: gives nobody more addresses than may be', async () => {
  const assign = assigner({ addressesMax: 2 })
  await assign('u', CHAIN)
  await assign('u', CHAIN)

  await expect(assign('u', CHAIN)).rejects.toMatchObject({ code: 'ADDRESSES_MAX' })
})

test('refuses what it cannot serve, with the reason', async () => {
  await expect(assigner()('u', chainIdOf(1))).rejects.toMatchObject({ code: 'CHAIN_UNKNOWN' })
  await expect(assigner()('v', CHAIN)).rejects.toMatchObject({ code: 'USER_UNKNOWN' })
  await expect(assigner({ source: undefined })('u', CHAIN)).rejects.toMatchObject({
    code: 'ADDRESS_SOURCE_MISSING',
  })
})
