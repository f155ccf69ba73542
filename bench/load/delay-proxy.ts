// A network between two programs on this machine: passes bytes on after a delay, each way. Arguments: the host and port that it leads to,
// and the delay one way in milliseconds. It prints where it listens; asked by IPC, it says how many flights there were since it was
// asked last: a flight begins with what a client sends first, or after an answer.
import { type AddressInfo, connect, createServer } from 'node:net';
import { DelayLine } from './delay-line.ts';

const [host, port, delay] = process.argv.slice(2) as [string, string, string];
const line = new DelayLine(Number(delay));
let flights = 0;

const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ host, port: Number(port), noDelay: true });
  let isAnswered = true;
  near.on('data', (data) => {
    if (isAnswered) flights += 1;
    isAnswered = false;
    line.send(() => void far.write(data));
  });
  far.on('data', (data) => {
    isAnswered = true;
    line.send(() => void near.write(data));
  });
  near.on('end', () => line.send(() => void far.end()));
  far.on('end', () => line.send(() => void near.end()));
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
});
server.listen(0, '127.0.0.1', () => console.log(`ready at tcp://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('message', () => {
  process.send?.(flights);
  flights = 0;
});
process.on('disconnect', () => process.exit());
