/**
 * Prints what Coffer is made of as a CycloneDX document: each package of package-lock.json with its
 * version, licence and SHA-512, and what depends on what. It asks nobody, and says the same of the
 * same lock file, wherever it is. Takes options of `npm sbom`, such as `--omit=dev`.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

type Bom = {
  serialNumber: string
  metadata: { timestamp?: string; component: { name: string }; tools?: unknown }
}

const options = ['--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
const { status, stdout, stderr, error } = spawnSync(
  'npm',
  ['sbom', ...options, '--loglevel=error', ...process.argv.slice(2)],
  {
    ...{ cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 },
    // On Windows npm is a .cmd file, which only a shell can start.
    shell: process.platform === 'win32',
  },
)
if (status === 0) {
  process.stdout.write(`${JSON.stringify(ofLockAlone(JSON.parse(stdout)), null, 2)}\n`)
} else {
  process.stderr.write(`npm sbom failed: ${error?.message ?? stderr}\n`)
  process.exitCode = status ?? 1
}

/** Without the time, the machine's npm and the folder's name, which say nothing of Coffer. */
function ofLockAlone(bom: Bom): Bom {
  const { timestamp: _, tools: __, component, ...metadata } = bom.metadata
  const lock = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  const hex = lock.update(process.argv.slice(2).join(' ')).digest('hex')
  // A UUID of version 8: its bits are whatever one likes.
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ].map(([from, to]) => hex.slice(from, to))
  return {
    ...bom,
    serialNumber: `urn:uuid:${a}-${b}-8${c}-a${d}-${e}`,
    metadata: { ...metadata, component: { ...component, name: 'coffer' } },
  }
}
