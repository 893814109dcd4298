// Generated from contracts/src/hostile/BlockListToken.sol by contracts/scripts/generate-abi.ts.
export const blockListTokenAbi = [
  {
    inputs: [],
    stateMutability: 'nonpayable',
    type: 'constructor',
  },
  {
    inputs: [
      {
        name: 'account',
        type: 'address',
      },
    ],
    name: 'Blocked',
    type: 'error',
  },
  {
    inputs: [
      {
        name: 'spender',
        type: 'address',
      },
      {
        name: 'allowance',
        type: 'uint256',
      },
      {
        name: 'needed',
        type: 'uint256',
      },
    ],
    name: 'ERC20InsufficientAllowance',
    type: 'error',
  },
  {
    inputs: [
      {
        name: 'sender',
        type: 'address',
      },
      {
        name: 'balance',
        type: 'uint256',
      },
      {
        name: 'needed',
        type: 'uint256',
      },
    ],
    name: 'ERC20InsufficientBalance',
    type: 'error',
  },
  {
    inputs: [
      {
        name: 'account',
        type: 'address',
      },
    ],
    name: 'NotBlocked',
    type: 'error',
  },
  {
    inputs: [],
    name: 'Paused',
    type: 'error',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        name: 'owner',
        type: 'address',
      },
      {
        indexed: true,
        name: 'spender',
        type: 'address',
      },
      {
        indexed: false,
        name: 'amount',
        type: 'uint256',
      },
    ],
    name: 'Approval',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        name: 'account',
        type: 'address',
      },
      {
        indexed: false,
        name: 'amount',
        type: 'uint256',
      },
    ],
    name: 'DestroyedBlackFunds',
    type: 'event',
  },
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
    outputs: [
      {
        name: '',
        type: 'bool',
      },
    ],
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
    stateMutability: 'pure',
    type: 'function',
  },
  {
    inputs: [
      {
        name: 'account',
        type: 'address',
      },
    ],
    name: 'destroyBlackFunds',
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
    name: 'isBlocked',
    outputs: [
      {
        name: '',
        type: 'bool',
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
        type: 'string',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'paused',
    outputs: [
      {
        name: '',
        type: 'bool',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        name: 'account',
        type: 'address',
      },
      {
        name: 'blocked',
        type: 'bool',
      },
    ],
    name: 'setBlocked',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        name: 'paused_',
        type: 'bool',
      },
    ],
    name: 'setPaused',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'symbol',
    outputs: [
      {
        name: '',
        type: 'string',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'totalSupply',
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

export const blockListTokenBytecode =
  '0x608060405234801561000f575f5ffd5b506040518060400160405280601081526020016f213637b1b5902634b9ba102a37b5b2b760811b81525060405180604001604052806005815260200164424c4f434b60d81b815250815f9081610065919061011d565b506001610072828261011d565b5050506101db565b634e487b7160e01b5f52604160045260245ffd5b600181811c908216806100a257607f821691505b6020821081036100c057634e487b7160e01b5f52602260045260245ffd5b50919050565b601f821115610118578282111561011857805f5260205f20601f840160051c60208510156100f157505f5b90810190601f840160051c035f5b81811015610114575f838201556001016100ff565b5050505b505050565b81516001600160401b038111156101365761013661007a565b61014a81610144845461008e565b846100c6565b6020601f82116001811461017c575f83156101655750848201515b5f19600385901b1c1916600184901b1784556101d4565b5f84815260208120601f198516915b828110156101ab578785015182556020948501946001909201910161018b565b50848210156101c857868401515f19600387901b60f8161c191681555b505060018360011b0184555b5050505050565b610906806101e85f395ff3fe608060405234801561000f575f5ffd5b50600436106100ef575f3560e01c806340c10f1911610093578063a9059cbb11610063578063a9059cbb14610218578063dd62ed3e1461022b578063f3bdc22814610255578063fbac395114610268575f5ffd5b806340c10f19146101c85780635c975abb146101db57806370a08231146101e857806395d89b4114610210575f5ffd5b806316c38b3c116100ce57806316c38b3c1461016e57806318160ddd1461018f57806323b872dd146101a6578063313ce567146101b9575f5ffd5b80620af2a1146100f357806306fdde031461012d578063095ea7b31461014b575b5f5ffd5b61012b61010136600461075e565b6001600160a01b03919091165f908152600660205260409020805460ff1916911515919091179055565b005b61013561028a565b604051610142919061078f565b60405180910390f35b61015e6101593660046107c4565b610315565b6040519015158152602001610142565b61012b61017c3660046107ec565b6005805460ff1916911515919091179055565b61019860025481565b604051908152602001610142565b61015e6101b436600461080c565b610381565b60405160128152602001610142565b61012b6101d63660046107c4565b61041d565b60055461015e9060ff1681565b6101986101f6366004610846565b6001600160a01b03165f9081526003602052604090205490565b6101356104a3565b61015e6102263660046107c4565b6104b0565b61019861023936600461085f565b600460209081525f928352604080842090915290825290205481565b61012b610263366004610846565b6104c5565b61015e610276366004610846565b60066020525f908152604090205460ff1681565b5f805461029690610887565b80601f01602080910402602001604051908101604052809291908181526020018280546102c290610887565b801561030d5780601f106102e45761010080835404028352916020019161030d565b820191905f5260205f20905b8154815290600101906020018083116102f057829003601f168201915b505050505081565b335f8181526004602090815260408083206001600160a01b038716808552925280832085905551919290917f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b9259061036f9086815260200190565b60405180910390a35060015b92915050565b6001600160a01b0383165f908152600460209081526040808320338452909152812054828110156103da57604051637dc7a0d960e11b815233600482015260248101829052604481018490526064015b60405180910390fd5b6103e483826108d3565b6001600160a01b0386165f90815260046020908152604080832033845290915290205561041285858561057f565b506001949350505050565b8060025f82825461042e91906108e6565b90915550506001600160a01b0382165f908152600360205260408120805483929061045a9084906108e6565b90915550506040518181526001600160a01b038316905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef9060200160405180910390a35050565b6001805461029690610887565b5f6104bc33848461057f565b50600192915050565b6001600160a01b0381165f9081526006602052604090205460ff166105085760405163191e51a760e21b81526001600160a01b03821660048201526024016103d1565b6001600160a01b0381165f90815260036020526040812080549082905560028054919283926105389084906108d3565b90915550506040518181526001600160a01b038316907f61e6e66b0d6339b2980aecc6ccc0039736791f0ccde9ed512e789a7fbdd698c69060200160405180910390a25050565b60055460ff16156105a3576040516313d0ff5960e31b815260040160405180910390fd5b6001600160a01b0383165f9081526006602052604090205460ff16156105e7576040516375e91ce760e01b81526001600160a01b03841660048201526024016103d1565b6001600160a01b0382165f9081526006602052604090205460ff161561062b576040516375e91ce760e01b81526001600160a01b03831660048201526024016103d1565b61063683838361063b565b505050565b610646838383610698565b816001600160a01b0316836001600160a01b03167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef8360405161068b91815260200190565b60405180910390a3505050565b6001600160a01b0383165f90815260036020526040902054818110156106ea5760405163391434e360e21b81526001600160a01b038516600482015260248101829052604481018390526064016103d1565b6106f482826108d3565b6001600160a01b038086165f9081526003602052604080822093909355908516815290812080548492906107299084906108e6565b909155505050505050565b80356001600160a01b038116811461074a575f5ffd5b919050565b8035801515811461074a575f5ffd5b5f5f6040838503121561076f575f5ffd5b61077883610734565b91506107866020840161074f565b90509250929050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b5f5f604083850312156107d5575f5ffd5b6107de83610734565b946020939093013593505050565b5f602082840312156107fc575f5ffd5b6108058261074f565b9392505050565b5f5f5f6060848603121561081e575f5ffd5b61082784610734565b925061083560208501610734565b929592945050506040919091013590565b5f60208284031215610856575f5ffd5b61080582610734565b5f5f60408385031215610870575f5ffd5b61087983610734565b915061078660208401610734565b600181811c9082168061089b57607f821691505b6020821081036108b957634e487b7160e01b5f52602260045260245ffd5b50919050565b634e487b7160e01b5f52601160045260245ffd5b8181038181111561037b5761037b6108bf565b8082018082111561037b5761037b6108bf56fea164736f6c6343000825000a'
