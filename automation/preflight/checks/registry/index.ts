import {
  type Check,
  type CheckContext,
  type Finding,
  type FindingName,
  failed,
  passed,
  skipped,
  warning,
} from "../../check";
import { setCommand } from "../../../../config/problems";
import { secretKeys } from "../../../../config/secrets";
import { required } from "../../../../program/required";
import type { Answer } from "../../../../peers/ask";
import { certificateFinding } from "../certificate-finding";
import { type ConnectionProblem, connectionProblem } from "../../../../peers/connection-problem";
import { machineCas } from "../../../../peers/trust";
import {
  type Entrance,
  type Registry,
  type RegistryLogin,
  askRegistry,
  enter,
  manifestStatus,
} from "./registry";

const reachable: FindingName = { id: "registry.reachable", title: "Registry" };
const trusted: FindingName = { id: "registry.certificate", title: "Certificate of the registry" };
const letsIn: FindingName = { id: "registry.login", title: "Login to the registry" };
const takes: FindingName = { id: "registry.push", title: "Right to push" };
const there: FindingName = { id: "registry.images", title: "Images in the registry" };

/** Looks at the registry of the on-premises target: the way there, the login, the right to push or the images themselves. */
export const registryCheck: Check = {
  id: "registry",
  title: "Registry",
  timeoutMs: 30_000,
  skip: ({ settings }) =>
    settings.target === "onprem" ? undefined : "the registry is part of the Azure target",
  run: async (context) => {
    const { registry: own } = required(context.settings.onprem, "onprem");
    const registry: Registry = {
      origin: `https://${own.address}`,
      ca: await machineCas(context.env),
      insecure: own.insecureSkipVerify,
      signal: context.signal,
    };
    let greeting: Answer;
    try {
      greeting = await askRegistry(registry, "/v2/");
    } catch (error) {
      context.signal.throwIfAborted();
      return [unreachable(context, own.address, connectionProblem(error))];
    }
    const certificate = certified(context, greeting);
    if (greeting.status !== 200 && greeting.status !== 401) {
      const reason = `${own.address} answers /v2/ with status ${greeting.status}: that is no registry`;
      return [
        failed(reachable, reason, setCommand("onprem.registry.address", "registry.example.com")),
        ...certificate,
      ];
    }
    const found = passed(reachable, `${own.address} answers as a registry`);
    return [found, ...certificate, ...(await inside(context, registry, greeting))];
  },
};

function unreachable({ settings }: CheckContext, address: string, problem: ConnectionProblem): Finding {
  const { kind, untrusted } = problem;
  const reason = `${address} ${problem.reason}`;
  if (kind === "certificate") {
    const accept = setCommand("onprem.registry.insecureSkipVerify", true);
    const fix = untrusted
      ? `make the CA known to this machine (\`update-ca-certificates\`), to Docker (/etc/docker/certs.d/${address}/ca.crt) and to the nodes, or ${accept}`
      : `give the registry a valid certificate for ${address}`;
    return failed(trusted, reason, fix);
  }
  const fix = `see that the registry is up, or ${setCommand("onprem.registry.address", "registry.example.com")}`;
  // The nodes pull; this machine must reach it to push.
  return settings.images.push
    ? failed(reachable, reason, fix)
    : warning(reachable, reason, `${fix}; if only the cluster reaches it, see that the nodes do`);
}

function certified({ settings, now }: CheckContext, { certificate }: Answer): readonly Finding[] {
  if (certificate === undefined) return [];
  return [
    settings.onprem?.registry.insecureSkipVerify === true
      ? skipped(trusted, "`onprem.registry.insecureSkipVerify` accepts any")
      : certificateFinding(trusted, { certificate, how: "verified", now: now() }),
  ];
}

async function inside(
  context: CheckContext,
  registry: Registry,
  greeting: Answer,
): Promise<readonly Finding[]> {
  const { settings, secrets } = context;
  const { images, version } = settings;
  const { username } = required(settings.onprem, "onprem").registry;
  const repositories = [images.backendRepository, images.launcherRepository];
  const actions = images.push ? "pull,push" : "pull";
  const scope = repositories.map((repository) => `repository:${repository}:${actions}`);
  const login: RegistryLogin | undefined =
    username === undefined
      ? undefined
      : { username, password: required(secrets.registryPassword, "registryPassword") };
  let entrance: Entrance;
  try {
    entrance = await enter(registry, greeting, login, scope);
  } catch (error) {
    registry.signal.throwIfAborted();
    const { reason } = connectionProblem(error);
    return [failed(letsIn, `the realm that gives tokens ${reason}`, "see that this machine reaches it")];
  }
  if ("refused" in entrance) return [refusal(entrance, login)];
  const entered = passed(
    letsIn,
    entrance.open
      ? "it asks for no credentials"
      : login
        ? `${login.username} is let in`
        : "visitors are let in",
  );
  const wanted = repositories.map((repository) => ({ repository, tag: version }));
  return [
    entered,
    images.push
      ? right(repositories, entrance.granted)
      : await imagesThere(registry, wanted, entrance.authorization),
  ];
}

function refusal(
  { refused, status }: Extract<Entrance, { readonly refused: string }>,
  login: RegistryLogin | undefined,
): Finding {
  const closed = status === 401 || status === 403;
  if (login === undefined) {
    return warning(
      letsIn,
      `not looked at any further: ${refused}, and no user is configured`,
      `${setCommand("onprem.registry.username", "spacelift")}, unless the nodes have credentials of their own`,
    );
  }
  const fix = closed
    ? `correct \`onprem.registry.username\`, or ${secretKeys.registryPassword.fix}`
    : "see that `onprem.registry.address` is the registry's own";
  return failed(letsIn, `the registry does not let ${login.username} in: ${refused}`, fix);
}

function right(repositories: readonly string[], granted: readonly string[] | undefined): Finding {
  // Whoever does not hand out tokens that say so shows at the push alone: trying it would leave something behind.
  if (granted === undefined) return skipped(takes, "the registry tells at the push alone");
  const closed = repositories.filter((repository) => !granted.includes(`${repository}:push`));
  return closed.length === 0
    ? passed(takes, `${repositories.join(" and ")} may be pushed to`)
    : failed(
        takes,
        `${closed.join(" and ")} may not be pushed to`,
        "give `onprem.registry.username` the right to push there, or choose another `images.backendRepository` and `images.launcherRepository`",
      );
}

async function imagesThere(
  registry: Registry,
  images: readonly { readonly repository: string; readonly tag: string }[],
  authorization: string | undefined,
): Promise<Finding> {
  const statuses = await Promise.all(images.map((image) => manifestStatus(registry, image, authorization)));
  const by = (matches: (status: number) => boolean): string =>
    images
      .filter((_, index) => matches(statuses[index] ?? 0))
      .map(({ repository, tag }) => `${repository}:${tag}`)
      .join(" and ");
  const absent = by((status) => status === 404);
  if (absent !== "") {
    const fix = `push ${absent}, or ${setCommand("images.push", true)}`;
    return failed(there, `the registry lacks ${absent}, and \`images.push\` is off`, fix);
  }
  const other = by((status) => status !== 200);
  return other === ""
    ? passed(
        there,
        by(() => true),
      )
    : failed(
        there,
        `${other} may not be pulled (status ${statuses.find((status) => status !== 200) ?? 0})`,
        "give `onprem.registry.username` the right to pull",
      );
}
