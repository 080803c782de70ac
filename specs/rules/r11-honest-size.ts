/** R11: `granted` changes only by what was acknowledged, by VmInfo, or, before both, by the seen size. */
import { isLeft } from 'fp-ts/Either';
import type { Size } from '../../machines/shared/events/size';
import type { WireSize } from '../../machines/shared/protocol/messages';
import { decodeFrame } from '../../machines/shared/protocol/decode';
import { fromWire } from '../../machines/shared/protocol/wire-size';
import { sameSize } from '../../machines/shared/sizing';
import { contextAfter, contextBefore, everyStep, framesOf, type TraceStep } from './trace';

/** What the frame of this step, if any, acknowledges. */
const toldSize = ({ input }: TraceStep): WireSize | null => {
  if (input.type !== 'frame.received') return null;
  const message = decodeFrame(input.text);
  if (isLeft(message)) return null;
  const { right } = message;
  return right.type === 'UpscaleNotification' || right.type === 'VmInfo' ? right.granted : null;
};

const mayBecome = (step: TraceStep, granted: Size): boolean => {
  const told = toldSize(step);
  if (told !== null && sameSize(fromWire(told), granted)) return true;
  if (framesOf(step, 'DownscaleResult').some(({ Ok }) => Ok === true)) return true;
  return step.input.type === 'sample.taken' && contextBefore(step).granted === null;
};

export const r11HonestSize = everyStep('R11', (step) => {
  const [before, after] = [contextBefore(step).granted, contextAfter(step).granted];
  if (before === after || (before !== null && after !== null && sameSize(before, after))) return null;
  if (after === null) return 'the granted size was forgotten';
  return mayBecome(step, after) ? null : `nobody acknowledged ${JSON.stringify(after)}`;
});
