import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'

/** What TypeScript needs of each contract: its ABI and its creation code. */
const CONTRACTS = [
  'TestToken',
  'BatchPayer',
  'Forwarders',
  'hostile/BigAirdrop',
  'hostile/BlockListToken',
  'hostile/Bytes32Metadata',
  'hostile/FeeToken',
  'hostile/LogEmitter',
  'hostile/LyingToken',
  'hostile/NoReturn',
  'hostile/NonFungible',
  'hostile/OddLogToken',
  'hostile/RebasingToken',
  'hostile/ReturnsFalse',
  'hostile/UpgradeableToken',
  'value/ContractWallet',
  'value/Delegator',
  'value/GasBurner',
  'value/Killer',
  'value/ReenteringRecipient',
  'value/RevertingRecipient',
  'value/Splitter',
  'value/StillbornKiller',
  'value/ValueFactory',
]

/** Contracts that are looked at where they are deployed: their code with zeros for immutables. */
const LOOKED_AT = ['Forwarders']

/** What these need besides. */
const IMPORTED = ['Forwarder', 'IERC20', 'hostile/OpenToken']

/**
 * 2394: transient storage outlives the call; of it Forwarders reads what the same call has set.
 * 5159: SELFDESTRUCT is deprecated, and still moves coin.
 */
const IGNORED_ERROR_CODES = ['2394', '5159']

type Deployed = {
  object: string
  immutableReferences: Record<string, { start: number; length: number }[]>
}

type Compiled = {
  abi: unknown[]
  evm: { bytecode: { object: string }; deployedBytecode: Deployed }
}

type Output = {
  errors?: { errorCode: string; formattedMessage: string }[]
  contracts: Record<string, Record<string, Compiled>>
}

const kebabCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => `-${capital}`).toLowerCase()

const folder = (name: string): string => fileURLToPath(new URL(`../${name}/`, import.meta.url))

/**
 * The modules of `contracts/abi` as the sources say now, by file name. The same sources give the
 * same text on every machine. Throws when a contract doesn't compile.
 */
export function generateAbi(): Map<string, string> {
  const output = compile()
  return new Map(
    CONTRACTS.map((path) => {
      const contract = basename(path)
      const compiled = output.contracts[`${path}.sol`]?.[contract]
      if (compiled === undefined) throw new Error(`solc compiled no contract named ${contract}.`)
      const file = `${kebabCase(contract)}.ts`
      return [file, moduleText(path, compiled)]
    }),
  )
}

/** The settings are those of foundry.toml, so that what forge tests is what is deployed. */
function compile(): Output {
  const sources = [...IMPORTED, ...CONTRACTS].map((path) => {
    return [`${path}.sol`, { content: readFileSync(`${folder('src')}${path}.sol`, 'utf8') }]
  })
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(sources),
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none' },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode'] } },
    },
  }
  const output: Output = JSON.parse(solc.compile(JSON.stringify(input)))
  const errors = (output.errors ?? []).filter(({ errorCode }) => {
    return !IGNORED_ERROR_CODES.includes(errorCode)
  })
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
  return output
}

function moduleText(path: string, { abi, evm }: Compiled): string {
  const contract = basename(path)
  const name = contract.charAt(0).toLowerCase() + contract.slice(1)
  return [
    `// Generated from contracts/src/${path}.sol by contracts/scripts/generate-abi.ts.`,
    `export const ${name}Abi = [`,
    ...abi.map((item) => `${literal(item, '  ')},`),
    '] as const',
    '',
    `export const ${name}Bytecode =`,
    `  '0x${evm.bytecode.object}'`,
    '',
    ...(LOOKED_AT.includes(contract) ? deployedText(name, evm.deployedBytecode) : []),
  ].join('\n')
}

const startsOf = (places: readonly { start: number }[]) => places.map(({ start }) => start)

const deployedText = (name: string, { object, immutableReferences }: Deployed): string[] => [
  '/** What is deployed, with zeros for its immutables, and the bytes at which these begin. */',
  `export const ${name}Deployed = {`,
  `  code: '0x${object}',`,
  `  immutables: [${Object.values(immutableReferences).flatMap(startsOf)}],`,
  '} as const',
  '',
]

/** `value` as TypeScript, one property a line. What only Solidity calls a type is left out. */
function literal(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}[]`
    const items = value.map((item) => `${literal(item, inner)},`)
    return [`${indent}[`, ...items, `${indent}]`].join('\n')
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([key]) => key !== 'internalType')
      .map(([key, item]) => `${inner}${key}: ${literal(item, inner).trimStart()},`)
    return [`${indent}{`, ...entries, `${indent}}`].join('\n')
  }
  return `${indent}${typeof value === 'string' ? `'${value}'` : String(value)}`
}

if (import.meta.main) {
  for (const [file, text] of generateAbi()) writeFileSync(`${folder('abi')}${file}`, text)
}
