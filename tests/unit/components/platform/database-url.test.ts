import assert from "node:assert/strict";
import { serviceDatabaseUrl } from "../../../../components/platform/platform";

describe("serviceDatabaseUrl", () => {
  it("adds the guide's parameter and names the mounted CA", () => {
    assert.equal(
      serviceDatabaseUrl("postgres://u:p@h/d?sslmode=verify-full", true),
      "postgres://u:p@h/d?sslmode=verify-full&statement_cache_capacity=0&sslrootcert=/etc/spacelift/database-ca/ca.pem",
    );
    assert.equal(
      serviceDatabaseUrl("postgres://u:p@h/d", false),
      "postgres://u:p@h/d?statement_cache_capacity=0",
    );
  });

  it("leaves what the operator said", () => {
    const url = "postgres://u:p@h/d?statement_cache_capacity=100&sslrootcert=/ca.pem";
    assert.equal(serviceDatabaseUrl(url, true), url);
  });
});
