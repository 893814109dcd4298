import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DownloadError } from './download-error.ts'
import type { RunProgram } from './run-program.ts'

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
  onProgress: (detail: string) => void
  onSpawn: (child: { pid?: number | undefined }) => void
}

/** Lets Maven resolve `artifacts` with all they need. Throws {@link DownloadError}. */
export async function runMaven(options: MavenOptions): Promise<void> {
  const { run, dir, artifacts, goal, settings, onProgress, onSpawn } = options
  await writeFile(join(dir, 'pom.xml'), pomText(artifacts))
  let files = 0
  const onLine = (line: string) => {
    if (line.includes('Downloaded from')) onProgress(`${++files} files`)
  }
  const args = ['--batch-mode', '--file', 'pom.xml', `${PLUGIN}:${goal}`, ...settings]
  const result = await run('mvn', args, { cwd: dir, onLine, onSpawn })
  if (result !== 'missing' && result.code === 0) return
  const output = result === 'missing' ? 'mvn is not on PATH' : result.output
  throw new DownloadError({ what: artifacts.join(' and '), by: 'Maven', output })
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
