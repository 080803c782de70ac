import { main } from '../../../adapters/cli/main';
import { MONITOR_COMMANDS } from '../../../adapters/cli/monitor-commands';
import { TOOL_COMMANDS } from '../../../adapters/cli/tool-commands';
import { captured } from '../../support/captured-terminal';
import { surroundings } from '../../support/environment';

const call = (...args: string[]) =>
  captured((terminal) => main({ ...MONITOR_COMMANDS, ...TOOL_COMMANDS })(args, surroundings(), terminal));

describe('the command line', () => {
  it.each([
    [['--help'], /^vm-monitor decides .*\n\nUsage:\n/],
    [['help'], /^vm-monitor decides .*\n\nUsage:\n/],
    [['--policy', 'headroom', '-h'], /^vm-monitor decides .*\n\nUsage:\n/],
    [['run', '--help'], /^vm-monitor \[run\] \[flags\]: .*\n\nFlags:\n/],
    [['replay', '-h'], /^vm-monitor replay LOG \[flags\]: .*\n\nFlags:\n/],
    [['help', 'agent'], /^vm-monitor agent --monitor URL \[flags\]: .*\n\nFlags:\n/],
  ])('%j prints help', async (args, text) => {
    const { status, out, err } = await call(...args);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(text);
  });

  it.each(['--version', '-V', 'version'])('%s prints the build', async (arg) => {
    expect(await call(arg)).toEqual({ status: 0, out: 'vm-monitor dev\n', err: '' });
  });

  it.each(['visualize'])('%s is not there yet', async (name) => {
    expect(await call(name, '--x')).toEqual({ status: 2, out: '', err: `vm-monitor ${name}: not in this version\n` });
  });

  it.each<[string[], string, string?]>([
    [['start'], 'vm-monitor: unknown command "start", allowed are run, status, doctor, thaw, replay, simulate,'],
    [['stauts'], 'vm-monitor: unknown command "stauts", allowed are run, status,', 'did you mean status?'],
    [['--polcy', 'x'], 'vm-monitor: --polcy: unknown, allowed are --addr,', 'did you mean --policy?'],
    [['run', '--policy', 'x'], 'vm-monitor: --policy "x": expected one of headroom, goal-cu, sliding-max'],
    [['--policy', 'x'], 'vm-monitor: --policy "x": expected one of headroom, goal-cu, sliding-max'],
  ])('%j is refused with one line and status 2', async (args, line, end = '') => {
    const { status, out, err } = await call(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.startsWith(line)).toBe(true);
    expect(err.trimEnd().endsWith(end)).toBe(true);
    expect(err.match(/\n/g)).toHaveLength(1);
  });
});
