/**
 * MANAGE SECURITY ENVIRONMENT, COMPUTE DIGITAL SIGNATURE, INTERNAL AUTHENTICATE and GET RESPONSE (card facts §1.6
 * and §1.7); GET CHALLENGE of applet 1.1. TEST ONLY.
 */
import { type KeyObject, randomBytes } from 'node:crypto';
import {
  AUTHENTICATION_KEY,
  BASIC_KEY,
  type CardState,
  type KeyReference,
  keepForGetResponse,
  SIGNATURE_KEY,
} from './card-state.ts';
import { type Command, expectedLengthOf, parametersOf } from './command.ts';
import { signDigest } from './ecdsa.ts';
import { BELPIC_ID } from './file-system.ts';
import {
  answer,
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

const CHALLENGE_BYTES = 48;

/** MSE SET `00 22 41 B6 05 | 04 80 alg 84 key`. A refusal leaves no environment behind. */
export function manageSecurityEnvironment(card: CardState, command: Command): Uint8Array {
  card.session.environment = undefined;
  if (parametersOf(command) !== 0x41b6) return status(WRONG_OFFSET_OR_P1_P2);
  if (command.data.length !== 5) return status(WRONG_LENGTH);
  const [length, algorithmTag, algorithm = 0, keyTag, key = 0] = command.data;
  if (length !== 0x04 || algorithmTag !== 0x80 || keyTag !== 0x84) return status(WRONG_DATA);
  const { applet } = card.chip;
  if (!applet.algorithms.has(algorithm)) return status(applet.algorithmUnknownStatus);
  if (!isKeyAvailable(card, key)) return status(REFERENCE_NOT_FOUND);
  card.session.environment = { algorithm, key };
  return status(SUCCESS);
}

/**
 * PSO CDS `00 2A 9E 9A Lc data`: 61xx, then the signature by GET RESPONSE. One VERIFY serves key 82 many times. Key
 * 83 wants its VERIFY just before, and its signature takes the PIN right away.
 */
export function computeDigitalSignature(card: CardState, command: Command): Uint8Array {
  if (parametersOf(command) !== 0x9e9a) return status(WRONG_OFFSET_OR_P1_P2);
  const { chip, session } = card;
  const { environment } = session;
  const key = chip.activated ? findSigningKey(card, environment?.key) : undefined;
  const rule = chip.applet.algorithms.get(environment?.algorithm ?? 0);
  if (key === undefined || rule === undefined) return status(CONDITIONS_NOT_SATISFIED);
  const isForSignatures = environment?.key === SIGNATURE_KEY;
  if (!session.pinVerified || (isForSignatures && !isJustVerified(card))) {
    return status(SECURITY_NOT_SATISFIED);
  }
  if (!rule.lengths.includes(command.data.length)) return status(WRONG_LENGTH);
  if (isForSignatures) session.pinVerified = false;
  return keepForGetResponse(card, rule.sign(key, command.data));
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
  const { chip } = card;
  if (chip.basicKey === undefined || !chip.activated || chip.basicKeyUsesLeft === 0) {
    return status(CONDITIONS_NOT_SATISFIED);
  }
  chip.basicKeyUsesLeft -= 1;
  return keepForGetResponse(card, signDigest(chip.basicKey, command.data.subarray(2)));
}

/** GET CHALLENGE `00 84 00 00 Le`: random bytes. */
export function getChallenge(_card: CardState, command: Command): Uint8Array {
  if (parametersOf(command) !== 0) return status(WRONG_OFFSET_OR_P1_P2);
  return answer(randomBytes(expectedLengthOf(command)));
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

function isKeyAvailable(card: CardState, key: number): key is KeyReference {
  if (key === BASIC_KEY) return card.chip.basicKey !== undefined;
  const isHere = !card.chip.applet.keysNeedDirectory || card.session.directory.id === BELPIC_ID;
  return isHere && findSigningKey(card, key) !== undefined;
}

/** The basic key is for INTERNAL AUTHENTICATE alone. */
function findSigningKey({ chip }: CardState, key: number | undefined): KeyObject | undefined {
  if (key === AUTHENTICATION_KEY) return chip.authenticationKey;
  return key === SIGNATURE_KEY ? chip.signatureKey : undefined;
}

function isJustVerified({ chip, session }: CardState): boolean {
  return session.commandsSinceVerify - 1 <= chip.applet.signatureDelay;
}
