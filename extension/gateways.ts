/** The gateways whose pages may ask for the card. Built in: the bundler puts the list here. */

declare const KIDS_ID_GATEWAYS: readonly string[];

/** Tells whether an origin (`https://host[:port]`) is exactly one of the built-in gateways. */
export function isListedGateway(origin: string): boolean {
  return KIDS_ID_GATEWAYS.includes(origin);
}
