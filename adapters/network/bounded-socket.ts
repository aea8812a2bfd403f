import net from 'node:net';

/** Bytes that a server may send before somebody is logged in. */
const GREETING_BYTES = 1024 * 1024;

/**
 * A socket that takes in so many bytes and no more, whatever their meaning: a server that floods its client, or announces a message
 * without end, is cut off before the driver has to hold it. The allowance is set anew for each piece of work.
 */
export class BoundedSocket extends net.Socket {
  allowance = GREETING_BYTES;

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk instanceof Uint8Array) {
      this.allowance -= chunk.byteLength;
      if (this.allowance < 0) {
        this.destroy(new Error('the server sends more than was asked for'));
        return false;
      }
    }
    return super.push(chunk, encoding);
  }
}

/** Lets the server of a connection send so many bytes from now on. Under TLS the size is watched by who reads. */
export function allow(stream: unknown, bytes: number): void {
  if (stream instanceof BoundedSocket) stream.allowance = bytes;
}
