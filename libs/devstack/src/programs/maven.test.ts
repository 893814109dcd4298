import { expect, test } from 'vitest'
import { bytesDownloaded, pomText } from './maven.ts'

test('every artifact is a dependency of the project', () => {
  const text = pomText(['org.apache.kafka:kafka_2.13:4.1.0', 'org.slf4j:slf4j-simple:1.7.36'])
  expect(text.match(/<dependency>/g)).toHaveLength(2)
  expect(text).toContain(`      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>4.1.0</version>`)
})

test('where artifacts come from is left to the settings of Maven', () => {
  expect(pomText(['a:b:1'])).not.toMatch(/repositor|https/)
})

const DOWNLOADED =
  '[INFO] Downloaded from central: maven2/com/github/zstd-jni.jar (6.7 MB at 16 MB/s)'

test.each([
  [DOWNLOADED, 6_700_000],
  ['[INFO] Downloaded from mirror: x/y.pom (8.5 kB at 24 kB/s)', 8_500],
  ['[INFO] Downloaded from mirror: x/y.pom (512 B at 1.2 kB/s)', 512],
  ['[INFO] Downloading from central: maven2/com/github/zstd-jni.jar', undefined],
  ['[INFO] BUILD SUCCESS', undefined],
])('%s: %s bytes', (line, bytes) => {
  expect(bytesDownloaded(line)).toBe(bytes)
})
