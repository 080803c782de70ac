/** Seeded pseudo-random numbers in [0, 1), so that a failing run can be repeated from its printed seed. */
export { mulberry32 } from '../../machines/simulation/random';
