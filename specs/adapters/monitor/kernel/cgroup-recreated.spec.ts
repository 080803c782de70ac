/** A cgroup that is removed and made again (Postgres restarted by a service manager) is sensed again. */
import { type Observable, Subject, filter, firstValueFrom, map, timeout } from 'rxjs';
import { monotonicScheduler } from '../../../../adapters/monitor/kernel/monotonic-scheduler';
import { type KernelSources, openKernelSources } from '../../../../adapters/monitor/kernel/sources';
import { MIB } from '../../../../machines/shared/units';
import { type SensedEvent, samples } from '../../../../streams/samples';
import { type KernelTree, createKernelTree } from '../../../support/fake-kernel-tree';

const BACK_WITHIN_MS = 5_000;

describe('a cgroup that is', () => {
  let tree: KernelTree;
  let sources: KernelSources;
  let events: Subject<SensedEvent>;
  let stop: () => void;

  const sense = async (): Promise<void> => {
    sources = await openKernelSources({ procRoot: tree.procRoot, cgroupRoot: tree.cgroupRoot, cgroup: tree.cgroup });
    const never$ = new Subject<void>();
    const inputs = {
      read: (nowMs: number) => sources.read(nowMs),
      notifications$: sources.notifications,
      sampleNow$: never$,
      intervalMs: () => 100,
      intervalChanged$: never$,
    };
    const sensing = samples(inputs, monotonicScheduler).subscribe(events);
    stop = () => {
      sensing.unsubscribe();
    };
  };

  const next = (wanted: (event: SensedEvent) => boolean): Promise<SensedEvent> =>
    firstValueFrom(events.pipe(filter(wanted), timeout(BACK_WITHIN_MS)));
  const change = (type: string, source: string): Promise<SensedEvent> =>
    next((event) => event.type === type && 'source' in event && event.source === source);
  const anonBytes$ = (): Observable<number | undefined> =>
    events.pipe(map((event) => (event.type === 'sample.taken' ? event.readings.cgroup?.anonBytes : undefined)));

  beforeEach(() => {
    tree = createKernelTree();
    events = new Subject();
  });
  afterEach(async () => {
    stop();
    await sources.close();
    tree.dispose();
  });

  const expectSensed = async (): Promise<void> => {
    tree.setAnonBytes(123 * MIB);
    await firstValueFrom(
      anonBytes$().pipe(
        filter((bytes) => bytes === 123 * MIB),
        timeout(BACK_WITHIN_MS),
      ),
    );
    const reached = next((event) => event.type === 'memory.high.reached');
    tree.setHighEvents(5);
    expect(await reached).toMatchObject({ type: 'memory.high.reached', count: 5 });
  };

  it('removed and created again is lost, then watched and sampled again within 5 s', async () => {
    await sense();
    const lost = Promise.all([change('source.lost', 'cgroup.memory'), change('source.lost', 'cgroup.watch')]);
    tree.removeCgroup();
    expect((await lost)[0]).toMatchObject({ reason: expect.stringContaining('ENOENT') as string });
    expect(sources.cgroupFound()).toBe(false);

    const found = Promise.all([change('source.found', 'cgroup.memory'), change('source.found', 'cgroup.watch')]);
    tree.recreateCgroup();
    await found;
    await expectSensed();
  });

  it('replaced at once is noticed although the old handles still read', async () => {
    await sense();
    const lost = change('source.lost', 'cgroup.memory');
    tree.removeCgroup();
    tree.recreateCgroup();
    expect(await lost).toMatchObject({ reason: expect.stringContaining('removed and created again') as string });
    await change('source.found', 'cgroup.watch');
    await expectSensed();
  });

  it('missing at the start is said once and found when it appears', async () => {
    tree.removeCgroup();
    const lost = change('source.lost', 'cgroup.memory');
    await sense();
    expect(await lost).toMatchObject({ reason: expect.stringContaining('ENOENT') as string });
    const found = change('source.found', 'cgroup.memory');
    tree.recreateCgroup();
    await found;
    await expectSensed();
  });
});
