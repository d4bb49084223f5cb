import assert from "node:assert/strict";
import type { Ask, Validate } from "../../../../cli/ask";
import { isAnswered, problemOf, problemsOf, sortAnswers } from "../../../../cli/init/answers";
import { interview } from "../../../../cli/init/interview";
import { samples } from "../../../support/configurations";

/** A person who answers by the words of a question, and is told what is wrong with each answer. */
class Person implements Ask {
  readonly asked: string[] = [];
  readonly complaints: string[] = [];

  constructor(
    private readonly answers: readonly (readonly [question: RegExp, ...answers: readonly string[]])[],
  ) {}

  text(
    question: string,
    { initial, validate }: { initial?: string; validate?: Validate } = {},
  ): Promise<string> {
    return this.answer(question, initial, validate);
  }
  secret(question: string, validate?: Validate): Promise<string> {
    return this.answer(question, undefined, validate);
  }
  choice(question: string, options: readonly string[]): Promise<string> {
    return this.answer(question, undefined, (answer) => (options.includes(answer) ? undefined : "no choice"));
  }
  confirm(): Promise<boolean> {
    return Promise.resolve(true);
  }

  private answer(question: string, initial?: string, validate?: Validate): Promise<string> {
    this.asked.push(question);
    const [, ...tries] = this.answers.find(([pattern]) => pattern.test(question)) ?? [
      undefined,
      initial ?? "",
    ];
    for (const answer of tries) {
      const complaint = validate?.(answer);
      if (complaint === undefined) return Promise.resolve(answer);
      this.complaints.push(`${answer}: ${complaint}`);
    }
    return Promise.reject(new Error(`no answer to "${question}" is taken: ${this.complaints.join("; ")}`));
  }
}

const common = [
  [/Host name of/, "https://wrong.example.com", "spacelift.example.com"],
  [/Release/, "4.0.0", "v4.0.0"],
  [/Who issues/, "acme"],
  [/E-mail/, "nobody", "platform@example.com"],
  [/Licence/, "no.token", samples.licenseToken],
] as const;

describe("the questions of init", () => {
  it("make a valid configuration for AKS, and check every answer as it comes", async () => {
    const person = new Person([
      [/Where is/, "aks"],
      [/subscription/, "mine", "11111111-2222-3333-4444-555555555555"],
      [/region/, "westeurope"],
      [/API server/, "everybody", "203.0.113.0/24, 198.51.100.0/24"],
      ...common,
    ]);
    const answers = await interview({}, person);
    assert.deepEqual(problemsOf(answers), []);
    const { settings, secrets } = sortAnswers(answers);
    assert.deepEqual(settings.aks?.cluster?.authorizedRanges, ["203.0.113.0/24", "198.51.100.0/24"]);
    assert.equal(settings.images?.archive, "./self-hosted-v4.0.0.tar.gz");
    assert.deepEqual(Object.keys(secrets), ["licenseToken"]);
    assert.equal(person.complaints.length, 6, person.complaints.join("\n"));
    assert.ok(!person.asked.some((question) => /MinIO|Kubeconfig/.test(question)));
  });

  it("make a valid configuration on-premises", async () => {
    const person = new Person([
      [/Where is/, "onprem"],
      [/Context/, ""],
      [/Registry/, "http://registry", "registry.example.com"],
      [/User that pushes/, "spacelift"],
      [/What stores/, "minio"],
      [/Object storage/, "minio.example.com"],
      [/User that creates/, "minio"],
      [/Password of that user/, "planted-password"],
      [/Database/, "postgres://host/db", samples.databaseUrl],
      ...common,
    ]);
    const answers = await interview({}, person);
    assert.deepEqual(problemsOf(answers), []);
    assert.ok(!("onprem.kubernetes.context" in answers));
    assert.ok(person.complaints.every((complaint) => !complaint.includes("planted")));
  });

  it("make a valid configuration with an object storage that is not MinIO", async () => {
    const person = new Person([
      [/Where is/, "onprem"],
      [/Context/, ""],
      [/Registry/, "registry.example.com"],
      [/User that pushes/, "spacelift"],
      [/Password of that user/, "planted-password"],
      [/What stores/, "s3"],
      [/Object storage/, "s3.example.com"],
      [/Access key that/, "ab", "access-key"],
      [/Secret key/, "planted-secret-key"],
      [/Database/, samples.databaseUrl],
      ...common,
    ]);
    const answers = await interview({}, person);
    assert.deepEqual(problemsOf(answers), []);
    const { settings, secrets } = sortAnswers(answers);
    assert.equal(settings.onprem?.objectStorage.region, "us-east-1");
    assert.deepEqual(Object.keys(secrets).sort(), [
      "databaseUrl",
      "licenseToken",
      "registryPassword",
      "s3SecretKey",
    ]);
    assert.ok(!person.asked.some((question) => question.includes("User that creates")));
  });

  it("do not ask for the kind where there is a user of MinIO, as in answers from before there were two", async () => {
    const given = { target: "onprem", "onprem.objectStorage.adminUser": "minio" };
    const person = new Person([[/.*/, "stop"]]);
    await assert.rejects(interview(given, person));
    assert.ok(!person.asked.some((question) => question.includes("What stores")));
  });

  it("are not put when they are answered already, be it by a whole section", async () => {
    const given = { target: "onprem", onprem: { registry: { address: "r.example.com" } }, kubeconfig: "x" };
    assert.ok(isAnswered("onprem.registry.address", given));
    assert.ok(!isAnswered("onprem.registry.username", given));
    const person = new Person([[/.*/, "stop"]]);
    await assert.rejects(interview(given, person));
    assert.ok(!person.asked.some((question) => /Where is|Kubeconfig/.test(question)));
  });

  it("a problem of another answer is no reason to refuse one", () => {
    assert.equal(problemOf("domain", "a.example.com", { version: "wrong" }), undefined);
    assert.match(
      problemOf("onprem.registry.address", "a b", { target: "onprem" }) ?? "",
      /must be a host name/,
    );
  });
});
