import { required, setCommand } from "../config/problems";
import { secretKeys } from "../config/secrets";
import { type HttpResponse, isPage, requestPeer, type Peer } from "../peers/http";
import { type ConnectionProblem, connectionProblem } from "../peers/connection";
import { machineCas } from "../peers/trust";
import {
  certificateFinding,
  type Check,
  type CheckContext,
  type Finding,
  finding,
  whileReachable,
} from "./check";
import { registryCas, registryPeer } from "../images/session";
import { authenticate, type AuthResult, manifestStatus, type RegistryLogin } from "../images/login";

const reachableCheck = finding("registry.reachable", "Registry");
const certificateCheck = finding("registry.certificate", "Certificate of the registry");
const loginCheck = finding("registry.login", "Login to the registry");
const pushCheck = finding("registry.push", "Right to push");
const imagesCheck = finding("registry.images", "Images in the registry");

const addressFix = setCommand("onprem.registry.address", "registry.example.com");

/** The registry of the on-premises target: the connection, the login, the right to push or the images themselves. */
export const registryCheck: Check = {
  id: "registry",
  title: "Registry",
  timeoutMs: 30_000,
  skip: ({ settings }) =>
    settings.target === "onprem" ? undefined : "the registry is part of the Azure target",
  run: async (context) => {
    const { settings, env, signal } = context;
    const { address, insecureSkipVerify, plainHttp } = required(settings.onprem, "onprem").registry;
    // Docker and its provider read none of what Node.js is told.
    const cas = settings.images.method === "docker" ? machineCas(env) : registryCas(env);
    const registry = registryPeer(
      { address, insecure: insecureSkipVerify, plainHttp, env, signal },
      await cas,
    );
    let greeting: HttpResponse;
    try {
      greeting = await requestPeer(registry, "/v2/");
    } catch (error) {
      context.signal.throwIfAborted();
      return [connectionFinding(context, address, connectionProblem(error))];
    }
    const { certificate, status } = greeting;
    const certificateFindings =
      certificate === undefined
        ? []
        : insecureSkipVerify
          ? [certificateCheck.skipped("`onprem.registry.insecureSkipVerify` accepts any")]
          : [certificateFinding(certificateCheck, certificate, context.now())];
    // Quay's own answer is no JSON, but none is a page.
    const isPlausible = status === 200 || status === 401;
    if (!isPlausible || isPage(greeting) || greeting.isCut) {
      const what = isPlausible ? "a web page or a file" : `status ${status}`;
      const reason = `${address} answers /v2/ with ${what}: that is no registry`;
      return [reachableCheck.failed(reason, addressFix), ...certificateFindings];
    }
    const answering = {
      peer: address,
      fix: "see that the registry is up, and what is in front of it",
      signal,
    };
    return [
      reachableCheck.passed(`${address} answers as a registry`),
      ...certificateFindings,
      ...(await whileReachable(loginCheck, answering, () => accessFindings(context, registry, greeting))),
    ];
  },
};

function connectionFinding({ settings }: CheckContext, address: string, problem: ConnectionProblem): Finding {
  const reason = `${address} ${problem.reason}`;
  if (problem.kind === "certificate") {
    const accept = setCommand("onprem.registry.insecureSkipVerify", true);
    const fix = problem.untrusted
      ? `make the CA known to this machine (\`update-ca-certificates\`), to Docker (/etc/docker/certs.d/${address}/ca.crt) and to the nodes, or ${accept}`
      : `give the registry a valid certificate for ${address}`;
    return certificateCheck.failed(reason, fix);
  }
  const fix = problem.withoutTls
    ? setCommand("onprem.registry.plainHttp", true)
    : `see that the registry is up, or ${addressFix}`;
  // The nodes pull; this machine must reach it to push.
  return settings.images.push
    ? reachableCheck.failed(reason, fix)
    : reachableCheck.warning(reason, `${fix}; if only the cluster reaches it, see that the nodes do`);
}

async function accessFindings(
  { settings, secrets }: CheckContext,
  registry: Peer,
  greeting: HttpResponse,
): Promise<readonly Finding[]> {
  const { images, version } = settings;
  const { username } = required(settings.onprem, "onprem").registry;
  const repositories = [images.backendRepository, images.launcherRepository];
  const actions = images.push ? "pull,push" : "pull";
  const scope = repositories.map((repository) => `repository:${repository}:${actions}`);
  const login =
    username === undefined
      ? undefined
      : { username, password: required(secrets.registryPassword, "registryPassword") };
  let result: AuthResult;
  try {
    result = await authenticate(registry, greeting, login, scope);
  } catch (error) {
    registry.signal.throwIfAborted();
    const reason = `the realm that gives tokens ${connectionProblem(error).reason}`;
    return [loginCheck.failed(reason, "see that this machine reaches it")];
  }
  if ("refused" in result) return [refusalFinding(result, login)];
  const found = result.open
    ? "it asks for no credentials"
    : login
      ? `logged in as ${login.username}`
      : "anonymous access is allowed";
  return [
    loginCheck.passed(found),
    images.push
      ? pushFinding(repositories, result.granted)
      : await findImages(registry, repositories, version, result.authorization),
  ];
}

function refusalFinding(
  { refused, status }: Extract<AuthResult, { readonly refused: string }>,
  login: RegistryLogin | undefined,
): Finding {
  if (login === undefined) {
    return loginCheck.warning(
      `not looked at any further: ${refused}, and no user is configured`,
      `${setCommand("onprem.registry.username", "spacelift")}, unless the nodes have credentials of their own`,
    );
  }
  return loginCheck.failed(
    `the registry refuses the login of ${login.username}: ${refused}`,
    status === 401 || status === 403
      ? `correct \`onprem.registry.username\`, or ${secretKeys.registryPassword.fix}`
      : "see that `onprem.registry.address` is the registry's own",
  );
}

function pushFinding(repositories: readonly string[], granted: readonly string[] | undefined): Finding {
  // A registry whose tokens do not say so shows it at the push alone: trying it would leave something behind.
  if (granted === undefined) return pushCheck.skipped("the registry tells at the push alone");
  const closed = repositories.filter((repository) => !granted.includes(`${repository}:push`));
  return closed.length === 0
    ? pushCheck.passed(`${repositories.join(" and ")} may be pushed to`)
    : pushCheck.failed(
        `${closed.join(" and ")} may not be pushed to`,
        "give `onprem.registry.username` the right to push there, or choose another `images.backendRepository` and `images.launcherRepository`",
      );
}

async function findImages(
  registry: Peer,
  repositories: readonly string[],
  tag: string,
  authorization: string | undefined,
): Promise<Finding> {
  const images = await Promise.all(
    repositories.map(async (repository) => ({
      name: `${repository}:${tag}`,
      status: await manifestStatus(registry, { repository, tag }, authorization),
    })),
  );
  const list = (some: typeof images): string => some.map(({ name }) => name).join(" and ");
  const absent = images.filter(({ status }) => status === 404);
  if (absent.length > 0) {
    const fix = `push ${list(absent)}, or ${setCommand("images.push", true)}`;
    return imagesCheck.failed(`the registry lacks ${list(absent)}, and \`images.push\` is off`, fix);
  }
  if (images.some(({ status }) => status === "none of a registry")) {
    const { host } = new URL(registry.origin);
    return imagesCheck.failed(
      `${host} answers with something else than a manifest for ${list(images)}`,
      "see that `onprem.registry.address` is the registry's own, and what is in front of it",
    );
  }
  const closed = images.filter(({ status }) => status !== 200);
  return closed[0] === undefined
    ? imagesCheck.passed(list(images))
    : imagesCheck.failed(
        `${list(closed)} may not be pulled (status ${closed[0].status})`,
        "give `onprem.registry.username` the right to pull",
      );
}
