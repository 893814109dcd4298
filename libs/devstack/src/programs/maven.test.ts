import { expect, test } from 'vitest'
import { pomText } from './maven.ts'

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
