import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateDirectory } from '../../../../adapters/shared/config/directories';
import { canHoldFiles } from '../../../../adapters/shared/config/environment';
import { surroundings } from '../../../support/environment';

describe('the state directory', () => {
  const asRoot = (environment: Record<string, string>): string => stateDirectory(surroundings({ environment }));
  const asUser = (environment: Record<string, string>): string =>
    stateDirectory(surroundings({ environment, canHoldFiles: () => false }));

  it('is what the service manager says, the first of several', () => {
    expect(asUser({ STATE_DIRECTORY: '/var/lib/a:/var/lib/b', XDG_STATE_HOME: '/x' })).toBe('/var/lib/a');
  });

  it('is the directory of the system where that can be written', () => {
    expect(asRoot({ XDG_STATE_HOME: '/x', STATE_DIRECTORY: '' })).toBe('/var/lib/vm-monitor');
  });

  it('is the XDG state directory of the user otherwise', () => {
    expect(asUser({ XDG_STATE_HOME: '/x' })).toBe('/x/vm-monitor');
    expect(asUser({})).toBe('/home/operator/.local/state/vm-monitor');
  });

  it('passes over a relative XDG path, which the specification calls invalid', () => {
    expect(asUser({ XDG_STATE_HOME: 'x' })).toBe('/home/operator/.local/state/vm-monitor');
  });

  it('asks about no other directory than the one of the system', () => {
    const asked: string[] = [];
    stateDirectory(surroundings({ canHoldFiles: (dir) => asked.push(dir) === 0 }));
    expect(asked).toEqual(['/var/lib/vm-monitor']);
  });
});

describe('whether a directory can hold files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vm-monitor-state-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('is so for one that exists, and for one that could be created', () => {
    expect(canHoldFiles(dir)).toBe(true);
    expect(canHoldFiles(join(dir, 'a', 'b'))).toBe(true);
  });

  it('is found out without creating anything', () => {
    canHoldFiles(join(dir, 'a'));
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is not so for a file, nor below one', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(canHoldFiles(join(dir, 'file'))).toBe(false);
    expect(canHoldFiles(join(dir, 'file', 'a'))).toBe(false);
  });
});
