/** Death and standstill of the monitor at every step of a hold (rule R3): all steps, enumerated. */
import type { HandFiles } from '../../../../adapters/protection/files';
import { restore } from '../../../../adapters/protection/restore';
import { rightOf } from '../../../support/either';
import { ALLOWANCE, closeHoldRoom, expectNothingLeft, holdIn, type HoldRoom, openHoldRoom } from './support';

let room: HoldRoom;
beforeEach(async () => {
  room = await openHoldRoom();
});
afterEach(() => closeHoldRoom(room));

/** What start and end do to files when nothing is amiss: 10 acts (hold.spec.ts has their order) and 3 looks into the brake. */
const STEPS = Array.from({ length: 13 }, (_, step) => step);

/** The tree's files; `before` is awaited before each step. */
const stepping = (before: () => Promise<unknown>): HandFiles => {
  const { files } = room.tree;
  const step = async <A>(act: () => Promise<A>): Promise<A> => {
    await before();
    return act();
  };
  return {
    readText: (path) => step(() => files.readText(path)),
    writeKernel: (path, text) => step(() => files.writeKernel(path, text)),
    replaceFile: (path, text) => step(() => files.replaceFile(path, text)),
    removeFile: (path) => step(() => files.removeFile(path)),
    makeDirectory: (path) => step(() => files.makeDirectory(path)),
    removeDirectory: (path) => step(() => files.removeDirectory(path)),
  };
};

it(`a hold takes ${STEPS.length} steps`, async () => {
  let taken = 0;
  const hold = holdIn(room, { files: stepping(() => Promise.resolve((taken += 1))) });
  rightOf(await hold.start(ALLOWANCE));
  rightOf(await hold.end());
  expect(taken).toBe(STEPS.length);
});

it.each(STEPS)('after a death before step %i the next start undoes everything', async (fatal) => {
  let step = 0;
  const died = new Promise<'died'>((die) => {
    const files = stepping(async () => {
      if (step === fatal) {
        die('died');
        await new Promise(() => undefined);
      }
      step += 1;
    });
    const hold = holdIn(room, { files });
    void hold.start(ALLOWANCE).then(() => hold.end());
  });
  expect(await died).toBe('died');
  // By the note alone: what is not in it would stay.
  const restored = await restore({ paths: room.tree.paths, files: room.tree.undoFiles, mode: 'ours' });
  expect(restored.failed).toEqual([]);
  expectNothingLeft(room);
});

it.each(STEPS)(
  'when it stood still before step %i and the guard undid everything, an end leaves nothing',
  async (still) => {
    let step = 0;
    const files = stepping(async () => {
      if (step === still) await restore({ paths: room.tree.paths, files: room.tree.undoFiles, mode: 'ours' });
      step += 1;
    });
    const hold = holdIn(room, { files });
    await hold.start(ALLOWANCE); // It may fail, as the brake may be gone under it.
    rightOf(await hold.end());
    rightOf(await hold.end());
    expectNothingLeft(room);
    expect(step).toBeGreaterThan(still);
  },
);
