import { parseCpuList } from '../../../../adapters/shared/parse/cpu-list';
import { right } from 'fp-ts/Either';
import {
  firstLine,
  firstProcess,
  protectedBytes,
  rights,
  signedNumber,
  words,
} from '../../../../adapters/tools/doctor/parse';
import { leftOf } from '../../../support/either';

const parsers = {
  cpuList: parseCpuList,
  firstLine,
  firstProcess,
  protectedBytes,
  rights,
  signedNumber,
  words,
} as const;
type Name = keyof typeof parsers;

const STATUS = 'Name:\tnode\nUid:\t110\t0\t0\t0\nCapEff:\t0000000001200020\n';

const GOOD: readonly (readonly [Name, string, unknown])[] = [
  ['cpuList', '0-3,6\n', [0, 1, 2, 3, 6]],
  ['cpuList', '0\n', [0]],
  ['cpuList', '\n', []],
  ['firstLine', 'online_movable\n', 'online_movable'],
  ['firstProcess', '17\n18\n', 17],
  ['protectedBytes', 'max\n', Infinity],
  ['protectedBytes', '67108864\n', 67108864],
  ['signedNumber', '-900\n', -900],
  ['words', 'cpu memory\n', ['cpu', 'memory']],
  ['words', '', []],
  ['rights', STATUS, { userId: 110, capabilities: ['CAP_KILL', 'CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE'] }],
];

const BAD: readonly (readonly [Name, string, string])[] = [
  ['cpuList', '0-', 'expected CPUs such as 0-3,6'],
  ['cpuList', '3-1', 'expected CPUs such as 0-3,6'],
  ['cpuList', '0-9999', 'expected CPUs such as 0-3,6'],
  ['cpuList', '0-8000,0-8000', 'expected CPUs such as 0-3,6'],
  ['firstLine', '', 'the file is empty'],
  ['firstProcess', '', 'no process is in it'],
  ['firstProcess', 'x\n', 'expected a whole number'],
  ['protectedBytes', 'min', 'expected a whole number'],
  ['signedNumber', '', 'expected a whole number'],
  ['signedNumber', '1.5', 'expected a whole number'],
  ['rights', 'Uid:\t0\n', 'CapEff'],
  ['rights', 'Uid:\t0\nCapEff:\txyz\n', 'CapEff'],
  ['rights', 'CapEff:\t0000000001200020\n', 'Uid'],
];

it.each(GOOD)('%s understands %j', (name, text, value) => {
  expect(parsers[name]('file', text)).toEqual(right(value));
});

it.each(BAD)('%s refuses %j', (name, text, message) => {
  expect(leftOf<{ message: string }>(parsers[name]('file', text)).message).toContain(message);
});
