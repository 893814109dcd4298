import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DownloadError } from './download-error.ts'
import type { RunProgram } from './run-program.ts'

/** How many bytes are there, of about so many. */
export type Amount = { done: number; of: number }

/** `group:artifact:version` */
export type Coordinates = `${string}:${string}:${string}`

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'

export type MavenOptions = {
  run: RunProgram
  /** Where the pom is written and Maven works. */
  dir: string
  artifacts: readonly Coordinates[]
  /** What the dependency plugin does with them, and how. */
  goal: 'copy-dependencies' | 'unpack-dependencies'
  settings: readonly string[]
  /** About how much is downloaded where nothing is there so far, bytes. */
  bytesAbout: number
  onProgress: (detail: string, amount: Amount) => void
  onSpawn: (child: { pid?: number | undefined }) => void
}

/** Lets Maven resolve `artifacts` with all they need. Throws {@link DownloadError}. */
export async function runMaven(options: MavenOptions): Promise<void> {
  const { run, dir, artifacts, goal, settings, onProgress, onSpawn, bytesAbout } = options
  await writeFile(join(dir, 'pom.xml'), pomText(artifacts))
  let files = 0
  let bytes = 0
  const onLine = (line: string) => {
    const more = bytesDownloaded(line)
    if (more === undefined) return
    files += 1
    bytes += more
    // It is whole when Maven says so, however much that is.
    onProgress(`${files} files`, { done: Math.min(bytes, bytesAbout * 0.99), of: bytesAbout })
  }
  const args = ['--batch-mode', '--file', 'pom.xml', `${PLUGIN}:${goal}`, ...settings]
  const result = await run('mvn', args, { cwd: dir, onLine, onSpawn })
  if (result !== 'missing' && result.code === 0) {
    if (files > 0) onProgress(`${files} files`, { done: bytes, of: bytes })
    return
  }
  const output = result === 'missing' ? 'mvn is not on PATH' : result.output
  throw new DownloadError({ what: artifacts.join(' and '), by: 'Maven', output })
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

/** How much Maven has downloaded by this line, bytes; `undefined` if it tells of something else. */
export function bytesDownloaded(line: string): number | undefined {
  const [, amount, unit = ''] = /Downloaded from \S+ \S+ \(([\d.]+) (\w+) at /.exec(line) ?? []
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 0)
}

/** A project that consists of its dependencies. */
export function pomText(artifacts: readonly Coordinates[]): string {
  const dependencies = artifacts.map((coordinates) => {
    const [group, artifact, version] = coordinates.split(':')
    return [
      '    <dependency>',
      `      <groupId>${group}</groupId>`,
      `      <artifactId>${artifact}</artifactId>`,
      `      <version>${version}</version>`,
      '    </dependency>',
    ].join('\n')
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>coffer.devstack</groupId>
  <artifactId>downloads</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`
}
