// Generated from contracts/src/hostile/LyingToken.sol by contracts/scripts/generate-abi.ts.
export const lyingTokenAbi = [
  {
    inputs: [],
    stateMutability: 'nonpayable',
    type: 'constructor',
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
    name: 'moveSilently',
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

export const lyingTokenBytecode =
  '0x608060405234801561000f575f5ffd5b506040518060400160405280600b81526020016a263cb4b733902a37b5b2b760a91b815250604051806040016040528060038152602001624c494560e81b815250815f908161005e9190610116565b50600161006b8282610116565b5050506101d4565b634e487b7160e01b5f52604160045260245ffd5b600181811c9082168061009b57607f821691505b6020821081036100b957634e487b7160e01b5f52602260045260245ffd5b50919050565b601f821115610111578282111561011157805f5260205f20601f840160051c60208510156100ea57505f5b90810190601f840160051c035f5b8181101561010d575f838201556001016100f8565b5050505b505050565b81516001600160401b0381111561012f5761012f610073565b6101438161013d8454610087565b846100bf565b6020601f821160018114610175575f831561015e5750848201515b5f19600385901b1c1916600184901b1784556101cd565b5f84815260208120601f198516915b828110156101a45787850151825560209485019460019092019101610184565b50848210156101c157868401515f19600387901b60f8161c191681555b505060018360011b0184555b5050505050565b610673806101e15f395ff3fe608060405234801561000f575f5ffd5b50600436106100a6575f3560e01c806340c10f191161006e57806340c10f191461012457806370a082311461013957806395d89b4114610161578063a9059cbb14610169578063dd585f521461017c578063dd62ed3e1461018f575f5ffd5b806306fdde03146100aa578063095ea7b3146100c857806318160ddd146100eb57806323b872dd14610102578063313ce56714610115575b5f5ffd5b6100b26101b9565b6040516100bf91906104f1565b60405180910390f35b6100db6100d6366004610541565b610244565b60405190151581526020016100bf565b6100f460025481565b6040519081526020016100bf565b6100db610110366004610569565b6102b0565b604051601281526020016100bf565b610137610132366004610541565b61034c565b005b6100f46101473660046105a3565b6001600160a01b03165f9081526003602052604090205490565b6100b26103d2565b6100db610177366004610541565b6103df565b61013761018a366004610541565b6103f4565b6100f461019d3660046105c3565b600460209081525f928352604080842090915290825290205481565b5f80546101c5906105f4565b80601f01602080910402602001604051908101604052809291908181526020018280546101f1906105f4565b801561023c5780601f106102135761010080835404028352916020019161023c565b820191905f5260205f20905b81548152906001019060200180831161021f57829003601f168201915b505050505081565b335f8181526004602090815260408083206001600160a01b038716808552925280832085905551919290917f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b9259061029e9086815260200190565b60405180910390a35060015b92915050565b6001600160a01b0383165f9081526004602090815260408083203384529091528120548281101561030957604051637dc7a0d960e11b815233600482015260248101829052604481018490526064015b60405180910390fd5b6103138382610640565b6001600160a01b0386165f908152600460209081526040808320338452909152902055610341858585610403565b506001949350505050565b8060025f82825461035d9190610653565b90915550506001600160a01b0382165f9081526003602052604081208054839290610389908490610653565b90915550506040518181526001600160a01b038316905f907fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef9060200160405180910390a35050565b600180546101c5906105f4565b5f6103eb338484610403565b50600192915050565b6103ff338383610455565b5050565b816001600160a01b0316836001600160a01b03167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef8360405161044891815260200190565b60405180910390a3505050565b6001600160a01b0383165f90815260036020526040902054818110156104a75760405163391434e360e21b81526001600160a01b03851660048201526024810182905260448101839052606401610300565b6104b18282610640565b6001600160a01b038086165f9081526003602052604080822093909355908516815290812080548492906104e6908490610653565b909155505050505050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b80356001600160a01b038116811461053c575f5ffd5b919050565b5f5f60408385031215610552575f5ffd5b61055b83610526565b946020939093013593505050565b5f5f5f6060848603121561057b575f5ffd5b61058484610526565b925061059260208501610526565b929592945050506040919091013590565b5f602082840312156105b3575f5ffd5b6105bc82610526565b9392505050565b5f5f604083850312156105d4575f5ffd5b6105dd83610526565b91506105eb60208401610526565b90509250929050565b600181811c9082168061060857607f821691505b60208210810361062657634e487b7160e01b5f52602260045260245ffd5b50919050565b634e487b7160e01b5f52601160045260245ffd5b818103818111156102aa576102aa61062c565b808201808211156102aa576102aa61062c56fea164736f6c6343000825000a'
