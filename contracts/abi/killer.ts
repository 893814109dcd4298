// Generated from contracts/src/value/Killer.sol by contracts/scripts/generate-abi.ts.
export const killerAbi = [
  {
    inputs: [],
    stateMutability: 'payable',
    type: 'constructor',
  },
  {
    inputs: [],
    name: 'Regretted',
    type: 'error',
  },
  {
    inputs: [
      {
        name: 'beneficiary',
        type: 'address',
      },
    ],
    name: 'kill',
    outputs: [],
    stateMutability: 'payable',
    type: 'function',
  },
  {
    inputs: [
      {
        name: 'beneficiary',
        type: 'address',
      },
    ],
    name: 'killInVain',
    outputs: [],
    stateMutability: 'payable',
    type: 'function',
  },
  {
    inputs: [
      {
        name: 'beneficiary',
        type: 'address',
      },
    ],
    name: 'killThenRevert',
    outputs: [],
    stateMutability: 'payable',
    type: 'function',
  },
  {
    stateMutability: 'payable',
    type: 'receive',
  },
] as const

export const killerBytecode =
  '0x6080604052610188806100115f395ff3fe608060405260043610610036575f3560e01c80630870ae5f14610041578063cbf0b0c014610056578063fe4a834d14610069575f5ffd5b3661003d57005b5f5ffd5b61005461004f36600461014e565b61007c565b005b61005461006436600461014e565b6100d2565b61005461007736600461014e565b6100de565b60405163fe4a834d60e01b81526001600160a01b0382166004820152309063fe4a834d9034906024015f604051808303818588803b1580156100bc575f5ffd5b505af1935050505080156100ce575060015b5050565b806001600160a01b0316ff5b60405163032fc2c360e61b81526001600160a01b0382166004820152309063cbf0b0c09034906024015f604051808303818588803b15801561011e575f5ffd5b505af1158015610130573d5f5f3e3d5ffd5b5050505050604051636604c77760e01b815260040160405180910390fd5b5f6020828403121561015e575f5ffd5b81356001600160a01b0381168114610174575f5ffd5b939250505056fea164736f6c6343000825000a'
