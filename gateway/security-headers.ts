/** The headers of every answer on the web channel: what a page of ours may load, do and be put into. */
import type { RequestHandler } from 'express';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Creates the middleware. HSTS only in production: in development it would outlive the test CA. */
export function securityHeaders(options: { mode: 'production' | 'test' }): RequestHandler {
  return (_request, response, next) => {
    response.set({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      // For browsers that do not know frame-ancestors (RFC 9700 §4.16).
      'x-frame-options': 'DENY',
    });
    if (options.mode === 'production') {
      response.set('strict-transport-security', 'max-age=31536000');
    }
    next();
  };
}
