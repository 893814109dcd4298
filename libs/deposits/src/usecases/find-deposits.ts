import type { Address } from '@coffer/evm/address'
import type { Asset } from '@coffer/money/asset'
import type { Block } from '../domain/block.ts'
import { depositRules, tokenTransfers } from '../domain/detect-transfers.ts'
import { judgeTransfers } from '../domain/judge-transfers.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import { withdrawalTransfers } from '../domain/withdrawal-transfers.ts'
import type { ChainReader, WatchedSet } from '../ports.ts'
import { findCoinbase } from './find-coinbase.ts'
import { findNative } from './find-native.ts'
import { haltChangedTokens } from './halt-changed-tokens.ts'
import { measureArrivals } from './measure-arrivals.ts'
import { proveFound } from './prove-found.ts'
import { quarantineContradicted } from './quarantine-contradicted.ts'

/**
 * What becomes of native coin: it is found with everything else; what transactions move of it is
 * left to somebody who reads calls, or is all that is found; or nobody wants it.
 */
type CoinSearch = 'included' | 'left' | 'alone' | 'ignored'

export type FindDepositsPorts = {
  reader: Pick<
    ChainReader,
    'wholeBlocks' | 'values' | 'gains' | 'fees' | 'tokenGains' | 'namedContracts'
  >
  watched: WatchedSet
  assets: readonly Asset[]
  /** Addresses of our own that nobody pays deposits to, such as hot wallets. */
  ownAddresses?: readonly Address[]
  /** Whether withdrawals (EIP-4895) are credited; left out, they are held in suspense. */
  creditWithdrawals?: boolean
  /** What becomes of native coin; left out, it is found with everything else. */
  coin?: CoinSearch
  /** Whether blocks that were read by their logs are believed, amounts and all. */
  areLogsTrusted?: boolean
}

/**
 * Transfers to watched addresses in blocks that were just read, those too that are not credited,
 * and why. The set of watched addresses is refreshed first: an address that was handed out before
 * its payment was sent is in the set by then, however recently.
 */
export function findDeposits(ports: FindDepositsPorts) {
  const { reader, watched, coin = 'included', areLogsTrusted = false, ...policy } = ports
  const rules = depositRules({ ...policy, isWatched: watched.has, among: watched.among })
  const native = findNative({ reader, rules })
  const coinbase = findCoinbase({ reader, rules })
  const halted = haltChangedTokens({ reader, rules })
  const measured = measureArrivals({ reader, rules })
  const proven = proveFound({ reader, rules })
  const verified = quarantineContradicted({ reader, rules })
  return async (read: readonly Block[]): Promise<FoundTransfer[]> => {
    await watched.refresh()
    const blocks = areLogsTrusted ? read : await proven(read)
    const tokens = coin === 'alone' ? [] : blocks.flatMap((block) => tokenTransfers(block, rules))
    const found = [...tokens, ...withdrawn(blocks), ...(await moved(blocks))].sort(byHeight)
    const arrived = await measured(blocks, await halted(found))
    return judgeTransfers(await verified(blocks, arrived), rules)
  }

  function withdrawn(blocks: readonly Block[]): FoundTransfer[] {
    if (coin === 'alone' || coin === 'ignored') return []
    return blocks.flatMap((block) => withdrawalTransfers(block, rules))
  }

  async function moved(blocks: readonly Block[]): Promise<FoundTransfer[]> {
    if (coin === 'left' || coin === 'ignored') return []
    return (await Promise.all([native(blocks), coinbase(blocks)])).flat()
  }
}

const byHeight = (a: FoundTransfer, b: FoundTransfer) => Number(a.block.number - b.block.number)
