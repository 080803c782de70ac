/**
 * The last moment of the process: however it ends (an uncaught error, process.exit by an embedder), what
 * is in place is undone. One listener serves all monitors of a process.
 */

const undos = new Set<() => void>();

const undoAll = (): void => {
  for (const undo of undos) undo();
};

/** @param undo synchronous, never throws. @returns takes it back */
export const undoAtExit = (undo: () => void): (() => void) => {
  if (undos.size === 0) process.on('exit', undoAll);
  undos.add(undo);
  return () => {
    undos.delete(undo);
    if (undos.size === 0) process.off('exit', undoAll);
  };
};
