import type { Address } from '@coffer/evm/address'
import { journaledSigner } from '../journaled-signer.ts'
import { keyRing } from '../key-ring.ts'
import { keystoreKey } from '../keystore-key.ts'
import { type PolicySource, parsePolicy } from '../policy.ts'
import type { Hex, SignedEntry, Signer, SigningJournal } from '../ports.ts'

/** A journal that lasts as long as the test; `entries` shows what was signed. */
export function memoryJournal(entries: SignedEntry[] = []): SigningJournal {
  return {
    entries,
    append: async (entry) => {
      entries.push(entry)
    },
  }
}

export type TestSignerOptions = {
  privateKey: Hex
  xprv?: string
  /** By the address of the key. */
  policy: (hotWallet: Address) => PolicySource
  journal?: SigningJournal
  nowMs?: () => number
}

/** The real signer within the process of a test, with its rules and without its files. */
export function testSigner(options: TestSignerOptions): Signer {
  const { privateKey, xprv, policy, journal = memoryJournal(), nowMs = Date.now } = options
  const key = keystoreKey(privateKey)
  return journaledSigner({
    keys: keyRing([key], xprv),
    policy: parsePolicy(policy(key.address)),
    journal,
    nowMs,
  })
}
