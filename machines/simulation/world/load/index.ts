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
  readonly random: () => number;
}

export const createLoad = (spec: LoadSpec, setting: LoadSetting): Load => {
  switch (spec.kind) {
    case 'flat':
      return new ShapedLoad(flatShape(spec));
    case 'fill':
      return new ShapedLoad(
        flatShape({ cores: spec.cores, anonMib: Math.max(0, setting.availableBytes / MIB - spec.availableMib) }),
      );
    case 'leak':
      return new ShapedLoad(leakShape(spec));
    case 'sawtooth':
      return new ShapedLoad(sawtoothShape(spec));
    case 'storm':
      return new ShapedLoad(stormShape(spec));
    case 'sharedBuild':
      return new ShapedLoad(sharedBuildShape(spec));
    case 'batch':
      return new ShapedLoad(batchShape(spec));
    case 'burst':
      return new ShapedLoad(burstShape(spec));
    case 'trace':
      return new ShapedLoad(traceShape(spec));
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
