// Generated from contracts/src/hostile/NonFungible.sol by contracts/scripts/generate-abi.ts.
export const nonFungibleAbi = [
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
        indexed: true,
        name: 'id',
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
    inputs: [
      {
        name: 'to',
        type: 'address',
      },
      {
        name: 'id',
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
        name: 'id',
        type: 'uint256',
      },
    ],
    name: 'ownerOf',
    outputs: [
      {
        name: '',
        type: 'address',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
] as const

export const nonFungibleBytecode =
  '0x6080604052348015600e575f5ffd5b506101fb8061001c5f395ff3fe608060405234801561000f575f5ffd5b506004361061003f575f3560e01c806340c10f19146100435780636352211e1461005857806370a082311461009d575b5f5ffd5b61005661005136600461016a565b6100ca565b005b610080610066366004610192565b5f602081905290815260409020546001600160a01b031681565b6040516001600160a01b0390911681526020015b60405180910390f35b6100bc6100ab3660046101a9565b60016020525f908152604090205481565b604051908152602001610094565b5f8181526020818152604080832080546001600160a01b0319166001600160a01b0387169081179091558352600191829052822080549192909161010f9084906101c9565b909155505060405181906001600160a01b038416905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef908290a45050565b80356001600160a01b0381168114610165575f5ffd5b919050565b5f5f6040838503121561017b575f5ffd5b6101848361014f565b946020939093013593505050565b5f602082840312156101a2575f5ffd5b5035919050565b5f602082840312156101b9575f5ffd5b6101c28261014f565b9392505050565b808201808211156101e857634e487b7160e01b5f52601160045260245ffd5b9291505056fea164736f6c6343000825000a'
