import { expect, test } from 'vitest'
import { dependencyProblems } from './dependency-problems.ts'

const lib = (name: string, ...dependencies: string[]) => ({
  folder: `libs/${name}`,
  name: `@coffer/${name}`,
  dependencies: Object.fromEntries(dependencies.map((each) => [`@coffer/${each}`, '0.1.0'])),
})
const scanner = { folder: 'apps/scanner', name: '@coffer/scanner' }

test.for([
  ['a context on the kernel', lib('deposits', 'wallets', 'ledger'), []],
  ['a context on another', lib('ledger', 'deposits'), [/ledger import no other context/]],
  ['the kernel on itself', lib('wallets', 'ledger'), [/ledger import no other context/]],
  ['a context on a peer', lib('payments', 'deposits'), [/tell each other by events/]],
  ['a platform library on a context', lib('messaging', 'ledger'), [/knows no context/]],
  ['a library on an app', lib('devstack', 'scanner'), [/nothing imports an app/]],
  ['an app on another', { ...lib('x', 'scanner'), folder: 'apps/x' }, [/nothing imports an app/]],
  ['the benchmarks on an app', { ...lib('bench', 'scanner'), folder: 'bench' }, []],
  ['a pure library on PostgreSQL', lib('money', 'postgres'), [/money is pure/]],
] as const)('dependencies of %s', ([, manifest, expected]) => {
  const others = ['wallets', 'ledger', 'deposits', 'postgres']
    .filter((name) => manifest.name !== `@coffer/${name}`)
    .map((name) => lib(name))

  const problems = dependencyProblems([manifest, scanner, ...others])

  expect(problems).toEqual(expected.map((message) => expect.stringMatching(message)))
})

test('a package under a name that its folder does not tell is refused', () => {
  expect(dependencyProblems([{ folder: 'libs/money', name: '@coffer/coins' }])).toEqual([
    'libs/money is called @coffer/coins, not @coffer/money.',
  ])
})

test('an app that is called as a library is told from it', () => {
  const library = { folder: 'libs/scanner', name: '@coffer/scanner' }
  const app = { folder: 'apps/scanner', name: '@coffer/scanner-app' }

  expect(dependencyProblems([library, app])).toEqual([])
  expect(dependencyProblems([library, { ...app, name: '@coffer/scans' }])).toEqual([
    'apps/scanner is called @coffer/scans, not @coffer/scanner-app.',
  ])
})

test('an import of a package that is not declared is refused', () => {
  const ledger = { ...lib('ledger', 'money'), imports: ['@coffer/money', '@coffer/wallets'] }

  expect(dependencyProblems([ledger])).toEqual([
    'libs/ledger imports @coffer/wallets, which its package.json does not declare.',
  ])
})
