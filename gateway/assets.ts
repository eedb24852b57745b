/** The few files that the gateway's pages load, read once and served from memory under /assets. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Router } from 'express';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript; charset=utf-8',
};

/** Creates the router for `/assets/NAME`: pictures and styles of `design/`, and the pages' scripts. */
export function createAssets(pageScripts: ReadonlyMap<string, string>): Router {
  const folder = join(import.meta.dirname, 'design');
  const files = new Map<string, Uint8Array>();
  for (const [name, text] of pageScripts) files.set(name, Buffer.from(text));
  for (const name of readdirSync(folder)) {
    if (Object.hasOwn(CONTENT_TYPES, extname(name))) {
      files.set(name, readFileSync(join(folder, name)));
    }
  }
  const router = Router();
  router.get('/assets/:name', (request, response, next) => {
    const { name } = request.params;
    const body = files.get(name);
    const contentType = CONTENT_TYPES[extname(name)];
    if (!body || !contentType) {
      next();
      return;
    }
    response.set('content-type', contentType).set('cache-control', 'no-cache').end(body);
  });
  return router;
}
