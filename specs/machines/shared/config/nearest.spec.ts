import { didYouMean } from '../../../../machines/shared/config/nearest';

const NAMES = ['run', 'replay', 'status', '--policy', '--protect', '--min-size', '--max-size'];

describe('did you mean', () => {
  it.each([
    ['stauts', 'status'],
    ['statu', 'status'],
    ['rpelay', 'replay'],
    ['--polcy', '--policy'],
    ['--maxsize', '--max-size'],
    ['-policy', '--policy'],
  ])('%s: %s', (name, meant) => {
    expect(didYouMean(name, NAMES)).toBe(`; did you mean ${meant}?`);
  });

  it.each(['', 'dance', '--x', 'policing', 'r', 'status'.repeat(1000)])('nothing near %j', (name) => {
    expect(didYouMean(name, NAMES)).toBe('');
  });
});
