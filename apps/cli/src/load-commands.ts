import type { Command } from 'commander'
import { withExamples } from './examples.ts'

/** Every command by its name, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./commands/up.ts')).up,
  down: async () => (await import('./commands/down.ts')).down,
  env: async () => (await import('./commands/env.ts')).env,
  demo: async () => (await import('./commands/demo.ts')).demo,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  ledger: async () => (await import('./commands/ledger.ts')).ledger,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  signer: async () => (await import('./commands/signer.ts')).signer,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcile,
  treasury: async () => (await import('./commands/treasury.ts')).treasury,
  rescan: async () => (await import('./commands/rescan.ts')).rescan,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuild,
  analytics: async () => (await import('./commands/analytics.ts')).analytics,
  chain: async () => (await import('./commands/chain.ts')).chain,
  gaps: async () => (await import('./commands/gaps.ts')).gaps,
  audit: async () => (await import('./commands/audit.ts')).audit,
  deposits: async () => (await import('./commands/deposits.ts')).deposits,
  trace: async () => (await import('./commands/trace.ts')).trace,
  balances: async () => (await import('./commands/balances.ts')).balances,
  dlq: async () => (await import('./commands/dlq.ts')).dlq,
  keys: async () => (await import('./commands/keys.ts')).keys,
  tenants: async () => (await import('./commands/tenants.ts')).tenants,
  addresses: async () => (await import('./commands/addresses.ts')).addresses,
  migrate: async () => (await import('./commands/migrate.ts')).migrate,
  topics: async () => (await import('./commands/topics.ts')).topics,
  status: async () => (await import('./commands/status.ts')).status,
  health: async () => (await import('./commands/health.ts')).health,
}

/**
 * The command that is named `name`, or else all: whoever wants one thing need not wait until the
 * rest has been loaded, which takes a second.
 */
export async function loadCommands(name: string | undefined): Promise<Command[]> {
  const isNamed = name !== undefined && Object.hasOwn(COMMANDS, name)
  const named = isNamed ? COMMANDS[name] : undefined
  const wanted = named ? [named] : Object.values(COMMANDS)
  return await Promise.all(wanted.map(async (load) => withExamples(await load())))
}
