/** Why each command of a login is sent; one without a reason has no place in it. TEST ONLY. */

/** What a command is, and why it is there. */
export interface CommandReason {
  readonly name: string;
  readonly why: string;
}

const AID = 'A000000030290570';

/** In order: the first that fits counts. */
const REASONS: readonly (CommandReason & { readonly begins: string; readonly bytes?: number })[] = [
  {
    begins: `00A4040C0F${AID}`,
    name: 'SELECT the applet',
    why: 'another program may have selected another; tells whether the card is Belgian',
  },
  {
    begins: '80E400011F',
    name: 'GET CARD DATA, long',
    why: 'applet version, tries left, and the chip: before VERIFY it must be the one that was read',
  },
  {
    begins: '80E400001C',
    name: 'GET CARD DATA',
    why: 'the same of an applet without the long form',
  },
  {
    begins: '00A4080C063F00DF005038',
    name: 'SELECT the certificate',
    why: 'by its path, in one command',
  },
  {
    begins: '00B0',
    name: 'READ BINARY',
    why: 'the certificate, once, in blocks of 256 bytes and no byte behind its end',
  },
  {
    begins: '0020000100',
    bytes: 5,
    name: 'VERIFY without data',
    why: 'finds a card that another program left open, before anybody is asked for a PIN',
  },
  {
    begins: '00A4080C043F00DF00',
    name: 'SELECT the key directory',
    why: 'begins the second transaction; applet 1.7 signs from there only',
  },
  { begins: '002241B605', name: 'MSE SET', why: 'algorithm and key of the signature' },
  { begins: '0020000108', name: 'VERIFY', why: 'the PIN, once' },
  { begins: '002A9E9A', name: 'COMPUTE DIGITAL SIGNATURE', why: 'the signature' },
  { begins: '00C00000', name: 'GET RESPONSE', why: 'T=0 has no command with data both ways' },
  { begins: '80E60000', name: 'LOG OFF', why: 'drops what the PIN allowed' },
];

/** The reason of one command, `undefined` where there is none. */
export function findReason(command: Uint8Array): CommandReason | undefined {
  const digits = Buffer.from(command).toString('hex').toUpperCase();
  return REASONS.find(
    ({ begins, bytes }) =>
      digits.startsWith(begins) && (bytes === undefined || bytes === command.length),
  );
}
