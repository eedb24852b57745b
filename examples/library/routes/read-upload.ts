/** A form with one file in it, as browsers send it (RFC 7578), read by the platform's own parser and never above a limit. */
import type { Request } from 'express';

/** Fields around the file, and what separates them. */
const MAX_ENVELOPE_BYTES = 65_536;

/** What was in the form; `too-big` and `malformed` when nothing could be had of it. */
export type Upload =
  | { readonly kind: 'form'; readonly form: FormData }
  | { readonly kind: 'too-big' }
  | { readonly kind: 'malformed' };

/** Reads the body of a request whose body nobody read yet. */
export async function readUpload(req: Request, maxFileBytes: number): Promise<Upload> {
  const maxBytes = maxFileBytes + MAX_ENVELOPE_BYTES;
  if (Number(req.get('content-length') ?? 0) > maxBytes) return { kind: 'too-big' };
  let isTooBig = false;
  async function* limited(): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const chunk of req as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      isTooBig = received > maxBytes;
      if (isTooBig) return;
      yield chunk;
    }
  }
  const type = req.get('content-type') ?? '';
  try {
    const body = new Response(ReadableStream.from(limited()), {
      headers: { 'content-type': type },
    });
    return { kind: 'form', form: await body.formData() };
  } catch {
    // A TypeError for whatever is no such form, or a body that ended early.
    return { kind: isTooBig ? 'too-big' : 'malformed' };
  }
}
