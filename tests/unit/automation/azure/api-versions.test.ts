import assert from "node:assert/strict";
import { type Api, apiVersions } from "../../../../automation/azure/arm-client";
import { type ContractPackage, loadModels } from "../../../../rehearsal/twins/azure/contract/library";

/** The library that describes each interface, and the parameter of its that holds the version. */
const sources: Readonly<Record<Exclude<Api, "features">, readonly [ContractPackage, string]>> = {
  subscriptions: ["resources-subscriptions", "apiVersion"],
  resources: ["resources", "apiVersion"],
  authorization: ["authorization", "apiVersion1"],
  skus: ["compute", "apiVersion2"],
  compute: ["compute", "apiVersion"],
  network: ["network", "apiVersion"],
  dns: ["dns", "apiVersion"],
  privateDns: ["privatedns", "apiVersion"],
  containerService: ["containerservice", "apiVersion"],
  postgres: ["postgresql-flexible", "apiVersion"],
  storage: ["storage", "apiVersion"],
  registry: ["containerregistry", "apiVersion"],
  operationalInsights: ["operationalinsights", "apiVersion3"],
};

describe("apiVersions", () => {
  for (const [api, [library, parameter]] of Object.entries(sources)) {
    it(`has the version of ${api} that Microsoft's own library speaks`, () => {
      const parameters = loadModels(library, "parameters") as Readonly<
        Record<string, { readonly mapper: { readonly defaultValue: string } }>
      >;
      assert.equal(apiVersions[api as Api], parameters[parameter]?.mapper.defaultValue);
    });
  }
});
