import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { AddressBook, Import, ImportOutcome } from '../ports.ts'

/** An {@link AddressBook} in memory; owners are known by what callers call them. */
export function memoryAddressBook(knownIds: readonly string[] = []) {
  const ownerOf = new Map<string, string>()
  const batches: number[] = []
  let index = -1
  const keyOf = (chain: ChainId, address: Address) => `${chain}/${address}`
  const importOne = ({ chain, address, owner: { text, isUuid } }: Import): ImportOutcome => {
    if (isUuid && !knownIds.includes(text)) return 'unknown-owner'
    const current = ownerOf.get(keyOf(chain, address))
    if (current !== undefined) return current === text ? 'existing' : 'taken'
    ownerOf.set(keyOf(chain, address), text)
    return 'imported'
  }
  const book: AddressBook = {
    async nextIndex() {
      index += 1
      return index
    },
    async assign({ chain, address, owner }, addressesMax) {
      const count = [...ownerOf.values()].filter((each) => each === owner).length
      if (addressesMax > 0 && count >= addressesMax) return 'full'
      if (ownerOf.has(keyOf(chain, address))) return 'taken'
      ownerOf.set(keyOf(chain, address), owner)
      return 'assigned'
    },
    async import(imports) {
      if (imports.length > 0) batches.push(imports.length)
      return imports.map(importOne)
    },
  }
  return { book, batches }
}
