/** What makes the extension's id the same on every computer: the public half of a key made once. */

/**
 * SubjectPublicKeyInfo of an RSA-2048 key, DER in base64, as Chromium's manifest wants it. The
 * private half was thrown away: no store package is signed with it.
 */
export const EXTENSION_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0T821DfbMuJGsC0h75ZpoWyb0tgyNwuqzQq4mEshf6o90T7qDWhcofuRUKFDQmWN8MXkNxh9cgsNqw6REGDP8Nf9lCu8s08GEi6G4gIejaQpfmz94LWdY8ECmLLThwDjYfrBv3Uyb6zFuh/nDKHdfvcw4jV3Fys7QoWUYrFdC91YKr4iL2TNwZQdmd/pd9Xr9Npt3c8BcGcA/HJFqCDmkxMYhVVdgO7zHn0qYs4WahuNwiInL+X9JPuRvdSA+5drfe6/m/ScJ63eIpGT0iy2VW3Ly3oQHddTv2is2OfFKG/ZSK5jvmsj5AGLhgXu+DiTMLsQW4JSUAXYWkWNbw1krQIDAQAB';
