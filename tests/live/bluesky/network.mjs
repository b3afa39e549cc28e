// A Bluesky network on loopback: directory (PLC), server of the members' data (PDS), AppView, moderation (Ozone).
//
// Prints one JSON line when it takes requests: {"pds": url, "jwtSecret": text}. Ends when its standard input does.
import net from 'node:net'

// The packages bind every address; nothing here may be reached from outside.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'object' && first !== null && 'port' in first) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest)
  }
  if (typeof first === 'number') {
    const callback = rest.find((argument) => typeof argument === 'function')
    return listen.call(this, { port: first, host: '127.0.0.1' }, callback)
  }
  return listen.call(this, first, ...rest)
}

const { TestNetwork } = await import('@atproto/dev-env')
const { JWT_SECRET } = await import('@atproto/dev-env/dist/const.js')

const [pds, appview, plc, ozone] = process.argv.slice(2).map(Number)
const network = await TestNetwork.create({
  pds: { port: pds, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: {
    port: appview,
    publicUrl: `http://localhost:${appview}`,
    dbPostgresSchema: process.env.DB_POSTGRES_SCHEMA,
  },
  plc: { port: plc },
  ozone: { port: ozone },
})
console.log(JSON.stringify({ pds: `http://127.0.0.1:${pds}`, jwtSecret: JWT_SECRET }))

process.stdin.resume()
process.stdin.on('end', async () => {
  setTimeout(() => process.exit(0), 5000).unref() // its own farewell waits for every open connection
  await network.close()
  process.exit(0)
})
