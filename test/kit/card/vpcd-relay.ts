/**
 * A program of its own, started by pcscd.ts inside the reader's network: joins standard input and output with
 * vpcd's port, so that a card outside reaches it. Ends when either side does. TEST ONLY.
 */
import { connect } from 'node:net';

const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]) });
socket.setNoDelay(true);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
process.stdin.on('end', () => process.exit(0));
process.stdin.pipe(socket);
socket.pipe(process.stdout);
