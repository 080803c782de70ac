/** What the kernel and the service manager allow, and the fix for what they do not. */
export { NEEDS_OF } from './check';
export { examine } from './examine';
export { probe, type Places } from './probe';
export { doctorJson, doctorLines, doctorText, summarise } from './report';
