import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTcpProxy, type Toxic, toxics } from './tcp-proxy.ts'
import { testDatabase } from './test-database.ts'
import { waitFor } from './wait-for.ts'

describe('in front of a server that echoes', () => {
  test('passes bytes both ways, and the end of either side', async () => {
    const { client } = await connected()

    client.end('hello')

    expect(await allOf(client)).toBe('hello')
  })

  test.each<[string, Toxic]>([
    ['late', toxics.latency(20)],
    ['slowly', toxics.bandwidth(200_000)],
    ['in small pieces', toxics.slicer(3)],
  ])('delivers everything %s', async (_, toxic) => {
    const { client, proxy } = await connected()
    const active = proxy.add(toxic)
    const text = 'abcdefghij'.repeat(200)

    client.end(text)

    expect(await allOf(client)).toBe(text)
    expect(active.seen).toBeGreaterThan(0)
  })

  test('slices what the client gets', async () => {
    const { client, proxy } = await connected()
    proxy.add(toxics.slicer(4), 'down')
    const after = proxy.add((chunk) => [chunk], 'down')

    client.end('abcdefghij')

    expect(await allOf(client)).toBe('abcdefghij')
    expect(after.seen).toBe(3)
  })

  test('says nothing and stays open when it is half-open, until it is healed', async () => {
    const { client, proxy } = await connected()
    const half = proxy.add(toxics.timeout())
    client.write('lost')
    await waitFor(() => half.seen === 1, { what: 'the bytes that are swallowed' })

    proxy.heal()
    client.end('heard')

    expect(await allOf(client)).toBe('heard')
  })

  test('resets the connection when the first bytes come', async () => {
    const { client, proxy } = await connected()
    proxy.add(toxics.resetPeer())

    client.write('hello')

    await expect(allOf(client)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('ends the connection after so many bytes', async () => {
    const { client, proxy, received } = await connected()
    proxy.add(toxics.limitData(3), 'up')

    client.write('hello')

    await expect(allOf(client)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await waitFor(() => received() === 'hel', { what: 'the bytes that pass' })
  })

  test('resets every connection at once', async () => {
    const { client, proxy } = await connected()
    client.write('hello')
    await once(client, 'readable')

    proxy.resetAll()

    await expect(allOf(client)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})

test('a transaction whose COMMIT is never answered is committed all the same', async () => {
  await using database = await testDatabase([])
  const { hostname, port } = new URL(database.url)
  await using proxy = await startTcpProxy({ host: hostname, port: Number(port) })
  const url = new URL(database.url)
  url.host = `127.0.0.1:${proxy.port}`
  await using through = openPostgres(url.href, { connectionsMax: 1, applicationName: 'cut' })
  await through.execute(sql`create table booked (id int)`)
  proxy.add(toxics.cutReply((request) => /commit/i.test(request.toString('latin1'))))

  const booking = through.transaction(async (transaction) => {
    await transaction.execute(sql`insert into booked values (1)`)
  })

  await expect(booking).rejects.toThrow()
  expect(await database.postgres.execute(sql`select id from booked`)).toEqual([{ id: 1 }])
  expect(await through.execute(sql`select id from booked`)).toEqual([{ id: 1 }])
})

/** A client that is connected through a proxy to a server which sends back what it gets. */
async function connected() {
  let got = ''
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      got += chunk
    })
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startTcpProxy({ port: (server.address() as AddressInfo).port })
  const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  await once(client, 'connect')
  onTestFinished(async () => {
    client.destroy()
    await proxy[Symbol.asyncDispose]()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { client, proxy, received: () => got }
}

async function allOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}
