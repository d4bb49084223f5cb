import assert from "node:assert/strict";
import { configured } from "../../support/configurations";
import { problemsOf, rejects, wrongFrom } from "../../support/wrong-configurations";

const wrong = wrongFrom(configured);

describe("formats of settings", () => {
  rejects([
    wrong(
      "a domain that ends in a number",
      { domain: "v9.9" },
      '`spacelift:domain`: must not end in a number, as no top-level domain does, got "v9.9"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "an address as the domain",
      { domain: "192.0.2.10" },
      '`spacelift:domain`: must be a host name, not an address, got "192.0.2.10"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a wildcard as the domain",
      { domain: "*.example.com" },
      '`spacelift:domain`: must be one host name, not a wildcard, got "*.example.com"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a domain that is not ASCII",
      { domain: "spacelift.münchen.example" },
      '`spacelift:domain`: must be in ASCII, such as spacelift.xn--mnchen-3ya.example, got "spacelift.münchen.example"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a domain with a blank that nobody sees",
      { domain: "spacelift\u200b.example.com" },
      '`spacelift:domain`: must be in ASCII, such as spacelift.example.com, got "spacelift\\u200b.example.com"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a domain with a trailing dot",
      { domain: "spacelift.example.com." },
      '`spacelift:domain`: must not end in a dot, got "spacelift.example.com."; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a part of a domain that is too long",
      { domain: `${"a".repeat(64)}.example.com` },
      '`spacelift:domain`: must have at most 63 characters between two dots, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a domain of 254 characters",
      { domain: `${"abcdefg.".repeat(31)}abc.de` },
      '`spacelift:domain`: must have at most 253 characters, got "abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcd…; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a domain with punycode of nothing",
      { domain: "xn--a.example.com" },
      '`spacelift:domain`: must have punycode behind each `xn--`, got "xn--a.example.com"; run `pulumi config set spacelift:domain spacelift.example.com`',
    ),
    wrong(
      "a version with leading zeros",
      { version: "v03.0.0" },
      '`spacelift:version`: must be a release of Spacelift self-hosted such as v4.3.0, with the leading `v`, got "v03.0.0"; run `pulumi config set spacelift:version v3.0.0`',
    ),
    wrong(
      "a version of more digits than a number has",
      { version: "v3.0.99999999999999999999" },
      '`spacelift:version`: must be a release of Spacelift self-hosted such as v4.3.0, with the leading `v`, got "v3.0.99999999999999999999"; run `pulumi config set spacelift:version v3.0.0`',
    ),
    wrong(
      "a chart version with leading zeros",
      { charts: { spacelift: { version: "0.062.0" } } },
      '`spacelift:charts.spacelift.version`: must be an exact chart version such as 0.62.0: a range would make two runs differ, got "0.062.0"; run `pulumi config set --path spacelift:charts.spacelift.version 0.62.0`',
    ),
    wrong(
      "a port that does not exist",
      { onprem: { registry: { address: "registry.example.com:70000" } } },
      '`spacelift:onprem.registry.address`: must have a port between 1 and 65535, got "registry.example.com:70000"; run `pulumi config set --path spacelift:onprem.registry.address registry.example.com`',
    ),
    wrong(
      "an address with a number too large",
      { onprem: { registry: { address: "192.0.2.999" } } },
      '`spacelift:onprem.registry.address`: must not end in a number, unless it is an IPv4 address, got "192.0.2.999"; run `pulumi config set --path spacelift:onprem.registry.address registry.example.com`',
    ),
    wrong(
      "a password in an address",
      { onprem: { registry: { address: "robot:planted@registry.example.com" } } },
      '`spacelift:onprem.registry.address`: must be a host name or host:port, without scheme or path, got "…@registry.example.com"; run `pulumi config set --path spacelift:onprem.registry.address registry.example.com`',
    ),
    wrong(
      "a URL without a host",
      { proxy: { https: "http://:3128" } },
      '`spacelift:proxy.https`: must be a URL beginning with http:// or https://, without credentials or a trailing slash, got "http://:3128"; run `pulumi config set --path spacelift:proxy.https http://proxy.example.com:3128`',
    ),
    wrong(
      "a URL whose host is not ASCII",
      { proxy: { https: "http://bücher.example" } },
      '`spacelift:proxy.https`: must have its host in ASCII, such as xn--bcher-kva.example, got "http://bücher.example"; run `pulumi config set --path spacelift:proxy.https http://proxy.example.com:3128`',
    ),
    wrong(
      "a password with a slash in a URL",
      { proxy: { https: "http://user:plan/ted@proxy.example.com" } },
      '`spacelift:proxy.https`: must be a URL beginning with http:// or https://, without credentials or a trailing slash, got "http://…@proxy.example.com"; run `pulumi config set --path spacelift:proxy.https http://proxy.example.com:3128`',
    ),
    wrong(
      "a range with host bits",
      { mqtt: { allowedRanges: ["10.0.0.1/8"] } },
      "`spacelift:mqtt.allowedRanges[0]`: must start at its first address, which 10.0.0.1 is not with /8, got \"10.0.0.1/8\"; run `pulumi config set --path 'spacelift:mqtt.allowedRanges[0]' '<value>'`",
    ),
    wrong(
      "an IPv6 range with host bits",
      { mqtt: { allowedRanges: ["2001:db8::1/32"] } },
      "`spacelift:mqtt.allowedRanges[0]`: must start at its first address, which 2001:db8::1 is not with /32, got \"2001:db8::1/32\"; run `pulumi config set --path 'spacelift:mqtt.allowedRanges[0]' '<value>'`",
    ),
    wrong(
      "a user with a line break at the end",
      { adminUsername: "admin\n" },
      '`spacelift:adminUsername`: must be on one line without surrounding blanks, got "admin\\n"; run `pulumi config set spacelift:adminUsername admin`',
    ),
    wrong(
      "a name that is too long",
      { adminUsername: "a".repeat(256) },
      '`spacelift:adminUsername`: must have at most 255 characters, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…; run `pulumi config set spacelift:adminUsername admin`',
    ),
    wrong(
      "an address of the controller that is a URL",
      { ingress: { address: "https://192.0.2.10" } },
      '`spacelift:ingress.address`: must be a host name or address, without scheme, port or path, got "https://192.0.2.10"; run `pulumi config set --path spacelift:ingress.address 192.0.2.10`',
    ),
    wrong(
      "an annotation that Kubernetes would refuse",
      { ingress: { annotations: { "example.com/a/b": "x" } } },
      '`spacelift:ingress.annotations["example.com/a/b"]`: must be the name of an annotation: letters, digits and `-_.`, at most 63, behind a domain and `/` if there is one, got "example.com/a/b"; run `pulumi config rm --path \'spacelift:ingress.annotations["example.com/a/b"]\'`',
    ),
    wrong(
      "a label with a blank",
      { onprem: { namespaceLabels: { team: "the platform" } } },
      "`spacelift:onprem.namespaceLabels.team`: must be the value of a label: at most 63 letters, digits and `-_.`, a letter or digit first and last, got \"the platform\"; run `pulumi config set --path spacelift:onprem.namespaceLabels.team '<value>'`",
    ),
    wrong(
      "an issuer in capitals",
      { tls: { mode: "existingIssuer", email: undefined, name: "Corporate" } },
      '`spacelift:tls.name`: must be the name of an object: lower-case letters, digits, `-` and `.`, got "Corporate"; run `pulumi config set --path spacelift:tls.name corporate`',
    ),
    wrong(
      "an image with a scheme",
      { workers: { pools: [{ name: "default", runnerImage: "https://registry.example.com/runner" }] } },
      "`spacelift:workers.pools[0].runnerImage`: must be the reference of an image such as registry.example.com/team/image:tag, got \"https://registry.example.com/runner\"; run `pulumi config set --path 'spacelift:workers.pools[0].runnerImage' registry.example.com/runner-terraform:latest`",
    ),
    wrong(
      "a URL among what is reached directly",
      { proxy: { https: "http://proxy.example.com:3128", noProxy: ["https://minio.example.com"] } },
      "`spacelift:proxy.noProxy[0]`: must be a host, a domain or a range, without scheme, path or comma, got \"https://minio.example.com\"; run `pulumi config set --path 'spacelift:proxy.noProxy[0]' '<value>'`",
    ),
    wrong(
      "a secret inside of a section",
      { onprem: { registryPassword: "planted" } },
      "`spacelift:onprem.registryPassword`: is a secret, which is a key of its own and never part of a section; run `pulumi config rm --path spacelift:onprem.registryPassword`, and run `pulumi config set --secret spacelift:registryPassword` and paste the value at the prompt",
    ),
    wrong(
      "an object with a password where text is wanted",
      { onprem: { registry: { username: { name: "robot", password: "planted" } } } },
      '`spacelift:onprem.registry.username`: must be a string, got {"name":"robot","password":"…"}; run `pulumi config set --path spacelift:onprem.registry.username spacelift`',
    ),
    wrong(
      "a key that JavaScript keeps for itself",
      { ingress: { annotations: JSON.parse('{"__proto__":"x"}') as unknown } },
      "`spacelift:ingress.annotations.__proto__`: must have another name: JavaScript keeps this one for itself; rename it or take it out of the stack file",
    ),
  ]);

  it("takes what is unusual and right", () => {
    const right = [
      { domain: `${"abcdefg.".repeat(31)}abc.d` },
      { domain: "xn--mnchen-3ya.example" },
      { ingress: { address: "LB.example.com." } },
      { ingress: { address: "2001:db8::10" } },
      {
        mqtt: {
          serviceType: "LoadBalancer",
          allowedRanges: ["0.0.0.0/0", "::/0", "2001:db8::/32", "192.0.2.1/32"],
        },
      },
      { proxy: { https: "http://Proxy_1.example.com:65535/path" } },
      { proxy: { https: "http://[2001:db8::1]:3128" } },
      {
        proxy: { https: "http://proxy.example.com", noProxy: ["*", ".example.com", "*.example.org", "::1"] },
      },
      { onprem: { registry: { address: "192.0.2.1:5000" } } },
      { ingress: { annotations: { "Example.com/Owner_1": "anything at all" } } },
      {
        workers: {
          pools: [{ name: "a", runnerImage: "localhost:5000/team/runner@sha256:" + "a".repeat(64) }],
        },
      },
    ];
    for (const settings of right) {
      assert.deepEqual(problemsOf(configured(settings)), [], JSON.stringify(settings));
    }
  });
});
