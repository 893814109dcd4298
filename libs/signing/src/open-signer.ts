import { readFile } from 'node:fs/promises'
import { AppError } from '@coffer/errors/app-error'
import { z } from 'zod'
import { journalFile } from './journal-file.ts'
import { journaledSigner } from './journaled-signer.ts'
import { keyRing } from './key-ring.ts'
import { readKeystore } from './keystore-file.ts'
import { keystoreKey } from './keystore-key.ts'
import { parsePolicy, type SigningPolicy } from './policy.ts'
import type { KmsKey, Signer } from './ports.ts'
import { readPrivateFile } from './private-file.ts'

export type SignerFiles = {
  /** Keystores of hot wallets, and of one HD wallet at most. */
  keystores: readonly string[]
  passwordFile: string
  policyFile: string
  journalFile: string
}

/** Opens keystores, policy and journal. Throws when one is missing, open to others or damaged. */
export async function openSigner(
  files: SignerFiles,
  { nowMs = Date.now }: { nowMs?: () => number } = {},
): Promise<Signer & AsyncDisposable> {
  const policy = await readPolicy(files.policyFile)
  const keys = await openKeys(files)
  const journal = await journalFile(files.journalFile)
  return {
    ...journaledSigner({ keys, policy, journal, nowMs }),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}

async function openKeys({ keystores, passwordFile }: SignerFiles) {
  // An editor ends the last line of whatever it writes.
  const password = (await readPrivateFile(passwordFile)).replace(/\r?\n$/, '')
  const hotWallets: KmsKey[] = []
  let xprv: string | undefined
  for (const path of keystores) {
    const secret = await readKeystore(path, password)
    if (secret.kind === 'key') hotWallets.push(keystoreKey(secret.privateKey))
    else xprv = secret.xprv
  }
  return keyRing(hotWallets, xprv)
}

async function readPolicy(path: string): Promise<SigningPolicy> {
  try {
    return parsePolicy(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const problem =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : ''
    throw new PolicyError(path, problem)
  }
}

/** What the signer may sign is not written down so that it can be read. */
export class PolicyError extends AppError {
  readonly code = 'SIGNER_POLICY'

  constructor(path: string, problem: string) {
    super(`Can't use the signer's policy ${path}:\n${problem}`, {
      retry: 'never',
      details: { path },
    })
  }
}
