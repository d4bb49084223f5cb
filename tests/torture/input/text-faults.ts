import { keyPath } from "../../../config/problems";
import { givenIds } from "../../support/azure-configurations";
import { raw } from "../../support/configurations";
import { spoiled } from "./edits";
import type { Fault } from "./judge";
import * as oracles from "./oracles";
import { configWith, faultAt, type Given, type Path } from "./places";

/** A kind of text, right ones, and where it is wanted. */
interface Format {
  readonly name: string;
  readonly isRight: oracles.Oracle;
  readonly samples: readonly string[];
  readonly places: readonly (readonly [Path, Given?])[];
  /** The text is the name of an entry there. */
  readonly isName?: boolean;
}

const at = (...path: Path): readonly [Path] => [path];
const pool = ["workers", "pools", 0] as const;

const formats: readonly Format[] = [
  {
    name: "host name",
    isRight: oracles.isHostName,
    samples: ["spacelift.example.com", "xn--mnchen-3ya.example", "a-1.b2.example"],
    places: [at("domain"), at("vcsGateway", "domain"), at("mqtt", "domain")],
  },
  {
    name: "host and port",
    isRight: oracles.isHostAndPort,
    samples: ["registry.example.com:5000", "192.0.2.1", "minio"],
    places: [
      at("onprem", "registry", "address"),
      at("onprem", "objectStorage", "endpoint"),
      [["telemetry", "xrayDaemonAddress"], [[["telemetry", "vendor"], "AWS"]]],
    ],
  },
  {
    name: "host",
    isRight: oracles.isHost,
    samples: ["datadog-agent.datadog.svc", "192.0.2.1"],
    places: [[["telemetry", "agentHost"], [[["telemetry", "vendor"], "Datadog"]]]],
  },
  {
    name: "URL",
    isRight: oracles.isOrigin,
    samples: ["https://proxy.example.com:3128", "https://192.0.2.1/a/b", "http://[2001:db8::1]:80"],
    places: [
      at("proxy", "http"),
      at("proxy", "https"),
      at("onprem", "objectStorage", "uploadsUrl"),
      [["telemetry", "endpoint"], [[["telemetry", "vendor"], "OpenTelemetry"]]],
      at("aks", "registry", "loginUrl"),
    ],
  },
  {
    name: "range",
    isRight: oracles.isRange,
    samples: ["203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0", "192.0.2.7/32"],
    places: [
      at("ingress", "allowedRanges", 0),
      at("mqtt", "allowedRanges", 0),
      at("networkPeers", "server", 0, "cidr"),
      at("networkPeers", "monitoring", 0, "cidr"),
    ],
  },
  {
    name: "IPv4 range",
    isRight: oracles.isIpv4Range,
    samples: ["10.30.0.0/16", "203.0.113.128/25"],
    places: [
      ...["addressSpace", "nodeCidr", "databaseCidr", "podCidr", "serviceCidr"].map((name) =>
        at("aks", "network", name),
      ),
      at("aks", "network", "reachableRanges", 0),
      at("aks", "cluster", "authorizedRanges", 0),
      at("aks", "storage", "allowedRanges", 0),
    ],
  },
  {
    name: "address",
    isRight: oracles.isIPv4,
    samples: ["10.245.0.10"],
    places: [at("aks", "network", "dnsServiceIp")],
  },
  { name: "release", isRight: oracles.isRelease, samples: ["v4.10.0"], places: [at("version")] },
  {
    name: "chart version",
    isRight: oracles.isChartVersion,
    samples: ["0.71.0", "v1.2.3-rc.1+build.5"],
    places: ["spacelift", "workerController", "ingress", "certManager"].map((name) =>
      at("charts", name, "version"),
    ),
  },
  {
    name: "name of a namespace",
    isRight: oracles.isDnsLabel,
    samples: ["spacelift", "a-1"],
    places: [
      at("namespace", "name"),
      at("workers", "namespace"),
      at("ingress", "className"),
      at("certManager", "namespace"),
      at(...pool, "name"),
      at("onprem", "registry", "pullSecretNames", 0),
    ],
  },
  {
    name: "name of an issuer",
    isRight: oracles.isSubdomain,
    samples: ["corporate.issuer"],
    places: [[["tls", "name"], [[["tls"], { mode: "existingIssuer" }]]]],
  },
  {
    name: "annotation",
    isRight: oracles.isAnnotationName,
    samples: ["example.com/owner", "Owner_1"],
    isName: true,
    places: [at("ingress", "annotations"), at("ingress", "serviceAnnotations"), at("mqtt", "annotations")],
  },
  {
    name: "label",
    isRight: oracles.isLabelName,
    samples: ["example.com/owner", "Owner_1"],
    isName: true,
    places: [at("onprem", "namespaceLabels"), at("services", "drain", "nodeSelector")],
  },
  {
    name: "value of a label",
    isRight: oracles.isLabelValue,
    samples: ["platform-1"],
    places: [at("onprem", "namespaceLabels", "team"), at("services", "server", "nodeSelector", "team")],
  },
  {
    name: "tag",
    isRight: oracles.isTagName,
    samples: ["cost centre"],
    isName: true,
    places: [at("aks", "tags")],
  },
  {
    name: "variable",
    isRight: (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text),
    samples: ["HTTP_PROXY"],
    isName: true,
    places: [at("extraEnv", "shared"), at("extraEnv", "drain")],
  },
  {
    name: "quantity",
    isRight: oracles.isQuantity,
    samples: ["500m", "1.5Gi"],
    places: [
      at("services", "server", "resources", "requests", "memory"),
      at(...pool, "resources", "worker", "limits", "cpu"),
    ],
  },
  {
    name: "GUID",
    isRight: oracles.isUuid,
    samples: ["00000000-0000-0000-0000-00000000000a"],
    places: [at("aks", "subscriptionId")],
  },
  {
    name: "id of a resource",
    isRight: oracles.isResourceId,
    samples: [givenIds.nodeSubnet],
    places: [at("aks", "network", "nodeSubnetId"), at("aks", "network", "databaseSubnetId")],
  },
  {
    name: "bucket",
    isRight: oracles.isBucket,
    samples: ["spacelift-states"],
    places: [at("buckets", "states", "name"), at("buckets", "uploads", "name")],
  },
  {
    name: "checksum",
    isRight: (text) => /^[0-9a-f]{64}$/i.test(text),
    samples: ["ab".repeat(32)],
    places: [at("images", "sha256")],
  },
  {
    name: "time",
    isRight: (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text),
    samples: ["02:00"],
    places: [at("aks", "cluster", "maintenance", "startTime")],
  },
  {
    name: "e-mail address",
    isRight: (text) => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text),
    samples: ["platform@example.com"],
    places: [at("tls", "email")],
  },
  {
    name: "text on one line",
    isRight: oracles.isLine,
    samples: ["spacelift"],
    places: [
      at("adminUsername"),
      at("slack", "clientId"),
      at("workers", "apiKeyId"),
      at(...pool, "space"),
      at("onprem", "registry", "username"),
      at("onprem", "objectStorage", "adminUser"),
      at("onprem", "objectStorage", "region"),
      at("onprem", "kubernetes", "context"),
      at("onprem", "kubernetes", "kubeconfigPath"),
      at("images", "archive"),
      at("charts", "spacelift", "chart"),
      at("rootCas", 0),
    ],
  },
];

function faultOf(
  { name, isName = false }: Format,
  [path, given]: readonly [Path, Given?],
  text: string,
): Fault {
  const kind = `a wrong ${name}`;
  return isName ? faultAt(kind, [...path, text], "x", given) : faultAt(kind, path, text, given);
}

/** Texts that are wrong where they stand. At the top, an empty one counts as left out. */
export const textFaults = (seed: number, byChance: number): readonly Fault[] =>
  formats.flatMap((format) =>
    format.places.flatMap((place) =>
      format.samples
        .flatMap((sample) => spoiled(sample, seed, byChance))
        .filter((text) => !format.isRight(text) && (text !== "" || place[0].length > 1))
        // A name is what a message names: it is cut when it is long, and no secret.
        .filter((text) => !(format.isName === true && (text.length > 100 || text.includes("planted"))))
        .map((text) => faultOf(format, place, text)),
    ),
  );

/** Two faults at once, of different sections: both must be named. */
export function pairFaults(seed: number): readonly Fault[] {
  const wrong = formats
    .filter(({ isName }) => isName !== true)
    .flatMap((format) => format.places.map((place) => ({ format, place })))
    .filter(({ place: [path] }) => path[0] !== "aks");
  return wrong.flatMap(({ format, place: [path, given = []] }, index) => {
    const text = spoiled(format.samples[0] ?? "", seed, 0).find(
      (each) => each !== "" && !format.isRight(each),
    );
    const others = wrong.slice(index + 1).filter(({ place }) => place[0][0] !== path[0]);
    return others.map(({ format: other, place: [second, more = []] }): Fault => {
      const secondText = spoiled(other.samples[0] ?? "", seed, 0).find(
        (each) => each !== "" && !other.isRight(each),
      );
      const keys = [keyPath(path), keyPath(second)];
      const config = configWith([...given, [path, text], ...more, [second, secondText]]);
      return { kind: "two faults at once", subject: keys.join(" and "), raw: raw(config), keys };
    });
  });
}
