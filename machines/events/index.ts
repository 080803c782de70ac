export * from './size.codec';
export * from './readings';
export * from './inputs';
export * from './outputs';
export * from './envelope';
