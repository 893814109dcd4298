import { addKey, createSignerHome } from '@coffer/signing/create-signer-home'
import { type KeystoreSecret, keystoreAddress } from '@coffer/signing/keystore-file'
import { readPrivateFile } from '@coffer/signing/private-file'
import { newPrivateKey, readSecret } from '@coffer/signing/read-secret'
import { Command } from 'commander'
import { makeLocalSigner } from '../local-signer.ts'
import { printJson } from '../progress.ts'

type InitOptions = { folder: string; name: string; import?: string; json?: true }

const init = new Command('init')
  .description(
    'Make the folder of a signer: a password, an empty journal, and an encrypted key, a new one ' +
      'or one that a file of mode 0600 holds. What is there stays.',
  )
  .requiredOption('--folder <folder>', 'where it goes; for nobody else to read')
  .option('--name <name>', 'what the keystore is called', 'hot')
  .option(
    '--import <file>',
    'a private key in hex, or the extended private key (xprv) of HD addresses',
  )
  .option('--json', 'print the result as one JSON line')
  .action(async ({ folder, name, import: file, json }: InitOptions) => {
    const secret: KeystoreSecret = file
      ? readSecret(await readPrivateFile(file))
      : { kind: 'key', privateKey: newPrivateKey() }
    const home = await createSignerHome(folder)
    const address = await addKey(home, { name, secret })
    const { policyFile } = home
    if (json) return printJson({ address, keystore: home.keystore(name), policyFile })
    console.log(`${address}  ${home.keystore(name)}`)
    console.log(`Write down what it may sign in ${policyFile}: docs/signing.md says how.`)
  })

const address = new Command('address')
  .description('Print the address of a keystore; of an HD wallet the one of its first place.')
  .argument('<file>', 'the keystore')
  .option('--json', 'print the result as one JSON line')
  .action(async (file: string, { json }: { json?: true }) => {
    const found = await keystoreAddress(file)
    if (json) return printJson({ address: found })
    console.log(found)
  })

const local = new Command('init-local')
  .description('Make the folder of a signer for a local chain, with keys that everybody knows.')
  .requiredOption('--folder <folder>', 'where it goes')
  .option('--json', 'print the result as one JSON line')
  .action(async ({ folder, json }: { folder: string; json?: true }) => {
    const { shared } = await makeLocalSigner(folder)
    if (json) return printJson({ address: shared['HOT_WALLET'], folder })
    console.log(`${shared['HOT_WALLET']}  ${folder}`)
  })

/** `coffer signer`: keys, before a signer runs. */
export const signer = new Command('signer')
  .description('Keys of the signer.')
  .addCommand(init)
  .addCommand(local)
  .addCommand(address)
