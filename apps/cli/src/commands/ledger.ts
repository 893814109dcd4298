import { readFile } from 'node:fs/promises'
import { AppError } from '@coffer/errors/app-error'
import { hexOf, inclusionPath } from '@coffer/ledger/merkle-tree'
import type { Seal } from '@coffer/ledger/seal'
import { sha256, signSeal } from '@coffer/ledger/seal-crypto'
import { findSealed, readSeals } from '@coffer/ledger/seals'
import { problemOfProof, problemOfSeals } from '@coffer/ledger/verify-seals'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { endWith } from '../end-with.ts'
import { printJson } from '../progress.ts'
import { readSealFile, sealFile } from '../seal-files.ts'
import { wholeNumber } from './whole-number.ts'

const settings = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

function open(): Postgres {
  const { DATABASE_URL } = readConfig(settings, process.env)
  return openPostgres(DATABASE_URL, { applicationName: 'coffer ledger' })
}

/** A seal without what its tree is made of. */
const headerOf = ({ number, count, previous, root, sealedAtMs, hash }: Seal): Seal => {
  return { number, count, previous, root, sealedAtMs, hash }
}

const exportSeals = new Command('export-seals')
  .description('Print the seals of the ledger at DATABASE_URL, signed. Keep them elsewhere.')
  .requiredOption('--key <file>', 'Ed25519 private key in PEM; keep it away from the database')
  .option('--from <number>', 'first seal; it is best one that was exported before', wholeNumber, 1)
  .option('--json', 'what is printed is JSON in any case')
  .action(async ({ key, from }: { key: string; from: number }) => {
    const pem = await readFile(key, 'utf8')
    await using postgres = open()
    const seals: Seal[] = []
    for await (const seal of readSeals(postgres, from - 1)) seals.push(headerOf(seal))
    const last = seals.at(-1)
    if (last === undefined) throw new SealMissingError(`no seal of number ${from} or above`)
    printJson({ format: 'coffer-seals-1', seals, ...signSeal(last, pem) })
  })

const prove = new Command('prove')
  .description('Print what proves of a transaction what was booked, and when.')
  .argument('<reference>', 'of the transaction')
  .requiredOption('--key <file>', 'Ed25519 private key in PEM')
  .option('--json', 'what is printed is JSON in any case')
  .action(async (reference: string, { key }: { key: string }) => {
    const pem = await readFile(key, 'utf8')
    await using postgres = open()
    const sealed = await findSealed(postgres, reference)
    if (sealed === undefined)
      throw new SealMissingError(`nothing under ${JSON.stringify(reference)}`)
    const { content, index, seal } = sealed
    const path = inclusionPath(sha256, seal.leaves, index).map(hexOf)
    const signature = signSeal(seal, pem)
    printJson({
      format: 'coffer-proof-1',
      content,
      index,
      path,
      seal: headerOf(seal),
      ...signature,
    })
  })

const verifySeal = new Command('verify-seal')
  .description('Verify a file of export-seals or prove, without any database.')
  .argument('<file>', 'what export-seals or prove printed')
  .option('--public-key <file>', 'whose signature it must be, PEM; else that of the file itself')
  .option('--json', 'print the result as JSON')
  .action(async (file: string, options: { publicKey?: string; json?: boolean }) => {
    const read = readSealFile(sealFile, await readFile(file, 'utf8'))
    const key = options.publicKey ? await readFile(options.publicKey, 'utf8') : read.publicKey
    const isProof = read.format === 'coffer-proof-1'
    const problem = isProof ? problemOfProof(read, key) : problemOfSeals(read, key)
    if (problem !== undefined) endWith('unwell')
    if (options.json) return printJson({ valid: problem === undefined, problem: problem ?? null })
    if (problem !== undefined) return console.log(`It does not hold: ${problem}.`)
    const what = isProof ? `${read.content}\nis under seal ${read.seal.number}` : told(read.seals)
    console.log(`${what}, signed with the key\n${key.trim()}`)
    if (!options.publicKey) console.log('Nothing said whose key this is: see --public-key.')
  })

const told = (seals: readonly Seal[]) =>
  `Seals ${seals[0]?.number} to ${seals.at(-1)?.number} are linked`

/** `coffer ledger`: what is sealed of the books, to keep and to verify elsewhere. */
export const ledger = new Command('ledger')
  .description('Seals: hashes over all that was booked, to keep where the database is not.')
  .addCommand(exportSeals)
  .addCommand(prove)
  .addCommand(verifySeal)

export class SealMissingError extends AppError {
  readonly code = 'SEAL_MISSING'

  constructor(what: string) {
    super(
      `It can't be told: ${what} is sealed so far. The account service seals what was booked ` +
        'within seconds of it: look at the number or the reference, or wait a moment.',
      { retry: 'never', details: { what } },
    )
  }
}
