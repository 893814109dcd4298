import { expect, test } from 'vitest'
import { DownloadError } from './download-error.ts'

test('a failed download says what, by what, and why', () => {
  const output = 'Downloading a\n[ERROR] Could not resolve a:b:1: Connection refused\nmore'
  const { message } = new DownloadError({ what: 'a:b:1', by: 'Maven', output })
  expect(message).toContain('Maven could not download a:b:1.')
  expect(message).toMatch(/It said: \[ERROR\] Could not resolve a:b:1: Connection refused$/)
})
