// Generated from contracts/src/value/GasBurner.sol by contracts/scripts/generate-abi.ts.
export const gasBurnerAbi = [
  {
    stateMutability: 'payable',
    type: 'receive',
  },
] as const

export const gasBurnerBytecode =
  '0x6080604052348015600e575f5ffd5b50605080601a5f395ff3fe608060405236601c575b5f5f81546014906020565b909155506009565b5f5ffd5b5f60018201603c57634e487b7160e01b5f52601160045260245ffd5b506001019056fea164736f6c6343000825000a'
