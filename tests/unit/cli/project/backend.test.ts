import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SpaceliftError } from "../../../../automation/errors";
import { findBackend } from "../../../../cli/project/workspace";
import { scratchFolder } from "../../../support/scratch";

describe("findBackend", () => {
  const folder = scratchFolder();
  const env = { PULUMI_BACKEND_URL: "s3://from-env" };
  const login = (): Promise<string | undefined> => Promise.resolve("https://login.example.com");
  const nobody = (): Promise<string | undefined> => Promise.resolve(undefined);
  const project = (text: string): Promise<void> => writeFile(join(folder(), "Pulumi.yaml"), text);

  it("takes the option, then the variable, then Pulumi.yaml, then the login", async () => {
    await project("name: spacelift\nbackend:\n  url: gs://from-project\n");
    const find = (option: string | undefined, variables: NodeJS.ProcessEnv): Promise<string> =>
      findBackend({ option, env: variables, folder: folder(), login });
    assert.equal(await find("azblob://from-option", env), "azblob://from-option");
    assert.equal(await find(undefined, env), "s3://from-env");
    assert.equal(await find(undefined, { PULUMI_BACKEND_URL: "" }), "gs://from-project");
    await project("name: spacelift\n");
    assert.equal(await find(undefined, {}), "https://login.example.com");
  });

  it("asks for the login only when nothing else says", async () => {
    const asked = (): never => assert.fail("asked for the login");
    assert.equal(await findBackend({ env, folder: folder(), login: asked }), "s3://from-env");
  });

  it("makes relative folders absolute, as the engine works elsewhere", async () => {
    const find = (option: string): Promise<string> =>
      findBackend({ option, env: {}, folder: folder(), login: nobody });
    assert.equal(await find("file://./state"), `file://${folder()}/state`);
    assert.equal(await find("file://state"), `file://${folder()}/state`);
    assert.equal(await find("file://."), `file://${folder()}`);
    assert.equal(await find("file:///var/state"), "file:///var/state");
    assert.equal(await find("file://~/state"), "file://~/state");
  });

  it("refuses to guess, and names every way to say it", async () => {
    await assert.rejects(
      findBackend({ env: {}, folder: folder(), login: nobody }),
      (error: unknown) =>
        error instanceof SpaceliftError &&
        error.code === "SPACELIFT_BACKEND_MISSING" &&
        /--backend.*PULUMI_BACKEND_URL.*Pulumi\.yaml.*pulumi login/.test(error.fix),
    );
  });

  it("rejects a Pulumi.yaml it cannot read", async () => {
    await project("name: [\n");
    await assert.rejects(
      findBackend({ env: {}, folder: folder(), login: nobody }),
      (error: unknown) => error instanceof SpaceliftError && error.code === "SPACELIFT_CONFIG_INVALID",
    );
  });
});
