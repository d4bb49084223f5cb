import type { Ask } from "../ask";
import { type Answers, isAnswered, problemOf, valueAt } from "./answers";

/** Something that has no default, and so has to be asked. */
interface Question {
  /** Path of a setting or name of a secret. */
  readonly key: string;
  readonly kind: "text" | "list" | "secret" | "choice";
  readonly text: string;
  readonly choices?: readonly string[];
  /** What the answer starts from. */
  readonly initial?: (answers: Answers) => string;
  /** Whether the question may be left unanswered. @default false */
  readonly optional?: boolean;
  /** Whether it is asked at all. @default - always */
  readonly when?: (answers: Answers) => boolean;
}

const isTarget =
  (target: string) =>
  (answers: Answers): boolean =>
    answers["target"] === target;

const hasMode =
  (mode: string) =>
  (answers: Answers): boolean =>
    answers["tls.mode"] === mode;

const isOnS3 = (answers: Answers): boolean => valueAt("onprem.objectStorage.kind", answers) === "s3";

const aks = (question: Question): Question => ({ ...question, when: isTarget("aks") });
const onprem = (question: Question): Question => ({ ...question, when: isTarget("onprem") });
const onMinio = (question: Question): Question => ({
  ...question,
  when: (answers) => isTarget("onprem")(answers) && !isOnS3(answers),
});
const onS3 = (question: Question): Question => ({
  ...question,
  when: (answers) => isTarget("onprem")(answers) && isOnS3(answers),
});

/** The questions of `spacelift init`, in order. Everything else has a default, which the stack file can change. */
const questions: readonly Question[] = [
  { key: "target", kind: "choice", text: "Where is Spacelift installed?", choices: ["aks", "onprem"] },
  {
    key: "domain",
    kind: "text",
    text: "Host name of the Spacelift UI and API, such as spacelift.example.com",
  },
  { key: "version", kind: "text", text: "Release of Spacelift self-hosted, such as v4.0.0" },
  {
    key: "images.archive",
    kind: "text",
    text: "The vendor's archive, or the directory it was extracted to",
    initial: (answers) => `./self-hosted-${String(answers["version"])}.tar.gz`,
  },
  {
    key: "adminUsername",
    kind: "text",
    text: "Name of the administrator for the first login",
    initial: () => "admin",
  },
  {
    key: "tls.mode",
    kind: "choice",
    text: "Who issues the certificates? (docs/configuration.md has further ways)",
    choices: ["acme", "existingIssuer", "existingSecret", "selfSigned"],
  },
  { key: "tls.email", kind: "text", text: "E-mail address of the ACME account", when: hasMode("acme") },
  {
    key: "tls.name",
    kind: "text",
    text: "Name of your cert-manager ClusterIssuer",
    when: hasMode("existingIssuer"),
  },
  aks({ key: "aks.subscriptionId", kind: "text", text: "Azure subscription to install into (id)" }),
  aks({ key: "aks.location", kind: "text", text: "Azure region, such as westeurope" }),
  aks({
    key: "aks.cluster.authorizedRanges",
    kind: "list",
    text: "Who reaches the API server of the cluster? Ranges with commas between them; 0.0.0.0/0 is everybody",
  }),
  {
    key: "onprem.kubernetes.kubeconfigPath",
    kind: "text",
    text: "Kubeconfig of the cluster",
    initial: () => "~/.kube/config",
    when: (answers) => isTarget("onprem")(answers) && !("kubeconfig" in answers),
  },
  onprem({
    key: "onprem.kubernetes.context",
    kind: "text",
    text: "Context in it; empty for its current one",
    optional: true,
  }),
  onprem({
    key: "ingress.className",
    kind: "text",
    text: "Ingress class of the existing controller",
    initial: () => "nginx",
  }),
  onprem({ key: "onprem.registry.address", kind: "text", text: "Registry: host, or host:port" }),
  onprem({ key: "onprem.registry.username", kind: "text", text: "User that pushes and pulls there" }),
  onprem({ key: "registryPassword", kind: "secret", text: "Password of that user" }),
  {
    key: "onprem.objectStorage.kind",
    kind: "choice",
    text: "What stores the objects: MinIO, or another server with the API of S3?",
    choices: ["minio", "s3"],
    // Only MinIO has such a user.
    when: (answers) => isTarget("onprem")(answers) && !isAnswered("onprem.objectStorage.adminUser", answers),
  },
  onprem({
    key: "onprem.objectStorage.endpoint",
    kind: "text",
    text: "Object storage, as browsers, workers and pods reach it: host, or host:port",
  }),
  onMinio({
    key: "onprem.objectStorage.adminUser",
    kind: "text",
    text: "User that creates the buckets there",
  }),
  onMinio({ key: "minioAdminPassword", kind: "secret", text: "Password of that user" }),
  onS3({
    key: "onprem.objectStorage.region",
    kind: "text",
    text: "Region it is configured with",
    initial: () => "us-east-1",
  }),
  onS3({
    key: "onprem.objectStorage.accessKeyId",
    kind: "text",
    text: "Access key that creates the buckets and that the services use",
  }),
  onS3({ key: "s3SecretKey", kind: "secret", text: "Secret key of that access key" }),
  onprem({
    key: "databaseUrl",
    kind: "secret",
    text: "Database: postgres://user:password@host/database?sslmode=verify-full, user and password percent-encoded",
  }),
  { key: "licenseToken", kind: "secret", text: "Licence: the JWT that Spacelift sent" },
];

/** Asks what is not answered yet, each answer checked by the rules of the program. */
export async function interview(given: Answers, ask: Ask): Promise<Answers> {
  let answers = given;
  for (const question of questions) {
    const { key, when } = question;
    if (isAnswered(key, answers) || when?.(answers) === false) continue;
    const answer = await put(question, answers, ask);
    if (answer !== undefined) answers = { ...answers, [key]: answer };
  }
  return answers;
}

async function put(question: Question, answers: Answers, ask: Ask): Promise<unknown> {
  const { key, kind, text, choices = [], initial, optional = false } = question;
  const parse = (answer: string): unknown =>
    kind === "list"
      ? answer
          .split(",")
          .map((each) => each.trim())
          .filter((each) => each !== "")
      : answer;
  const validate = (answer: string): string | undefined => {
    if (answer.trim() === "") return optional ? undefined : "is needed";
    return problemOf(key, parse(answer), answers);
  };
  switch (kind) {
    case "choice":
      return ask.choice(text, choices);
    case "secret":
      return ask.secret(text, validate);
    case "text":
    case "list": {
      const start = initial?.(answers);
      const answer = await ask.text(text, { validate, ...(start !== undefined && { initial: start }) });
      return answer.trim() === "" ? undefined : parse(answer);
    }
  }
}
