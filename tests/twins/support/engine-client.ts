import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
  Clock,
  type Fault,
  FaultPlan,
  openWorld,
  type Properties,
  serveProvider,
  Session,
  textOf,
  type Twin,
  type World,
} from "../../../rehearsal/twins/framework";
import { decode, encode } from "../../../rehearsal/twins/framework/wire";

/** A resource as the engine remembers it. */
export interface State {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Paths of the outputs that came as secrets. */
  readonly secrets: ReadonlySet<string>;
}

/** What a check answered. */
export interface Checked {
  readonly inputs: Properties;
  /** Failures as `property: reason`. */
  readonly failures: string[];
}

/** What a diff answered. */
export interface Diffed {
  readonly hasChanges: boolean;
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
}

type Unary<Q, R> = (request: Q, callback: (error: grpc.ServiceError | null, response: R) => void) => unknown;

/** Drives one twin over the wire, in the order in which the engine would. */
export class EngineClient {
  private constructor(
    readonly world: World,
    /** Tells the time that passes in the world for this provider; sleeping on it lets time pass. */
    readonly clock: Clock,
    private readonly client: ResourceProviderClient,
    private readonly port: number,
    private readonly release: () => Promise<void>,
  ) {}

  /** Serves a twin on a world of its own, or on that of a folder, and connects to it. */
  static async connect(
    twin: Twin,
    options: { config?: Properties; faults?: readonly Fault[]; folder?: string; clockScale?: number } = {},
  ): Promise<EngineClient> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), "twins-"));
    const world = openWorld(folder);
    const clock = new Clock(options.clockScale);
    const surroundings = { world, clock, faults: new FaultPlan(options.faults) };
    const server = await serveProvider(new Session(twin, surroundings));
    const client = clientOf(server.port);
    const engine = new EngineClient(world, clock, client, server.port, async () => {
      client.close();
      await server.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    });
    await engine.configure(options.config ?? {});
    return engine;
  }

  /** Connects to a real provider that listens on a port of loopback, and sends it its configuration. */
  static async attach(
    port: number,
    provider: { readonly package: string; readonly engineAddress: string; readonly config: Properties },
  ): Promise<EngineClient> {
    const client = clientOf(port);
    // Nothing is in this world: what a real provider makes is elsewhere.
    const folder = mkdtempSync(join(tmpdir(), "twins-"));
    const engine = new EngineClient(openWorld(folder), new Clock(), client, port, () => {
      client.close();
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    });
    const attachment = new PluginAttach();
    attachment.setAddress(provider.engineAddress);
    await engine.call<PluginAttach, Empty>(client.attach.bind(client), attachment);
    await engine.configure(provider.config, provider.package);
    return engine;
  }

  /** Connects to the same server as another provider instance does, with a configuration of its own. */
  async another(config: Properties): Promise<EngineClient> {
    const client = clientOf(this.port);
    const engine = new EngineClient(this.world, this.clock, client, this.port, () => {
      client.close();
      return Promise.resolve();
    });
    await engine.configure(config);
    return engine;
  }

  /** Sends the configuration of the provider; to one that reads it by variable, under the name of its package. */
  async configure(config: Properties, ofPackage?: string): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(encode(config));
    request.setAcceptsecrets(true);
    if (ofPackage !== undefined) {
      for (const [key, value] of Object.entries(config))
        request.getVariablesMap().set(`${ofPackage}:config:${key}`, textOf(value));
    }
    await this.call(this.client.configure.bind(this.client), request);
  }

  /** Checks the configuration of the provider; answers the failures. */
  async checkConfig(config: Properties): Promise<string[]> {
    const request = new messages.CheckRequest();
    request.setNews(encode(config));
    const response = await this.call<messages.CheckRequest, messages.CheckResponse>(
      this.client.checkConfig.bind(this.client),
      request,
    );
    return failuresOf(response);
  }

  /** Compares two configurations of the provider. */
  async diffConfig(before: Properties, after: Properties): Promise<Diffed> {
    const request = new messages.DiffRequest();
    request.setOlds(encode(before));
    request.setOldInputs(encode(before));
    request.setNews(encode(after));
    return diffed(
      await this.call<messages.DiffRequest, messages.DiffResponse>(
        this.client.diffConfig.bind(this.client),
        request,
      ),
    );
  }

  /** Checks inputs, those at secret paths being sent as secrets. */
  async check(type: string, name: string, inputs: Properties, old: Properties = {}): Promise<Checked> {
    const request = new messages.CheckRequest();
    request.setUrn(urnOf(type, name));
    request.setOlds(encode(old));
    request.setNews(encode(inputs));
    request.setRandomseed(Buffer.from(`${type}${name}`));
    const response = await this.call<messages.CheckRequest, messages.CheckResponse>(
      this.client.check.bind(this.client),
      request,
    );
    return { inputs: decode(response.getInputs()).value, failures: failuresOf(response) };
  }

  /** Checks inputs and previews or makes the resource; throws when the check fails. */
  async create(
    type: string,
    name: string,
    given: Properties,
    options: { preview?: boolean; secrets?: string[]; timeout?: number } = {},
  ): Promise<State> {
    const { inputs, failures } = await this.check(type, name, given);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const request = new messages.CreateRequest();
    request.setUrn(urnOf(type, name));
    request.setProperties(encode(inputs, new Set(options.secrets)));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const response = await this.call<messages.CreateRequest, messages.CreateResponse>(
      this.client.create.bind(this.client),
      request,
    );
    const { value, secrets } = decode(response.getProperties());
    return { urn: urnOf(type, name), id: response.getId(), inputs, outputs: value, secrets };
  }

  /** Compares the state of a resource with new inputs, which are checked first. */
  async diff(state: State, given: Properties): Promise<Diffed & { inputs: Properties }> {
    const [type = "", name = ""] = state.urn.split("::").slice(2);
    const { inputs, failures } = await this.check(type, name, given, state.inputs);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const request = new messages.DiffRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setOlds(encode(state.outputs, state.secrets));
    request.setOldInputs(encode(state.inputs));
    request.setNews(encode(inputs));
    const response = await this.call<messages.DiffRequest, messages.DiffResponse>(
      this.client.diff.bind(this.client),
      request,
    );
    return { ...diffed(response), inputs };
  }

  /** Changes a resource in place, or previews doing so. */
  async update(state: State, given: Properties, preview = false): Promise<State> {
    const { inputs } = await this.diff(state, given);
    const request = new messages.UpdateRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setOlds(encode(state.outputs, state.secrets));
    request.setOldInputs(encode(state.inputs));
    request.setNews(encode(inputs));
    request.setPreview(preview);
    const response = await this.call<messages.UpdateRequest, messages.UpdateResponse>(
      this.client.update.bind(this.client),
      request,
    );
    const { value, secrets } = decode(response.getProperties());
    return { ...state, inputs, outputs: value, secrets };
  }

  /** Reads a resource as a refresh does; `undefined` when it is gone. */
  async read(state: Pick<State, "urn" | "id"> & Partial<State>): Promise<State | undefined> {
    const request = new messages.ReadRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setProperties(encode(state.outputs ?? {}, state.secrets));
    request.setInputs(encode(state.inputs ?? {}));
    const response = await this.call<messages.ReadRequest, messages.ReadResponse>(
      this.client.read.bind(this.client),
      request,
    );
    if (response.getId() === "") return undefined;
    const { value, secrets } = decode(response.getProperties());
    return {
      urn: state.urn,
      id: response.getId(),
      inputs: decode(response.getInputs()).value,
      outputs: value,
      secrets,
    };
  }

  /** Deletes a resource. */
  async delete(state: State, timeout = 0): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setProperties(encode(state.outputs, state.secrets));
    request.setOldInputs(encode(state.inputs));
    request.setTimeout(timeout);
    await this.call<messages.DeleteRequest, Empty>(this.client.delete.bind(this.client), request);
  }

  /** Calls a function of the package. */
  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(encode(args));
    const response = await this.call<messages.InvokeRequest, messages.InvokeResponse>(
      this.client.invoke.bind(this.client),
      request,
    );
    return decode(response.getReturn()).value;
  }

  /** Aborts what is under way. */
  async cancel(): Promise<void> {
    await this.call<Empty, Empty>(this.client.cancel.bind(this.client), new Empty());
  }

  /** Disconnects, stops the server and removes the world. */
  async close(): Promise<void> {
    await this.release();
  }

  private call<Q, R>(method: Unary<Q, R>, request: Q): Promise<R> {
    return new Promise((resolve, reject) => {
      method(request, (error, response) => {
        if (error === null) resolve(response);
        else reject(new Error(error.details, { cause: error }));
      });
    });
  }
}

function clientOf(port: number): ResourceProviderClient {
  // Like the engine, every instance has a connection of its own.
  const options = { "grpc.use_local_subchannel_pool": 1 };
  return new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
}

/** The URN that the engine would give a resource of the test project. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::twins::${type}::${name}`;
}

function failuresOf(response: messages.CheckResponse): string[] {
  return response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
}

function diffed(response: messages.DiffResponse): Diffed {
  return {
    hasChanges: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}
