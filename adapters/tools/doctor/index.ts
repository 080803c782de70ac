/** What the kernel and the service manager allow, and the fix for what they do not. */
export { NEEDS_OF, type Finding } from './check';
export { examine } from './examine';
export { postgresFinding } from './postgres-check';
export { probe, type ProbedPlaces } from './probe';
export { doctorJson, doctorLines, doctorText, summarise } from './report';
