/**
 * MANAGE SECURITY ENVIRONMENT, COMPUTE DIGITAL SIGNATURE, INTERNAL AUTHENTICATE and GET RESPONSE of applet 1.8
 * (card facts §1.6 and §1.7). The non-repudiation key (83) does not exist on this card. TEST ONLY.
 */
import {
  type CardState,
  type KeyReference,
  keepForGetResponse,
  type SecurityEnvironment,
} from './card-state.ts';
import { type Command, expectedLengthOf, parametersOf } from './command.ts';
import { signDigest } from './ecdsa.ts';
import { BELPIC_ID } from './file-system.ts';
import {
  CONDITIONS_NOT_SATISFIED,
  exactLength,
  REFERENCE_NOT_FOUND,
  SECURITY_NOT_SATISFIED,
  SUCCESS,
  status,
  WRONG_DATA,
  WRONG_LENGTH,
  WRONG_OFFSET_OR_P1_P2,
} from './status-words.ts';

/** Algorithm reference → lengths of digest that it takes, bytes (§1.6, applet 1.8: ECDSA only). */
const DIGEST_LENGTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [0x01, [32]],
  [0x02, [48]],
  [0x04, [64]],
  [0x08, [32]],
  [0x10, [48]],
  [0x20, [64]],
  [0x40, [20, 28, 32, 48, 64]],
]);

const AUTHENTICATION_KEY = 0x82;
const BASIC_KEY = 0x81;
const CHALLENGE_BYTES = 48;

/** MSE SET `00 22 41 B6 05 | 04 80 alg 84 key`. A refusal leaves no environment behind. */
export function manageSecurityEnvironment(card: CardState, command: Command): Uint8Array {
  card.session.environment = undefined;
  if (parametersOf(command) !== 0x41b6) return status(WRONG_OFFSET_OR_P1_P2);
  if (command.data.length !== 5) return status(WRONG_LENGTH);
  const [length, algorithmTag, algorithm = 0, keyTag, key = 0] = command.data;
  if (length !== 0x04 || algorithmTag !== 0x80 || keyTag !== 0x84) return status(WRONG_DATA);
  if (!DIGEST_LENGTHS.has(algorithm)) return status(WRONG_DATA);
  if (!isKeyAvailable(card, key)) return status(REFERENCE_NOT_FOUND);
  card.session.environment = { algorithm, key };
  return status(SUCCESS);
}

/** PSO CDS `00 2A 9E 9A Lc digest`: 61 60, then r ‖ s by GET RESPONSE. One VERIFY serves many. */
export function computeDigitalSignature(card: CardState, command: Command): Uint8Array {
  if (parametersOf(command) !== 0x9e9a) return status(WRONG_OFFSET_OR_P1_P2);
  const key = findSigningKey(card, card.session.environment);
  if (key === undefined) return status(CONDITIONS_NOT_SATISFIED);
  if (!card.session.pinVerified) return status(SECURITY_NOT_SATISFIED);
  const lengths = DIGEST_LENGTHS.get(card.session.environment?.algorithm ?? 0);
  if (lengths?.includes(command.data.length) !== true) return status(WRONG_LENGTH);
  return keepForGetResponse(card, signDigest(key, command.data));
}

/**
 * INTERNAL AUTHENTICATE `00 88 02 81 32 | 94 30 challenge`: 61 60, then r ‖ s of the basic key over the
 * 48 bytes as a digest. No PIN; clears the security environment.
 */
export function internalAuthenticate(card: CardState, command: Command): Uint8Array {
  if (parametersOf(command) !== 0x0281) return status(WRONG_OFFSET_OR_P1_P2);
  if (command.data.length !== 2 + CHALLENGE_BYTES) return status(WRONG_LENGTH);
  if (command.data[0] !== 0x94 || command.data[1] !== CHALLENGE_BYTES) return status(WRONG_DATA);
  card.session.environment = undefined;
  if (!card.chip.activated || card.chip.basicKeyUsesLeft === 0) {
    return status(CONDITIONS_NOT_SATISFIED);
  }
  card.chip.basicKeyUsesLeft -= 1;
  return keepForGetResponse(card, signDigest(card.chip.basicKey, command.data.subarray(2)));
}

/** GET RESPONSE `00 C0 00 00 Le`: less than all of it ends in 61xx, more than all of it is 6Cxx. */
export function getResponse(card: CardState, command: Command): Uint8Array {
  if (parametersOf(command) !== 0) return status(WRONG_OFFSET_OR_P1_P2);
  const { pending } = card.session;
  if (pending.length === 0) return status(CONDITIONS_NOT_SATISFIED);
  const length = expectedLengthOf(command);
  if (length > pending.length) return exactLength(pending.length);
  const rest = keepForGetResponse(card, pending.slice(length));
  return Uint8Array.of(
    ...pending.slice(0, length),
    ...(pending.length > length ? rest : [0x90, 0]),
  );
}

/** The authentication key is known in DF(BELPIC) only: middleware that does not select it first is caught. */
function isKeyAvailable({ chip, session }: CardState, key: number): key is KeyReference {
  if (key === BASIC_KEY) return true;
  return (
    key === AUTHENTICATION_KEY &&
    chip.authenticationKey !== undefined &&
    session.directory.id === BELPIC_ID
  );
}

function findSigningKey({ chip }: CardState, environment: SecurityEnvironment | undefined) {
  return environment?.key === AUTHENTICATION_KEY && chip.activated
    ? chip.authenticationKey
    : undefined;
}
