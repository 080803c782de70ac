/** The scenarios by name, in the order in which they are listed. One line for each file. */
import type { Scenario } from '../scenario';
import { scenarioFrom } from '../read-scenario';
import idle from './idle.json';
import flat2gib from './flat-2gib.json';
import flat4gib from './flat-4gib.json';
import flat16gib from './flat-16gib.json';
import flat64gib from './flat-64gib.json';
import hotSetFits from './hot-set-fits.json';
import hotSetTooLarge from './hot-set-too-large.json';
import hotSetShifts from './hot-set-shifts.json';
import hotSetHalves from './hot-set-halves.json';
import fileCacheMemory from './file-cache-memory.json';
import fileCacheDisk from './file-cache-disk.json';
import leak from './leak.json';
import sawtooth from './sawtooth.json';
import connectionStorm from './connection-storm.json';
import indexBuild from './index-build.json';
import nightlyBatch from './nightly-batch.json';
import spikes from './spikes.json';
import burst from './burst.json';
import steal from './steal.json';
import quota from './quota.json';
import randomService from './random-service.json';
import noSchedstat from './no-schedstat.json';
import slowDisk from './slow-disk.json';
import coldReads from './cold-reads.json';
import kernelZones from './kernel-zones.json';
import foreignLimit from './foreign-limit.json';
import swap from './swap.json';
import grants20s from './grants-20s.json';
import grantsHeavyTail from './grants-heavy-tail.json';
import grantsDenied from './grants-denied.json';
import requestsLost from './requests-lost.json';
import grantsPartial from './grants-partial.json';
import agentRestart from './agent-restart.json';
import agentOld from './agent-old.json';
import restartWithLog from './restart-with-log.json';
import restartWithoutLog from './restart-without-log.json';
import fleet from './fleet.json';

const FILES: readonly unknown[] = [
  idle,
  flat2gib,
  flat4gib,
  flat16gib,
  flat64gib,
  hotSetFits,
  hotSetTooLarge,
  hotSetShifts,
  hotSetHalves,
  fileCacheMemory,
  fileCacheDisk,
  leak,
  sawtooth,
  connectionStorm,
  indexBuild,
  nightlyBatch,
  spikes,
  burst,
  steal,
  quota,
  randomService,
  noSchedstat,
  slowDisk,
  coldReads,
  kernelZones,
  foreignLimit,
  swap,
  grants20s,
  grantsHeavyTail,
  grantsDenied,
  requestsLost,
  grantsPartial,
  agentRestart,
  agentOld,
  restartWithLog,
  restartWithoutLog,
  fleet,
];

export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  FILES.map((file) => scenarioFrom(file)).map((scenario) => [scenario.name, scenario]),
);
