#!/usr/bin/env node
/**
 * Stands in front of the language host that was built from source, which is older than the engine: it runs programs
 * itself and leaves the rest to that host. The host puts a proxy between a program and the engine that knows only the
 * methods of its own time, and with it a program could not register an error hook, for one.
 *
 * The runtime options of the project reach the host in a way that it does not know, and so are read here.
 *
 * Arguments are those of the host. What it needs of gRPC is the SDK's own, found from the folder of the project.
 */
const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { createInterface } = require("node:readline");

const fromProject = createRequire(join(process.cwd(), "index.js"));
const fromSdk = createRequire(fromProject.resolve("@pulumi/pulumi"));
const grpc = fromSdk("@grpc/grpc-js");
const { LanguageRuntimeService } = fromSdk("@pulumi/pulumi/proto/language_grpc_pb");
const { RunResponse } = fromSdk("@pulumi/pulumi/proto/language_pb");

// A program that ends with it has told the user what is wrong.
const ALREADY_TOLD = 32;
const MOST_BYTES = 400 * 1024 * 1024;
const limits = { "grpc.max_receive_message_length": MOST_BYTES, "grpc.max_send_message_length": MOST_BYTES };

const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const host = spawn(join(__dirname, "pulumi-language-nodejs"), process.argv.slice(2), {
  stdio: ["ignore", "pipe", "inherit"],
});
host.on("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
process.on("exit", () => host.kill());

createInterface({ input: host.stdout }).once("line", (port) => {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), limits);
  serve(client);
});

/** Serves every method of the runtime: `run` here, the others by passing their bytes on. */
function serve(client) {
  const same = (bytes) => bytes;
  const [service, methods] = [{}, {}];
  for (const [name, method] of Object.entries(LanguageRuntimeService)) {
    if (name === "run") {
      service[name] = method;
      methods[name] = run;
      continue;
    }
    service[name] = {
      ...method,
      ...{
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    };
    methods[name] = method.responseStream
      ? (call) => client.makeServerStreamRequest(method.path, same, same, call.request).pipe(call)
      : (call, done) => client.makeUnaryRequest(method.path, same, same, call.request, done);
  }
  const server = new grpc.Server(limits);
  server.addService(service, methods);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });
}

/** Runs a program in a process of its own, which talks to the engine without anything in between. */
function run({ request }, done) {
  const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const flag = (name, value) => (value === "" || value === undefined ? [] : [`--${name}`, String(value)]);
  const args = [
    ...(options.nodeargs ?? "").split(/\s+/).filter(Boolean),
    fromSdk.resolve("@pulumi/pulumi/cmd/run"),
    ...flag("monitor", request.getMonitorAddress()),
    ...flag("engine", engine),
    ...flag("organization", request.getOrganization()),
    ...flag("project", request.getProject()),
    ...flag("stack", request.getStack()),
    ...flag("pwd", request.getPwd()),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...flag("query-mode", request.getQuerymode()),
    ...flag("parallel", request.getParallel()),
    request.getProgram() === "" ? "." : request.getProgram(),
    ...request.getArgsList(),
  ];
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
  };
  const program = spawn("node", args, { env, stdio: ["ignore", "inherit", "inherit"] });
  const answer = (error, bail = false) => {
    const response = new RunResponse();
    response.setError(error);
    response.setBail(bail);
    done(null, response);
  };
  program.on("error", (error) => answer(`node could not be started: ${error.message}`));
  program.on("exit", (code) => {
    if (code === ALREADY_TOLD) answer("", true);
    else answer(code === 0 ? "" : `Program exited with non-zero exit code: ${code}`);
  });
}
