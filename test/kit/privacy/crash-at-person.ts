/**
 * Preload for the gateway: once the file KIDS_ID_CRASH_FILE is there, the process dies of an exception
 * that nobody catches at the moment when it has read a person from a certificate. TEST ONLY.
 */
import crypto from 'node:crypto';
import { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const file = process.env['KIDS_ID_CRASH_FILE'] ?? '';
const createHash = crypto.createHash;

crypto.createHash = (...args) => {
  if (existsSync(file) && /personFromCertificate/.test(new Error('where').stack ?? '')) {
    // Before anything that waits for this hash goes on.
    queueMicrotask(() => {
      throw new Error('crash on purpose');
    });
  }
  return createHash(...args);
};
syncBuiltinESMExports();
