// Answers every request with the same 4 kB, whatever it says: what the clients could ask at most of a server that does nothing.
// It prints where it listens.
import { type AddressInfo, createServer } from 'node:net';

const body = JSON.stringify({ data: { padding: 'x'.repeat(4_000) } });
const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  // Each client waits for its answer before it asks again, and asks in one write: what comes is one request.
  socket.on('data', () => void socket.write(answer));
});
server.listen(0, '127.0.0.1', () => console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => process.exit());
