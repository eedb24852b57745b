/** The card that the person means: the only one, or the one chosen by first name. */
import { errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardLabel } from '../../gateway/protocol/fields.ts';
import { readFirstName } from '../card/first-name.ts';
import { withRecovery } from '../card/recovery.ts';
import { closeCards, type FoundCard, findCards, type WatchedReaders } from './find-card.ts';
import type { PersonWindow } from './person-window.ts';

/** As many as a person is asked to choose from; cards beyond that are left alone. */
const MAX_CHOICES = 8;
const READER_NAME_MAX_CHARACTERS = 128;

/**
 * Waits for a card that can log in. Where there are more, the person is asked which, by the first names on them.
 * @returns the card, whose connection the caller closes
 * @throws {KidsIdError} as findCards; the signal's reason
 */
export async function pickCard(options: {
  readers: WatchedReaders;
  window: PersonWindow;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<FoundCard> {
  const { window, signal } = options;
  const onStage = (stage: Parameters<PersonWindow['showStage']>[0]) => window.showStage(stage);
  const cards = await findCards({ ...options, onStage });
  let picked: FoundCard | undefined;
  try {
    const [only, ...more] = cards;
    picked = more.length === 0 ? only : await askWhich(cards, window, signal);
    if (!picked) throw new TypeError('findCards finds at least one');
    return picked;
  } finally {
    await closeCards(cards.filter((card) => card !== picked));
  }
}

/** A card that is pulled before its name is read is not asked for; where one is left, nobody is asked. */
async function askWhich(
  found: readonly FoundCard[],
  window: PersonWindow,
  signal: AbortSignal,
): Promise<FoundCard | undefined> {
  const choices: FoundCard[] = [];
  const labels: CardLabel[] = [];
  for (const card of found.slice(0, MAX_CHOICES)) {
    const label = await readLabel(card);
    if (!label) continue;
    choices.push(card);
    labels.push(label);
  }
  if (choices.length === 0) throw new KidsIdError('CARD_REMOVED', 'all cards were taken out');
  return choices.length === 1 ? choices[0] : choices[await window.chooseCard(labels, signal)];
}

async function readLabel({ reader, connection, card }: FoundCard): Promise<CardLabel | undefined> {
  try {
    const firstName = await withRecovery(connection, (channel) => readFirstName(channel, card));
    return { firstName, reader: reader.slice(0, READER_NAME_MAX_CHARACTERS) };
  } catch (error) {
    if (errorCodeOf(error) === 'CARD_REMOVED') return undefined;
    throw error;
  }
}
