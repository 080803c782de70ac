/** A process that writes a log as fast as it can until it is killed; run by killed-writer.spec.ts. */
import { beat, startWriter } from '../../../support/event-log';

const dir = process.argv[2] ?? '';

const write = async (): Promise<void> => {
  const { writer } = await startWriter(dir, { segmentBytes: 64 * 1024 });
  for (let i = 0; ; i += 1) {
    writer.appendInput(i, beat(i));
    if (i % 20 === 0) await writer.flush();
    if (i === 2000) process.stdout.write('well under way\n');
  }
};

void write();
