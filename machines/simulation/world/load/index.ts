/** A load of a scenario, ready to run. */
import { MIB } from '../../../shared/units';
import { BusyLoad } from './busy';
import { ClientsLoad, type PageSource } from './clients';
import { ColdReadsLoad } from './cold-reads';
import type { Load } from './load';
import { RandomServiceLoad } from './random-service';
import { ShapedLoad } from './shaped-load';
import {
  batchShape,
  burstShape,
  flatShape,
  leakShape,
  sawtoothShape,
  sharedBuildShape,
  stormShape,
  traceShape,
  type LoadShape,
} from './shape';
import type { LoadSpec } from './specs';

/** What a load must know of the VM that it runs in. */
export interface LoadSetting {
  /** Memory of processes that leaves nothing available in the initial size. */
  readonly availableBytes: number;
  readonly disk: PageSource;
  /** Where what is not in the file cache comes from: a page server. */
  readonly pageServer: PageSource;
  readonly fileCacheInMemory: boolean;
  /** Of a fleet's VMs, each has its load later than the one before. */
  readonly laterSeconds: number;
  readonly random: () => number;
}

export const createLoad = (spec: LoadSpec, setting: LoadSetting): Load => {
  const shaped = (shape: LoadShape): Load => new ShapedLoad(shape, setting.laterSeconds);
  switch (spec.kind) {
    case 'flat':
      return shaped(flatShape(spec));
    case 'fill':
      return shaped(
        flatShape({ cores: spec.cores, anonMib: Math.max(0, setting.availableBytes / MIB - spec.availableMib) }),
      );
    case 'leak':
      return shaped(leakShape(spec));
    case 'sawtooth':
      return shaped(sawtoothShape(spec));
    case 'storm':
      return shaped(stormShape(spec));
    case 'sharedBuild':
      return shaped(sharedBuildShape(spec));
    case 'batch':
      return shaped(batchShape(spec));
    case 'burst':
      return shaped(burstShape(spec));
    case 'trace':
      return shaped(traceShape(spec));
    case 'clients': {
      const isServed = spec.keptIn === 'fileCache' && setting.fileCacheInMemory;
      return new ClientsLoad(spec, isServed ? setting.pageServer : setting.disk);
    }
    case 'randomService':
      return new RandomServiceLoad(spec, setting.random);
    case 'busy':
      return new BusyLoad(spec.tasks);
    case 'coldReads':
      return new ColdReadsLoad(spec);
  }
};
