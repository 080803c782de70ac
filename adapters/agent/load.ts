/** From the command line and --config to the settings of an agent. Flags win over the file. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { readConfigFile } from '../shared/config/config-file';
import { fromArguments } from '../shared/config/from-arguments';
import { fromRecord } from '../../machines/shared/config/from-record';
import { badValue, readFlags, type Source } from '../../machines/shared/config/given';
import type { Environment } from '../shared/config/environment';
import { path } from '../../machines/shared/config/texts/words';
import { agentConfig, vmsOfLists, type AgentConfig } from './agent-config';
import { AGENT_FLAGS, HOST_FLAGS, VM_FLAGS, type VmValues } from './flags';

type AgentSource = Source<typeof AGENT_FLAGS>;

interface Said {
  readonly source: AgentSource;
  /** The VMs of the file; null: it names none. */
  readonly vms: readonly VmValues[] | null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const vmOf =
  (place: string) =>
  (index: number, vm: unknown): E.Either<string, VmValues> => {
    const where = ` of vms[${index}]${place}`;
    if (!isRecord(vm)) return E.left(`vms[${index}]${place}: expected an object`);
    return pipe(
      fromRecord(VM_FLAGS, vm, where),
      E.chain((source) => readFlags(VM_FLAGS, source)),
    );
  };

const readFile = (source: AgentSource, { readTextFile }: Environment): E.Either<string, Said> => {
  const given = source.config;
  if (given === undefined) return E.right({ source, vms: null });
  const file = pipe(
    path(given.texts.at(-1) ?? ''),
    E.bindTo('name'),
    E.bind('record', ({ name }) => readConfigFile(name, readTextFile)),
    E.mapLeft((allowed) => badValue(AGENT_FLAGS, source, 'config', allowed)),
  );
  if (E.isLeft(file)) return file;
  const { vms, ...rest } = file.right.record;
  const place = ` in ${file.right.name}`;
  if (vms !== undefined && !Array.isArray(vms)) return E.left(`vms${place}: expected an array of VMs`);
  return pipe(
    E.Do,
    E.bind('host', () => fromRecord(HOST_FLAGS, rest, place)),
    E.bind('vms', () => (vms === undefined ? E.right(null) : E.traverseArrayWithIndex(vmOf(place))(vms as unknown[]))),
    E.map((below) => ({ source: { ...below.host, ...source }, vms: below.vms })),
  );
};

/** What was given, key by key, and what it comes to. */
export interface AgentSettings {
  readonly given: Readonly<Record<string, unknown>>;
  readonly config: AgentConfig;
}

export const loadAgentSettings = (args: readonly string[], environment: Environment): E.Either<string, AgentSettings> =>
  pipe(
    fromArguments(AGENT_FLAGS, args),
    E.chain((source) => readFile(source, environment)),
    E.bind('flags', ({ source }) => readFlags(AGENT_FLAGS, source)),
    E.bind('listed', ({ flags }) => vmsOfLists(flags)),
    E.bind('config', ({ flags, listed, vms }) => agentConfig(flags, [...listed, ...(vms ?? [])], environment)),
    E.map(({ config, flags, vms }) => ({ given: { ...flags, vms }, config })),
  );
