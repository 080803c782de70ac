/**
 * Keeps Node's debugger shut. At SIGUSR1 Node opens a port by which every local user could run code as us, root
 * in most VMs. A listener of our own takes the place of that. Before this line runs, Node has been up for some
 * 20 ms: a debugger that was asked for then is closed here, and one that opens just now a turn later.
 */
const isWanted = process.execArgv.some((arg) => /^--inspect(-brk|-wait)?(=|$)/.test(arg));

/** Not in Node's documentation; `inspector.close()`, which is, costs 400 KiB of memory. */
const closeDebugger = (): void => {
  const close: unknown = Reflect.get(process, '_debugEnd');
  if (typeof close === 'function') Reflect.apply(close, process, []);
};

process.on('SIGUSR1', () => undefined);

if (!isWanted) {
  closeDebugger();
  setImmediate(closeDebugger);
}

export {};
