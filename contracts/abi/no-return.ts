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
        name: 'owner',
        type: 'address',
      },
      {
        name: 'spender',
        type: 'address',
      },
    ],
    name: 'allowance',
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
        name: 'spender',
        type: 'address',
      },
      {
        name: 'amount',
        type: 'uint256',
      },
    ],
    name: 'approve',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
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
  {
    inputs: [
      {
        name: 'from',
        type: 'address',
      },
      {
        name: 'to',
        type: 'address',
      },
      {
        name: 'amount',
        type: 'uint256',
      },
    ],
    name: 'transferFrom',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
] as const

export const noReturnBytecode =
  '0x6080604052348015600e575f5ffd5b5061049b8061001c5f395ff3fe608060405234801561000f575f5ffd5b506004361061007a575f3560e01c806340c10f191161005857806340c10f19146100c557806370a08231146100d8578063a9059cbb14610105578063dd62ed3e14610118575f5ffd5b8063095ea7b31461007e57806323b872dd14610093578063313ce567146100a6575b5f5ffd5b61009161008c36600461039b565b610142565b005b6100916100a13660046103c3565b6101a0565b6100ae600681565b60405160ff90911681526020015b60405180910390f35b6100916100d336600461039b565b610283565b6100f76100e63660046103fd565b5f6020819052908152604090205481565b6040519081526020016100bc565b61009161011336600461039b565b6102f4565b6100f761012636600461041d565b600160209081525f928352604080842090915290825290205481565b80158061016f5750335f9081526001602090815260408083206001600160a01b0386168452909152902054155b610177575f5ffd5b335f9081526001602090815260408083206001600160a01b039590951683529390529190912055565b6001600160a01b0383165f908152600160209081526040808320338452909152812080548392906101d2908490610462565b90915550506001600160a01b0383165f90815260208190526040812080548392906101fe908490610462565b90915550506001600160a01b0382165f908152602081905260408120805483929061022a90849061047b565b92505081905550816001600160a01b0316836001600160a01b03167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef8360405161027691815260200190565b60405180910390a3505050565b6001600160a01b0382165f90815260208190526040812080548392906102aa90849061047b565b90915550506040518181526001600160a01b038316905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef906020015b60405180910390a35050565b335f9081526020819052604081208054839290610312908490610462565b90915550506001600160a01b0382165f908152602081905260408120805483929061033e90849061047b565b90915550506040518181526001600160a01b0383169033907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef906020016102e8565b80356001600160a01b0381168114610396575f5ffd5b919050565b5f5f604083850312156103ac575f5ffd5b6103b583610380565b946020939093013593505050565b5f5f5f606084860312156103d5575f5ffd5b6103de84610380565b92506103ec60208501610380565b929592945050506040919091013590565b5f6020828403121561040d575f5ffd5b61041682610380565b9392505050565b5f5f6040838503121561042e575f5ffd5b61043783610380565b915061044560208401610380565b90509250929050565b634e487b7160e01b5f52601160045260245ffd5b818103818111156104755761047561044e565b92915050565b808201808211156104755761047561044e56fea164736f6c6343000825000a'
