import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

type ForgeResult = { status: string; reason: string | null; counterexample: unknown }
type ForgeReport = Record<string, { test_results: Record<string, ForgeResult> }>

describe.each(Object.entries(runForge()))('%s', (_contract, { test_results }) => {
  test.each(Object.entries(test_results))('%s', (_name, { status, reason, counterexample }) => {
    expect({ status, reason, counterexample }).toEqual({
      status: 'Success',
      reason: null,
      counterexample: null,
    })
  })
})

/**
 * Runs the Solidity tests. Throws what forge printed when it ran none, as when one won't compile.
 */
function runForge(): ForgeReport {
  const manifest = createRequire(import.meta.url).resolve('@foundry-rs/forge/package.json')
  const forge = spawnSync(
    process.execPath,
    [join(dirname(manifest), 'bin.mjs'), 'test', '--offline', '--json'],
    { cwd: fileURLToPath(new URL('../', import.meta.url)), encoding: 'utf8' },
  )
  const report = forge.stdout.split('\n').find((line) => line.startsWith('{'))
  if (report === undefined || report === '{}') {
    throw new Error(`forge ran no tests.\n${forge.stdout}${forge.stderr}`)
  }
  return JSON.parse(report)
}
