/** What dist/cli.js runs. */
import { processSurroundings } from '../config/surroundings';
import { exitWhenFlushed, guardProcess } from './exit';
import { main } from './main';

guardProcess();
const terminal = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
};
void main(process.argv.slice(2), processSurroundings(), terminal).then(exitWhenFlushed);
