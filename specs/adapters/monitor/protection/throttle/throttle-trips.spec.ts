/**
 * How often a hold waits for the thread pool before it is in force. In a VM that is short of CPU each trip there took up to
 * half a second (specs/vm/throttle.spec.ts), so they are counted here, which shows the same on any machine.
 */
import { createHook } from 'node:async_hooks';
import { join } from 'node:path';
import { actuatorFiles } from '../../../../../adapters/monitor/protection/files';
import { rightOf } from '../../../../support/either';
import { ALLOWANCE, closeHoldRoom, throttleIn, type HoldRoom, openHoldRoom } from './support';

let room: HoldRoom;
beforeEach(async () => {
  room = await openHoldRoom();
});
afterEach(() => closeHoldRoom(room));

/** What Node calls a request to the file system that its thread pool carries out. */
const POOL = /^FSREQ/;

const poolTrips = async (act: () => Promise<unknown>): Promise<number> => {
  let trips = 0;
  const counting = createHook({ init: (_id, type) => void (trips += POOL.test(type) ? 1 : 0) }).enable();
  await act();
  counting.disable();
  return trips;
};

it('a hold waits for it once for each that grows, to be sure who it is, and once for the limit', async () => {
  const trips = await poolTrips(async () => {
    rightOf(await throttleIn(room).start(ALLOWANCE));
  });
  // The new cgroup and the moves are the tree's, which stands in for the kernel: one trip for each, as below.
  expect(trips).toBe(room.growers.length + 1);
});

it('one thing done to a cgroup is one trip, and what cannot wait in the kernel none', async () => {
  const file = join(room.tree.base, 'file');
  const trips = (act: () => Promise<unknown>): Promise<number> => poolTrips(act);
  expect(await trips(() => actuatorFiles.replaceFile(file, 'ours'))).toBe(0);
  expect(await trips(() => actuatorFiles.writeKernel(file, 'max'))).toBe(1);
  expect(await trips(() => actuatorFiles.readText(file))).toBe(0);
  expect(await actuatorFiles.readText(file)).toBe('max');
  expect(await trips(() => actuatorFiles.makeDirectory(join(room.tree.base, 'directory')))).toBe(1);
});
