import {
  type Intent,
  intentText,
  isNothing,
  NOTHING,
  parseIntent,
  MAX_INTENT_BYTES,
} from '../../../../adapters/monitor/protection/intent';
import { leftOf, rightOf } from '../../../support/either';

const FILE = '/run/vm-monitor/limits-1';
const FULL: Intent = {
  highBytes: [1_073_741_824, 1_090_519_040],
  maxBytes: [2_147_483_648],
  throttleCgroup: new Map([
    [4711, '/sys/fs/cgroup/neon-postgres'],
    [4712, '/sys/fs/cgroup/with a blank'],
  ]),
  shmCap: { mountPoint: '/dev/shm', originalSize: '1048576k' },
};
const TEXT = `vm-monitor limits 2
session run-1
memory.high 1073741824
memory.high 1090519040
memory.max 2147483648
throttle
moved 4711 /sys/fs/cgroup/neon-postgres
moved 4712 /sys/fs/cgroup/with a blank
shmCap 1048576k /dev/shm
end
`;

const whole = (...entries: readonly string[]): string =>
  ['vm-monitor limits 2', 'session run-1', ...entries, 'end', ''].join('\n');

describe('the note of what is ours', () => {
  it('is written as lines of words', () => {
    expect(intentText('run-1', FULL)).toBe(TEXT);
  });

  it.each([FULL, NOTHING, { ...NOTHING, throttleCgroup: new Map() }])('is read as it was written', (intent) => {
    expect(rightOf(parseIntent(FILE, intentText('run-1', intent)))).toEqual(intent);
  });

  it('knows whether anything is ours', () => {
    expect(isNothing(NOTHING)).toBe(true);
    expect(isNothing({ ...NOTHING, throttleCgroup: new Map() })).toBe(false);
  });

  it.each([
    ['an empty file', '', 'the first line is not'],
    ['another version', TEXT.replace('limits 2', 'limits 3'), 'the first line is not'],
    ['a torn end', TEXT.slice(0, -4), 'the last line is not'],
    ['a torn middle', TEXT.slice(0, 60), 'the last line is not'],
    ['no session', TEXT.replace('session run-1\n', ''), 'a line that is not understood'],
    ['an unknown entry', whole('memory.low 1'), 'a line that is not understood'],
    ['a number that is none', whole('memory.high max'), 'an ill-formed entry'],
    ['half a byte', whole('memory.high 1.5'), 'an ill-formed entry'],
    ['three limits of one kind', whole('memory.max 1', 'memory.max 2', 'memory.max 3'), 'an ill-formed entry'],
    ['a moved process without a throttle cgroup', whole('moved 1 /a'), 'a line that is not understood'],
    ['a moved process from nowhere', whole('throttle', 'moved 1'), 'an ill-formed entry'],
    ['a relative cgroup', whole('throttle', 'moved 1 a'), 'an ill-formed entry'],
    ['a size with another option in it', whole('shmCap 1k,exec /dev/shm'), 'an ill-formed entry'],
    ['two mounts', whole('shmCap 1k /a', 'shmCap 1k /b'), 'a line that is not understood'],
    ['too many bytes', whole(`throttle ${'x'.repeat(MAX_INTENT_BYTES)}`), `more than ${MAX_INTENT_BYTES} bytes`],
  ])('is refused with %s', (_name, text, reason) => {
    const message = leftOf(parseIntent(FILE, text));
    expect(message).toContain(`${FILE}: ${reason}`);
    expect(message).toContain('expected our intent record of limits');
  });
});
