import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

type Check = { name: string; command: string; args: readonly string[] }

const ROOT = join(import.meta.dirname, '..')

const CHECKS: readonly Check[] = [
  {
    name: 'format, lint and boundaries (biome)',
    command: 'biome',
    args: ['check', '--error-on-warnings', '--diagnostic-level=warn', '--max-diagnostics=200', '.'],
  },
  { name: 'types (tsc)', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'types of the console (tsc)', command: 'tsc', args: ['--noEmit', '-p', 'apps/console'] },
  { name: 'promises (oxlint)', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'dead code and undeclared packages (knip)', command: 'knip', args: ['--no-progress'] },
  { name: 'package.json files', command: 'node', args: ['scripts/check-packages.ts'] },
  { name: 'package-lock.json', command: 'node', args: ['scripts/check-lock.ts'] },
  { name: 'migrations (drizzle-kit)', command: 'node', args: ['scripts/check-migrations.ts'] },
  { name: "the API's client", command: 'node', args: ['scripts/check-client.ts'] },
  {
    name: 'shell scripts (bash -n)',
    command: 'bash',
    // bash takes one script at a time: further names would be arguments of the first.
    args: ['-c', 'for script; do bash -n "$script" || exit; done', 'bash', ...shellScripts()],
  },
]

/** What is shown only in case of failure is read from a pipe, so it comes without colours. */
const PLAIN = { NO_COLOR: '1', FORCE_COLOR: undefined }

/** Runs every static check, prints each one's name, outcome and time, and counts them. */
export function runChecks(): { passed: number; failed: number } {
  const failed = CHECKS.filter((check) => !passes(check)).length
  return { passed: CHECKS.length - failed, failed }
}

function passes({ name, command, args }: Check): boolean {
  const startedAt = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...PLAIN },
    // On Windows what npm installs as a command is a .cmd file, which only a shell can start.
    shell: process.platform === 'win32',
  })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}, ${seconds} s\n`)
  if (status === 0) return true
  process.stdout.write(`${stdout}${stderr}${error ? `${error.message}\n` : ''}`)
  return false
}

function shellScripts(): string[] {
  const scripts = readdirSync(join(ROOT, 'scripts')).filter((file) => file.endsWith('.sh'))
  return ['.ci/run', ...scripts.map((file) => `scripts/${file}`)]
}
