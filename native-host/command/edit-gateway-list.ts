/** Changes to the user's own list of gateways, all or nothing: a reader sees the old list or the new one. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Gateway, parseGatewayList, readGatewayList } from '../gateways.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Reads a list, changes it and writes it back, as a new file that takes the old one's name once it is on the disk.
 * The file is for its owner alone, and so is its folder. Of two changes at once the later one stays.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED for a list that cannot be read, MESSAGE_MALFORMED, MESSAGE_TOO_LARGE for one
 * that would not be read back; what the file system throws
 */
export async function editGatewayList(
  path: string,
  change: (list: readonly Gateway[]) => readonly Gateway[],
): Promise<void> {
  const list = change(await readGatewayList(path));
  const json = Buffer.from(`${JSON.stringify(list, undefined, 2)}\n`);
  parseGatewayList(json);
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await chmod(folder, FOLDER_MODE);
  await replaceFile(path, json);
}

async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx', FILE_MODE);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the new name last through a power cut; Windows opens no folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
