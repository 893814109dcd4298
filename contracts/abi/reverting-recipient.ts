// Generated from contracts/src/value/RevertingRecipient.sol by contracts/scripts/generate-abi.ts.
export const revertingRecipientAbi = [
  {
    inputs: [],
    name: 'NotToday',
    type: 'error',
  },
  {
    stateMutability: 'payable',
    type: 'receive',
  },
] as const

export const revertingRecipientBytecode =
  '0x6080604052348015600e575f5ffd5b50603280601a5f395ff3fe608060405236602157604051635f2f180d60e01b815260040160405180910390fd5b5f5ffdfea164736f6c6343000825000a'
