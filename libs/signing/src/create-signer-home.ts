import { randomBytes } from 'node:crypto'
import { access, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from '@coffer/evm/address'
import { createJournal } from './journal-file.ts'
import { type KeystoreSecret, keystoreAddress, writeKeystore } from './keystore-file.ts'
import type { PolicySource } from './policy.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** The files of a signer in a folder of its own. */
export type SignerHome = {
  folder: string
  socket: string
  passwordFile: string
  policyFile: string
  journalFile: string
  keystore(name: string): string
}

export const signerHome = (folder: string): SignerHome => ({
  folder,
  socket: join(folder, 'signer.sock'),
  passwordFile: join(folder, 'password'),
  policyFile: join(folder, 'policy.json'),
  journalFile: join(folder, 'journal'),
  keystore: (name) => join(folder, `${name}.keystore.json`),
})

/**
 * Makes what is missing of a signer's folder: a password and an empty journal. What is there stays
 * as it is, so it may be called again.
 */
export async function createSignerHome(folder: string): Promise<SignerHome> {
  const home = signerHome(folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  if (!(await exists(home.passwordFile))) {
    await writePrivateFile(home.passwordFile, `${randomBytes(32).toString('base64url')}\n`)
  }
  if (!(await exists(home.journalFile))) await createJournal(home.journalFile)
  return home
}

export type AddKeyOptions = {
  name: string
  secret: KeystoreSecret
  /** What a guess of the password costs; the default takes a second. */
  cost?: { n: number; r: number; p: number }
}

/** Encrypts a key into the folder, unless one of this name is there. Returns its address. */
export async function addKey(
  home: SignerHome,
  { name, secret, ...cost }: AddKeyOptions,
): Promise<Address> {
  const path = home.keystore(name)
  if (await exists(path)) return keystoreAddress(path)
  const password = (await readPrivateFile(home.passwordFile)).replace(/\r?\n$/, '')
  return writeKeystore(path, secret, { password, ...cost })
}

/** Writes the policy of a new signer; one that is there stays. */
export async function addPolicy(home: SignerHome, policy: PolicySource): Promise<void> {
  if (await exists(home.policyFile)) return
  await writePrivateFile(home.policyFile, `${JSON.stringify(policy, undefined, 2)}\n`)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
