/**
 * Checks the alarm rules and runs their tests by promtool, which comes with Prometheus: from the
 * path, from where PROMTOOL says, or from a Docker image.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const OPS = resolve(import.meta.dirname, '../ops')
const IMAGE = 'prom/prometheus:v3.5.0'

const MISSING = `promtool is not here. It comes with Prometheus: install your system's package
(Debian and Ubuntu: apt-get install prometheus), name one by PROMTOOL=/path/to/promtool, or install
Docker, whose image ${IMAGE} has it.`

type Tool = (...given: string[]) => number | null

const run = (command: string, given: readonly string[]): number | null =>
  spawnSync(command, given, { cwd: OPS, stdio: 'inherit' }).status

const answers = (command: string, given: readonly string[]): boolean =>
  spawnSync(command, given, { stdio: 'ignore' }).status === 0

function promtool(): Tool | undefined {
  const named = process.env['PROMTOOL'] || 'promtool'
  if (answers(named, ['--version'])) return (...given) => run(named, given)
  if (!answers('docker', ['info'])) return undefined
  const inside = ['run', '--rm', '--volume', `${OPS}:/ops:ro`, '--workdir', '/ops']
  return (...given) => run('docker', [...inside, '--entrypoint', 'promtool', IMAGE, ...given])
}

const tool = promtool()
if (tool === undefined) {
  console.error(MISSING)
  process.exitCode = 2
} else {
  const checked = tool('check', 'rules', 'prometheus-rules.yml')
  const tested = tool('test', 'rules', 'prometheus-rules.test.yml')
  process.exitCode = checked === 0 && tested === 0 ? 0 : 1
}
