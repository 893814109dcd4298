export type PackageManifest = {
  /** Where it is, such as `libs/money`. */
  folder: string
  name: string
  dependencies?: Readonly<Record<string, string>>
  devDependencies?: Readonly<Record<string, string>>
  /** Names of the packages of ours that its files import. */
  imports?: readonly string[]
}

/** Contexts that every other context may call inside its own transaction. */
const KERNEL = ['ledger', 'wallets']

const CONTEXTS = [
  ...KERNEL,
  'access',
  'analytics',
  'deposits',
  'notifications',
  'payments',
  'reconciliation',
  'settlements',
  'withdrawals',
]

/** What the domain of a context is made of: these depend on each other only. */
const PURE = ['errors', 'money', 'events']

/** Every dependency that points outward, is not declared, or is not called as its folder is. */
export function dependencyProblems(manifests: readonly PackageManifest[]): string[] {
  const folders = new Map(manifests.map(({ name, folder }) => [name, folder]))
  return manifests.flatMap((manifest) => {
    const { folder, name, dependencies, devDependencies, imports = [] } = manifest
    const declared = Object.keys({ ...dependencies, ...devDependencies })
    const problems = declared.flatMap((dependency) => {
      const target = folders.get(dependency)
      const rule = target === undefined ? undefined : brokenRule(folder, target)
      return rule === undefined ? [] : [`${folder} depends on ${target}: ${rule}.`]
    })
    for (const each of imports.filter((imported) => !declared.includes(imported))) {
      problems.push(`${folder} imports ${each}, which its package.json does not declare.`)
    }
    const expectedName = expectedNameOf(folder, [...folders.values()])
    if (name !== expectedName) problems.push(`${folder} is called ${name}, not ${expectedName}.`)
    return problems
  })
}

/** As its folder; an app that is called as a library says what it is. */
function expectedNameOf(folder: string, folders: readonly string[]): string {
  const [group, name] = folder.split('/').slice(-2)
  const isNamesake = group === 'apps' && folders.includes(`libs/${name}`)
  return `@coffer/${folder.split('/').at(-1)}${isNamesake ? '-app' : ''}`
}

function brokenRule(from: string, to: string): string | undefined {
  const [fromGroup, fromName = ''] = from.split('/')
  const [toGroup, toName = ''] = to.split('/')
  // Benchmarks stand outside: they start apps and measure them.
  if (toGroup === 'apps') return fromGroup === 'bench' ? undefined : 'nothing imports an app'
  if (fromGroup !== 'libs' || toGroup !== 'libs') return undefined
  if (PURE.includes(fromName) && !PURE.includes(toName)) return `${fromName} is pure`
  if (!CONTEXTS.includes(toName)) return undefined
  if (!CONTEXTS.includes(fromName)) return 'a platform library knows no context'
  if (KERNEL.includes(fromName)) return 'wallets and ledger import no other context'
  return KERNEL.includes(toName) ? undefined : 'contexts tell each other by events'
}
