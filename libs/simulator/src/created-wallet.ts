import { contractWalletAbi, contractWalletBytecode } from '@coffer/contracts/contract-wallet'
import { type Address, encodeDeployData, getContractAddress, type Hex, zeroAddress } from 'viem'
import { HOSTILE_CONTRACTS } from './deploy-hostile-contracts.ts'

const CREATION = encodeDeployData({
  abi: contractWalletAbi,
  bytecode: contractWalletBytecode,
  args: [zeroAddress],
})

/** Where the value factory creates its wallet of this salt, in lower case, on every chain. */
export function createdWallet(salt: Hex): Address {
  const from = HOSTILE_CONTRACTS.valueFactory
  const address = getContractAddress({ opcode: 'CREATE2', from, salt, bytecode: CREATION })
  return address.toLowerCase() as Address
}
