import type { Command } from 'commander'

const DEPOSIT = 'eip155:1:0x5c50…d3e1:log:0'

/** How each command is used, by its name. Shown below its help. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  'coffer up': ['coffer up', 'coffer up --detach', 'coffer up --apps scanner,accounts,api --json'],
  'coffer down': ['coffer down'],
  'coffer env': ['coffer env', 'coffer env --parts --json'],
  'coffer demo': ['coffer demo', 'coffer demo --users 20 --count 500 --keep'],
  'coffer doctor': [
    'coffer doctor',
    'coffer doctor --json',
    'coffer doctor --ledger --seals seals.json',
  ],
  'coffer ledger export-seals': ['coffer ledger export-seals --key seal.pem > seals.json'],
  'coffer ledger prove': [`coffer ledger prove ${DEPOSIT} --key seal.pem > proof.json`],
  'coffer ledger verify-seal': ['coffer ledger verify-seal proof.json --public-key seal.pub'],
  'coffer simulate deposits': ['coffer simulate deposits --users 5 --count 100 --seed 7'],
  'coffer simulate pay': [
    'coffer simulate pay 0x5c50…d3e1 0.25',
    'coffer simulate pay 0x5c50…d3e1 12.5 --asset eip155:31337/erc20:0xa0b8…eb48 --wait 0',
  ],
  'coffer simulate tokens': ['coffer simulate tokens --rpc http://127.0.0.1:8545'],
  'coffer simulate blocks': ['coffer simulate blocks 12'],
  'coffer signer init': ['coffer signer init --folder /srv/signer --name hot'],
  'coffer signer init-local': ['coffer signer init-local --folder .coffer/signer'],
  'coffer signer address': ['coffer signer address /srv/signer/hot.keystore.json'],
  'coffer reconcile import': ['coffer reconcile import statement.csv --channel sandbox'],
  'coffer reconcile run': [
    'coffer reconcile run --chain eip155:1',
    'coffer reconcile run --channel sandbox --day 2026-03-31',
  ],
  'coffer reconcile list': ['coffer reconcile list --status open --json'],
  'coffer reconcile resolve': ['coffer reconcile resolve 12 --kind accept --reason "paid by hand"'],
  'coffer treasury fund': [
    'coffer treasury fund --transaction 0x5c50…d3e1',
    'coffer treasury fund --transaction 0x5c50…d3e1 --chain eip155:1 --json',
  ],
  'coffer rescan': ['coffer rescan --from 21000000 --to 21000100 --chain eip155:1'],
  'coffer rebuild': ['coffer rebuild', 'coffer rebuild --from-source --json'],
  'coffer analytics rebuild': ['coffer analytics rebuild'],
  'coffer chain latched': ['coffer chain latched'],
  'coffer chain unlatch': [
    'coffer chain unlatch --chain eip155:1',
    'coffer chain unlatch --chain eip155:1 --yes',
  ],
  'coffer gaps list': ['coffer gaps list --all --json'],
  'coffer gaps rescan': ['coffer gaps rescan 3'],
  'coffer keys create': [
    'coffer keys create --holder ann@example.com --role operator',
    'coffer keys create --holder shop --role developer --tenant 01977c4e… --days 90',
  ],
  'coffer keys list': ['coffer keys list --all --json'],
  'coffer keys rotate': ['coffer keys rotate 3f9a… --grace 3600'],
  'coffer keys revoke': ['coffer keys revoke 3f9a…'],
  'coffer tenants create': ['coffer tenants create "Tea & Sons"'],
  'coffer tenants list': ['coffer tenants list --json'],
  'coffer audit status': ['coffer audit status'],
  'coffer deposits release': [
    `coffer deposits release ${DEPOSIT} --reason "the owner asked for it"`,
  ],
  'coffer trace': [`coffer trace ${DEPOSIT}`, `coffer trace ${DEPOSIT} --json`],
  'coffer balances differences': ['coffer balances differences --json'],
  'coffer balances resolve': ['coffer balances resolve 4 --reason "a rebasing token"'],
  'coffer dlq list': ['coffer dlq list --topic wallet.events.dlq --state waiting'],
  'coffer dlq show': ['coffer dlq show wallet.events.dlq:0:17'],
  'coffer dlq redrive': [
    'coffer dlq redrive wallet.events.dlq:0:17',
    'coffer dlq redrive --topic wallet.events.dlq --all --dry-run',
  ],
  'coffer dlq discard': ['coffer dlq discard wallet.events.dlq:0:17 --reason "sent by a test"'],
  'coffer addresses import': ['coffer addresses import addresses.ndjson'],
  'coffer migrate': ['coffer migrate'],
  'coffer topics create': ['coffer topics create'],
  'coffer topics list': ['coffer topics list --json'],
  'coffer topics test': ['coffer topics test'],
  'coffer status': ['coffer status', 'coffer status --json', 'coffer status --every 5000'],
  'coffer health': ['coffer health', 'coffer health --app accounts=http://127.0.0.1:4002 --json'],
}

/** Examples of `command` and of those below it, shown with the help of each. */
export function withExamples(command: Command, above = 'coffer'): Command {
  const name = `${above} ${command.name()}`
  for (const below of command.commands) withExamples(below, name)
  const examples = EXAMPLES[name] ?? []
  if (examples.length === 0) return command
  const lines = examples.map((example) => `  $ ${example}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
