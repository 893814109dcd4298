import { expect, test } from 'vitest'
import { type Policy, policyProblems } from './policy-problems.ts'

const KEPT: Policy = {
  manifests: [
    { folder: '', devDependencies: { node: '26.10.0' } },
    { folder: 'libs/money', dependencies: { '@coffer/errors': '0.1.0', beta: '1.0.0-beta.17' } },
  ],
  locked: [
    { path: 'node_modules/node', hasInstallScript: true },
    { path: 'node_modules/refused', hasInstallScript: true },
    { path: 'node_modules/quiet' },
    { path: 'libs/money' },
  ],
  allowScripts: { node: true, refused: false },
}

test('finds nothing where every version is exact and every script is decided about', () => {
  expect(policyProblems(KEPT)).toEqual([])
})

test.each(['^1.0.0', '~1.0.0', '1.x', '>=1', 'latest', '*', 'github:owner/name', 'file:../else'])(
  'refuses the version %s',
  (version) => {
    const manifests = [{ folder: 'apps/api', dependencies: { pg: version } }]

    expect(policyProblems({ ...KEPT, manifests })).toEqual([
      `apps/api/package.json wants pg ${version}. Expected an exact version.`,
    ])
  },
)

test('names a package that came with a script, also one within another', () => {
  const path = 'node_modules/@group/outer/node_modules/@group/inner'
  const locked = [...KEPT.locked, { path, hasInstallScript: true }]

  expect(policyProblems({ ...KEPT, locked })).toEqual([
    expect.stringMatching(/^@group\/inner wants to run a script when it is installed\./),
  ])
})

test('names a permission that nobody needs', () => {
  const allowScripts = { ...KEPT.allowScripts, quiet: true }

  expect(policyProblems({ ...KEPT, allowScripts })).toEqual([
    'allowScripts names quiet, which has no script to run. Take it out.',
  ])
})
