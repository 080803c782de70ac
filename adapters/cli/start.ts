/** Runs a command line as this process: its streams, its exit status. */
import { processEnvironment } from '../shared/config/environment';
import { exitWhenFlushed, guardProcess } from './exit';
import { main, type Commands } from './main';

export const start = (commands: Commands): void => {
  guardProcess();
  const terminal = {
    out: (text: string): void => void process.stdout.write(text),
    err: (text: string): void => void process.stderr.write(text),
  };
  void main(commands)(process.argv.slice(2), processEnvironment(), terminal).then(exitWhenFlushed);
};
