// A thread that asks for the whole live feed with many connections at once, and counts what it gets.
import { get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { address, clients, headers, seconds } = workerData;
const count = { replays: 0, refused: 0, broken: 0, bytes: 0 };
const requests = Array.from({ length: clients }, () =>
  get(`${address}/api/live?lastEventId=0`, { agent: false, headers }, (answer) => {
    if (answer.statusCode === 200) count.replays += 1;
    else count.refused += 1;
    answer.on('data', (chunk) => (count.bytes += chunk.length)).on('error', () => undefined);
  }).on('error', () => (count.broken += 1)),
);
setTimeout(() => {
  parentPort.postMessage({ ...count });
  for (const request of requests) request.destroy();
}, seconds * 1000);
