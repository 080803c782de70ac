/** Tells the service manager that started us how we are. */
export { serviceManager } from './service-manager';
