import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import solc from 'solc'

/** What TypeScript needs of each contract: its ABI and its creation code. */
const CONTRACTS = [
  { contract: 'TestToken', file: 'test-token.ts', name: 'testToken' },
  { contract: 'BatchPayer', file: 'batch-payer.ts', name: 'batchPayer' },
]

const SOURCES = ['IERC20.sol', 'TestToken.sol', 'BatchPayer.sol']

type Output = {
  errors?: { severity: string; formattedMessage: string }[]
  contracts: Record<
    string,
    Record<string, { abi: unknown[]; evm: { bytecode: { object: string } } }>
  >
}

const folder = (name: string): string => fileURLToPath(new URL(`../${name}/`, import.meta.url))

/**
 * The modules of `contracts/abi` as the sources say now, by file name. The same sources give the
 * same text on every machine. Throws when a contract doesn't compile.
 */
export function generateAbi(): Map<string, string> {
  const output = compile()
  return new Map(
    CONTRACTS.map(({ contract, file, name }) => {
      const compiled = output.contracts[`${contract}.sol`]?.[contract]
      if (compiled === undefined) throw new Error(`solc compiled no contract named ${contract}.`)
      return [file, moduleText(contract, name, compiled.abi, compiled.evm.bytecode.object)]
    }),
  )
}

/** The settings are those of foundry.toml, so that what forge tests is what is deployed. */
function compile(): Output {
  const sources = SOURCES.map((file) => {
    return [file, { content: readFileSync(`${folder('src')}${file}`, 'utf8') }]
  })
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(sources),
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none' },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  }
  const output: Output = JSON.parse(solc.compile(JSON.stringify(input)))
  const errors = output.errors ?? []
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
  return output
}

function moduleText(contract: string, name: string, abi: unknown[], bytecode: string): string {
  return [
    `// Generated from contracts/src/${contract}.sol by contracts/scripts/generate-abi.ts.`,
    `export const ${name}Abi = [`,
    ...abi.map((item) => `${literal(item, '  ')},`),
    '] as const',
    '',
    `export const ${name}Bytecode =`,
    `  '0x${bytecode}'`,
    '',
  ].join('\n')
}

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
