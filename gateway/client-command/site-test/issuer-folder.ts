/** Where the test issuer keeps its certificate and keys, so that a site need trust it only once. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../command-context.ts';
import { createIssuerKey, type IssuerKey, readIssuerKey } from './id-token.ts';
import { createIssuerCertificate } from './issuer-certificate.ts';

export interface IssuerFiles {
  readonly tls: { readonly keyPem: string; readonly certificatePem: string };
  /** Signs ID tokens. */
  readonly key: IssuerKey;
  readonly certificateFile: string;
}

/**
 * Opens the folder, and makes what is not there yet. Its own `certificate.pem` and `tls-key.pem` may be
 * put there before.
 * @throws {CommandError}
 */
export function openIssuerFolder(folder: string, now: Date): IssuerFiles {
  const at = (name: string) => resolve(join(folder, name));
  const files = {
    tlsKey: at('tls-key.pem'),
    certificate: at('certificate.pem'),
    signingKey: at('signing-key.pem'),
  };
  const opened = makeAndRead(folder, files, now);
  if (new X509Certificate(opened.tls.certificatePem).validToDate < now) {
    throw new CommandError(
      `${files.certificate} has expired. Remove it, and have the site trust the next one.`,
    );
  }
  return opened;
}

function makeAndRead(
  folder: string,
  files: { tlsKey: string; certificate: string; signingKey: string },
  now: Date,
): IssuerFiles {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(files.certificate)) {
      const { keyPem, certificatePem } = createIssuerCertificate(now);
      writeFileSync(files.tlsKey, keyPem, { mode: 0o600 });
      writeFileSync(files.certificate, certificatePem);
    }
    if (!existsSync(files.signingKey)) {
      const pem = createIssuerKey().privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(files.signingKey, pem, { mode: 0o600 });
    }
    return {
      tls: {
        keyPem: readFileSync(files.tlsKey, 'utf8'),
        certificatePem: readFileSync(files.certificate, 'utf8'),
      },
      key: readIssuerKey(readFileSync(files.signingKey, 'utf8')),
      certificateFile: files.certificate,
    };
  } catch (cause) {
    const why = 'cannot be read or written. Name another --issuer-folder, or remove it';
    throw new CommandError(`${folder} ${why}.`, { cause });
  }
}
