/** Notifies the service manager that started us. */
export { serviceManager } from './service-manager';
