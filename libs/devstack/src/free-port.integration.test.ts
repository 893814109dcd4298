import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from './free-port.ts'

test('whoever comes back gets the port of before, unless somebody took it meanwhile', async () => {
  const before = await freePort()
  const again = await freePort(before)
  const server = createServer().listen(before, '127.0.0.1')
  await once(server, 'listening')

  const other = await freePort(before)
  server.close()

  expect(again).toBe(before)
  expect(other).not.toBe(before)
})
