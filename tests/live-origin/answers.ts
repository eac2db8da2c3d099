import type { ServerResponse } from 'node:http';
import type { SegmentFault } from './faults.js';

const PACKET_BYTES = 188;
const DRIP_MILLISECONDS = 20;

export function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/** Answers with the body, or with the requested fault. */
export async function sendBody(
  response: ServerResponse,
  type: string,
  body: Buffer,
  fault: SegmentFault | undefined,
): Promise<void> {
  const announce = (length: number): void =>
    void response.writeHead(200, { 'Content-Type': type, 'Content-Length': length });
  const half = body.subarray(0, body.length / 2);
  switch (fault?.kind) {
    case undefined:
      return send(response, 200, type, body);
    case 'status':
      return send(response, fault.status, 'text/plain', 'Told to fail\n');
    case 'html':
      return send(response, 200, 'text/html', '<!doctype html><title>Blocked</title>\n');
    case 'empty':
      return send(response, 200, type, '');
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
      return send(response, 200, type, body);
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncated':
      announce(body.length);
      response.write(half, () => response.destroy());
      return;
    case 'stalled':
      announce(body.length);
      response.write(half);
      return;
    case 'dripping':
      announce(body.length);
      return drip(response, body);
    case 'announcesMore':
      announce(body.length + PACKET_BYTES);
      response.write(body, () => response.socket?.end());
      return;
    case 'announcesLess':
      announce(body.length - PACKET_BYTES - 1);
      response.end(body);
      return;
    case 'unannounced':
      response.writeHead(200, { 'Content-Type': type, 'Transfer-Encoding': 'identity', Connection: 'close' });
      // Not between two packets, where nothing would be noticed.
      response.end(body.subarray(0, PACKET_BYTES * Math.floor(half.length / PACKET_BYTES) + 1));
  }
}

function drip(response: ServerResponse, body: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, at + PACKET_BYTES));
    at += PACKET_BYTES;
  }, DRIP_MILLISECONDS);
  response.on('close', () => clearInterval(timer));
}
