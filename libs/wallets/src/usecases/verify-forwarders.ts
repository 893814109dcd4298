import { forwardersDeployed } from '@coffer/contracts/forwarders'
import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { ContractCodes } from '../ports.ts'

/** The contract behind the addresses of payments on a chain. */
export type ForwardersContract = { chain: ChainId; contract: Address }

export type VerifyForwardersOptions = {
  contracts: readonly ForwardersContract[]
  /** Where what comes to these addresses may go. */
  hotWallets: readonly Address[]
  codes: ContractCodes
  /** Told of each chain that can't be asked for now. */
  onUnknown: (which: ForwardersContract, error: unknown) => void
}

/**
 * Holds the contracts against what they must be. `look` asks for those that are not verified so
 * far, and throws {@link ForwardersError} at the first that is wrong.
 */
export function verifyForwarders(options: VerifyForwardersOptions) {
  const { contracts, hotWallets, codes, onUnknown } = options
  const unverified = new Set(contracts)
  const lookAt = async (which: ForwardersContract) => {
    let code: `0x${string}`
    try {
      code = await codes.codeOf(which.chain, which.contract)
    } catch (error) {
      onUnknown(which, error)
      return
    }
    const problem = problemOf(code, hotWallets)
    if (problem !== undefined) throw new ForwardersError(which, problem)
    unverified.delete(which)
  }
  return {
    /** Of a chain without such a contract there is nothing to verify. */
    isVerified: (chain: ChainId) => unverified.values().every((each) => each.chain !== chain),
    async look(): Promise<void> {
      await Promise.all([...unverified].map(lookAt))
    },
  }
}

const HEX_PREFIX = 2
const WORD_DIGITS = 64
const ZEROS = '0'.repeat(WORD_DIGITS)

/**
 * Code that is ours but for where it sends to does nothing else, so that its answers need not be
 * asked for. The wallet is read from the places where the compiler put it.
 */
function problemOf(code: string, hotWallets: readonly Address[]): string | undefined {
  if (code === '0x') return 'there is no contract at this address'
  let masked = code.toLowerCase()
  const words = forwardersDeployed.immutables.map((place) => {
    const from = HEX_PREFIX + 2 * place
    const word = masked.slice(from, from + WORD_DIGITS)
    masked = masked.slice(0, from) + ZEROS + masked.slice(from + WORD_DIGITS)
    return word
  })
  if (masked !== forwardersDeployed.code) return 'another contract is at this address'
  const allowed = hotWallets.map((wallet) => wallet.slice(HEX_PREFIX).padStart(WORD_DIGITS, '0'))
  const strange = words.find((each) => !allowed.includes(each))
  if (strange === undefined) return undefined
  return hotWallets.length === 0
    ? `it sends to ${addressIn(strange)}, and no HOT_WALLET is set to hold that against`
    : `it sends to ${addressIn(strange)}, and the hot wallet is ${hotWallets.join(' or ')}`
}

/** All of it where it is more than an address. */
const addressIn = (word: string) => `0x${word.replace(/^0{24}/, '')}`

/** Whatever is paid to addresses of this contract may be lost for good. */
export class ForwardersError extends AppError {
  readonly code = 'FORWARDERS_WRONG'

  constructor({ chain, contract }: ForwardersContract, problem: string) {
    super(
      `FORWARDERS_ADDRESS ${contract} of ${chain} is wrong: ${problem}. What is paid to its ` +
        'addresses could be lost. Set it to a contract deployed from ' +
        'contracts/src/Forwarders.sol with the hot wallet as its destination, and HOT_WALLET to ' +
        'that wallet.',
      { retry: 'never', details: { chain, contract } },
    )
  }
}
