// Generated from contracts/src/hostile/NoReturn.sol by contracts/scripts/generate-abi.ts.
export const noReturnAbi = [
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
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
] as const

export const noReturnBytecode =
  '0x6080604052348015600e575f5ffd5b5061026f8061001c5f395ff3fe608060405234801561000f575f5ffd5b506004361061004a575f3560e01c8063313ce5671461004e57806340c10f191461006d57806370a0823114610082578063a9059cbb146100af575b5f5ffd5b610056600681565b60405160ff90911681526020015b60405180910390f35b61008061007b3660046101da565b6100c2565b005b6100a1610090366004610202565b5f6020819052908152604090205481565b604051908152602001610064565b6100806100bd3660046101da565b610133565b6001600160a01b0382165f90815260208190526040812080548392906100e9908490610236565b90915550506040518181526001600160a01b038316905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef906020015b60405180910390a35050565b335f908152602081905260408120805483929061015190849061024f565b90915550506001600160a01b0382165f908152602081905260408120805483929061017d908490610236565b90915550506040518181526001600160a01b0383169033907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef90602001610127565b80356001600160a01b03811681146101d5575f5ffd5b919050565b5f5f604083850312156101eb575f5ffd5b6101f4836101bf565b946020939093013593505050565b5f60208284031215610212575f5ffd5b61021b826101bf565b9392505050565b634e487b7160e01b5f52601160045260245ffd5b8082018082111561024957610249610222565b92915050565b818103818111156102495761024961022256fea164736f6c6343000825000a'
