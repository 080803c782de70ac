/** The websocket server for agents. It moves frames; what they mean is for the core. */
export { listenForAgents, type AgentLink, type AgentLinkOptions } from './listen';
export { type LinkEvent } from './events';
export { DEADLINES, type Deadlines } from './deadlines';
