// Generated from contracts/src/hostile/Bytes32Metadata.sol by contracts/scripts/generate-abi.ts.
export const bytes32MetadataAbi = [
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        name: 'from',
        type: 'address',
      },
      {
        indexed: true,
        name: 'to',
        type: 'address',
      },
      {
        indexed: false,
        name: 'amount',
        type: 'uint256',
      },
    ],
    name: 'Transfer',
    type: 'event',
  },
  {
    inputs: [
      {
        name: 'account',
        type: 'address',
      },
    ],
    name: 'balanceOf',
    outputs: [
      {
        name: '',
        type: 'uint256',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'decimals',
    outputs: [
      {
        name: '',
        type: 'uint8',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        name: 'to',
        type: 'address',
      },
      {
        name: 'amount',
        type: 'uint256',
      },
    ],
    name: 'mint',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'name',
    outputs: [
      {
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'symbol',
    outputs: [
      {
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
] as const

export const bytes32MetadataBytecode =
  '0x6080604052348015600e575f5ffd5b506101e38061001c5f395ff3fe608060405234801561000f575f5ffd5b5060043610610055575f3560e01c806306fdde0314610059578063313ce5671461008357806340c10f191461009d57806370a08231146100b257806395d89b41146100d1575b5f5ffd5b6100706c213cba32b99999102a37b5b2b760991b81565b6040519081526020015b60405180910390f35b61008b601281565b60405160ff909116815260200161007a565b6100b06100ab366004610169565b6100de565b005b6100706100c0366004610191565b5f6020819052908152604090205481565b6100706221199960e91b81565b6001600160a01b0382165f90815260208190526040812080548392906101059084906101b1565b90915550506040518181526001600160a01b038316905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef9060200160405180910390a35050565b80356001600160a01b0381168114610164575f5ffd5b919050565b5f5f6040838503121561017a575f5ffd5b6101838361014e565b946020939093013593505050565b5f602082840312156101a1575f5ffd5b6101aa8261014e565b9392505050565b808201808211156101d057634e487b7160e01b5f52601160045260245ffd5b9291505056fea164736f6c6343000825000a'
