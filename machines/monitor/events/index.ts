export * from '../../shared/events/size';
export * from './readings';
export * from './inputs';
export * from './outputs';
export * from '../../shared/events/envelope';
export * from './logged';
