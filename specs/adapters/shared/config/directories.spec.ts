import { runtimeDirectories, runtimeDirectory } from '../../../../adapters/shared/config/directories';
import { surroundings } from '../../../support/environment';

type Variables = Readonly<Record<string, string>>;

describe('the runtime directory', () => {
  const asRoot = (environment: Variables): string => runtimeDirectory(surroundings({ environment }));
  const asUser = (environment: Variables): string =>
    runtimeDirectory(surroundings({ environment, canHoldFiles: () => false }));

  it('is what the service manager says, the first of several', () => {
    expect(asUser({ RUNTIME_DIRECTORY: '/run/a:/run/b', XDG_RUNTIME_DIR: '/x' })).toBe('/run/a');
    expect(asRoot({ RUNTIME_DIRECTORY: '/run/a' })).toBe('/run/a');
  });

  it('is the directory of the system where that can be written', () => {
    expect(asRoot({ XDG_RUNTIME_DIR: '/x', RUNTIME_DIRECTORY: '' })).toBe('/run/vm-monitor');
  });

  it('is the XDG runtime directory of the user otherwise', () => {
    expect(asUser({ XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('/run/user/1000/vm-monitor');
  });

  it.each([[{}], [{ XDG_RUNTIME_DIR: '' }], [{ XDG_RUNTIME_DIR: 'relative' }]])(
    'bears the user in its name among temporary files where there is no valid XDG directory: %j',
    (environment: Variables) => {
      expect(asUser(environment)).toBe('/tmp/vm-monitor-1000');
    },
  );

  it('asks about no other directory than the one of the system', () => {
    const asked: string[] = [];
    runtimeDirectory(surroundings({ canHoldFiles: (dir) => asked.push(dir) === 0 }));
    expect(asked).toEqual(['/run/vm-monitor']);
  });
});

describe('the runtime directories in which a monitor is looked for', () => {
  const directories = (environment: Variables): readonly string[] => runtimeDirectories(surroundings({ environment }));

  it('are those of the system and of the user, since the monitor may run as root and we not', () => {
    expect(directories({ XDG_RUNTIME_DIR: '/x' })).toEqual(['/run/vm-monitor', '/x/vm-monitor']);
    expect(directories({})).toEqual(['/run/vm-monitor', '/tmp/vm-monitor-1000']);
  });

  it('are the one of the service manager where it says one', () => {
    expect(directories({ RUNTIME_DIRECTORY: '/run/a:/run/b' })).toEqual(['/run/a']);
  });

  it.each([true, false])('contain the one that a monitor of the same user chooses', (canHold) => {
    for (const environment of [{}, { XDG_RUNTIME_DIR: '/x' }, { RUNTIME_DIRECTORY: '/run/a' }])
      expect(directories(environment)).toContain(
        runtimeDirectory(surroundings({ environment, canHoldFiles: () => canHold })),
      );
  });
});
