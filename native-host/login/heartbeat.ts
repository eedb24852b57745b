/** Tells the gateway that a person is still there, while the host has nothing else to say. */
import type { CardChannelClient } from './card-channel-client.ts';

/**
 * Runs `work` with a heartbeat on the channel. A heartbeat that fails, or a connection that is lost, aborts the
 * signal that `work` is given, with the reason.
 */
export async function withHeartbeat<Result>(
  options: { channel: CardChannelClient; intervalMs: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const failed = new AbortController();
  const timer = setInterval(() => {
    options.channel.post('/card/wait', {}).catch((error: unknown) => failed.abort(error));
  }, options.intervalMs);
  try {
    return await work(AbortSignal.any([options.signal, options.channel.lost, failed.signal]));
  } finally {
    clearInterval(timer);
  }
}
