// Generated from contracts/src/hostile/ReturnsFalse.sol by contracts/scripts/generate-abi.ts.
export const returnsFalseAbi = [
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
    name: 'transfer',
    outputs: [
      {
        name: '',
        type: 'bool',
      },
    ],
    stateMutability: 'nonpayable',
    type: 'function',
  },
] as const

export const returnsFalseBytecode =
  '0x6080604052348015600e575f5ffd5b506102a28061001c5f395ff3fe608060405234801561000f575f5ffd5b506004361061004a575f3560e01c8063313ce5671461004e57806340c10f191461006d57806370a0823114610082578063a9059cbb146100af575b5f5ffd5b610056601281565b60405160ff90911681526020015b60405180910390f35b61008061007b366004610213565b6100d2565b005b6100a161009036600461023b565b5f6020819052908152604090205481565b604051908152602001610064565b6100c26100bd366004610213565b610142565b6040519015158152602001610064565b6001600160a01b0382165f90815260208190526040812080548392906100f990849061026f565b90915550506040518181526001600160a01b038316905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef9060200160405180910390a35050565b335f9081526020819052604081205482111561015f57505f6101f2565b335f908152602081905260408120805484929061017d908490610282565b90915550506001600160a01b0383165f90815260208190526040812080548492906101a990849061026f565b90915550506040518281526001600160a01b0384169033907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef9060200160405180910390a35060015b92915050565b80356001600160a01b038116811461020e575f5ffd5b919050565b5f5f60408385031215610224575f5ffd5b61022d836101f8565b946020939093013593505050565b5f6020828403121561024b575f5ffd5b610254826101f8565b9392505050565b634e487b7160e01b5f52601160045260245ffd5b808201808211156101f2576101f261025b565b818103818111156101f2576101f261025b56fea164736f6c6343000825000a'
