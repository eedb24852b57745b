/** Preload: a server that `npm start` or a test started ends when that process is gone. TEST ONLY. */
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
