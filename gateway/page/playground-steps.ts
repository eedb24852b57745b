/** The steps of a login, named and explained for people who build sites. */

/** Titles and sentences by step. */
export const STEPS = {
  discovery: {
    title: 'Discovery',
    about: 'The site asks the gateway where everything is and what it can do. Libraries keep this.',
    isReplyShort: false,
  },
  registration: {
    title: 'Registration',
    about:
      'The site registers itself. That works in development and on this computer only: elsewhere the operator of the gateway writes a file.',
    isReplyShort: false,
  },
  registeredBefore: {
    title: 'Registration',
    about: 'The same choice as last time, so the same client: compare sub.',
  },
  request: {
    title: 'Pushed request',
    about:
      'The site’s server hands in the request and gets a name for it. Nobody on the way to the browser can change it.',
  },
  login: {
    title: 'To the gateway, and the card',
    about:
      'The browser goes to the gateway with that name alone. The child reads, clicks and types the PIN.',
  },
  answer: {
    title: 'The answer',
    about: 'The browser comes back to the callback. The site compares state and iss with its own.',
  },
  token: {
    title: 'Token request',
    about:
      'The site’s server changes the code for an ID token: once, within 30 seconds, with its PKCE verifier.',
  },
  idToken: {
    title: 'ID token',
    about: 'Signed by the gateway. Checked here: signature, alg, iss, aud, nonce, exp and acr.',
  },
  userinfo: {
    title: 'Userinfo',
    about: 'What the person agreed to tell. It is given once: a second request gets nothing.',
  },
  failure: {
    title: 'It ended here',
    about: 'The gateway did not take the last message.',
  },
} as const;
