/** What a virtual machine must know to run workers; no secret among it. */
export interface CloudInitOptions {
  /** Release of Spacelift, which the launcher must be of. */
  readonly version: string;
  /** `https://<domain>`. */
  readonly url: string;
  /** Certificates to trust besides those of the machine's image, PEM, one each. */
  readonly authorities: readonly string[];
}

/** Folder on the machine for what the operator brings: `token`, `private.key` and, unless the launcher is there, `launcher-url`. */
export const poolDirectory = "/etc/spacelift/pool";

/** Where the launcher is on the machine. */
export const launcherPath = "/usr/local/bin/spacelift-launcher";

// The variables are those of the vendor's guide to Docker-based workers: the token as it was downloaded, and the key's whole
// file in base64. The URL of the launcher may be signed, so that no process has it among its arguments.
const startScript = `#!/bin/sh
set -eu
umask 077
pool=${poolDirectory}
launcher=${launcherPath}
for name in token private.key; do
  if [ ! -s "$pool/$name" ]; then
    echo "waiting for $pool/$name" >&2
    exit 1
  fi
done
if [ ! -x "$launcher" ]; then
  if [ ! -s "$pool/launcher-url" ]; then
    echo "waiting for $launcher, or $pool/launcher-url to download it from" >&2
    exit 1
  fi
  printf 'url = "%s"\n' "$(cat "$pool/launcher-url")" |
    curl --fail --silent --show-error --location --retry 5 --config - --output "$launcher.part"
  chmod 0755 "$launcher.part"
  mv "$launcher.part" "$launcher"
fi
SPACELIFT_TOKEN="$(cat "$pool/token")"
SPACELIFT_POOL_PRIVATE_KEY="$(base64 -w 0 "$pool/private.key")"
export SPACELIFT_TOKEN SPACELIFT_POOL_PRIVATE_KEY
exec "$launcher"
`;

// It starts again and again until the operator's files are there, and after a launcher that ended.
const unit = `[Unit]
Description=Spacelift worker
Wants=network-online.target
Requires=docker.service
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
EnvironmentFile=-/etc/spacelift/worker.env
ExecStart=/usr/local/sbin/spacelift-worker
Restart=always
RestartSec=15

[Install]
WantedBy=multi-user.target
`;

/** A literal block of YAML, indented by `spaces`. */
function block(text: string, spaces: number): string {
  const indented = text
    .trimEnd()
    .split(/\r?\n/)
    .map((each) => (each === "" ? "" : `${" ".repeat(spaces)}${each}`));
  return `|\n${indented.join("\n")}`;
}

/**
 * The `#cloud-config` of a virtual machine that runs one worker: Debian or Ubuntu, with systemd. The credentials of the pool and
 * the launcher come from files that it does not write.
 */
export function workerCloudInit({ version, url, authorities }: CloudInitOptions): string {
  const trusted = authorities.map((pem) => `    - ${block(pem, 6)}`);
  return [
    "#cloud-config",
    `# A worker for ${url}, release ${version}. It waits for ${poolDirectory}/token, ${poolDirectory}/private.key and`,
    `# ${launcherPath} (or a URL of it in ${poolDirectory}/launcher-url).`,
    "package_update: true",
    "packages: [ca-certificates, curl, docker.io]",
    ...(trusted.length > 0 ? ["ca_certs:", "  trusted:", ...trusted] : []),
    "write_files:",
    "  - path: /usr/local/sbin/spacelift-worker",
    '    permissions: "0755"',
    `    content: ${block(startScript, 6)}`,
    "  - path: /etc/systemd/system/spacelift-worker.service",
    '    permissions: "0644"',
    `    content: ${block(unit, 6)}`,
    "runcmd:",
    `  - install -d -m 0700 ${poolDirectory}`,
    "  - systemctl daemon-reload",
    "  - systemctl enable --now docker.service spacelift-worker.service",
    "",
  ].join("\n");
}
