/** The person's side of a login or of a change of the PIN: what can be shown and asked. */
import type { CardLabel, Disclosure, Site } from '../../gateway/protocol/fields.ts';
import type { HostStage } from '../../gateway/protocol/host-messages.ts';

/** Said with each question for a PIN. `triesLeft` is `undefined` where the card does not tell. */
export interface PinQuestion {
  readonly triesLeft: number | undefined;
  readonly wrong: boolean;
}

/** Also: the new PIN and its repetition were not the same. */
export interface NewPinQuestion extends PinQuestion {
  readonly different: boolean;
}

/** A PIN, a new one, and that again: 4 to 12 digits each, as numbers. */
export interface NewPins {
  readonly pin: Uint8Array;
  readonly newPin: Uint8Array;
  readonly repeated: Uint8Array;
}

/** Each question throws the signal's reason; whoever takes digits wipes them. */
export interface PersonWindow {
  showStage(stage: HostStage): void;
  showSite(site: Site, disclosure: Disclosure): void;
  /** Asks which of several cards, and returns its index. */
  chooseCard(cards: readonly CardLabel[], signal: AbortSignal): Promise<number>;
  /** Asks for a grown-up's explicit yes to the last try. */
  askLastTry(signal: AbortSignal): Promise<void>;
  /** Asks for the PIN: 4 to 12 digits as numbers. */
  askPin(question: PinQuestion, signal: AbortSignal): Promise<Uint8Array>;
  /** Says that the PIN is typed on the reader. */
  showPinOnReader(question: PinQuestion): void;
  askNewPin(question: NewPinQuestion, signal: AbortSignal): Promise<NewPins>;
  showNewPinOnReader(question: NewPinQuestion): void;
}
