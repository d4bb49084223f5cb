import { anything, defineTwin, flag, listOf, object, text } from "../framework";
import { registryImage, remoteImage, tag } from "./images";

/** Simulates the docker provider on the simulated daemon and registries. */
export const dockerTwin = defineTwin({
  package: "docker",
  version: "5.2.0",
  config: {
    caMaterial: text(),
    certMaterial: text(),
    certPath: text(),
    context: text(),
    disableDockerDaemonCheck: flag(),
    host: text(),
    keyMaterial: text(),
    registryAuth: listOf(
      object({
        address: text({ required: true }),
        authDisabled: flag(),
        configFile: text(),
        configFileContent: text(),
        password: text(),
        username: text(),
      }),
    ),
    sshOpts: listOf(text()),
    pluginDownloadURL: anything(),
  },
  resources: {
    "docker:index/registryImage:RegistryImage": registryImage,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/tag:Tag": tag,
  },
});
