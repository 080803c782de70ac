/** The agent of `make run`: a virtual VM behind a real websocket. */
export { startEmbeddedAgent, type EmbeddedAgent, type EmbeddedAgentOptions } from './start';
export { type EmbeddedAgentEvent } from './events';
