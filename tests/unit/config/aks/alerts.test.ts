import { configuredAks, givenIds } from "../../../support/azure-configurations";
import { samples } from "../../../support/configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const alerts = section("aks", "alerts");

describe("rules of alerts on Azure", () => {
  rejects([
    wrong(
      "alerts for nobody",
      aks({ alerts: {} }),
      `\`spacelift:aks.alerts\`: must name somebody to tell: \`emails\`, \`actionGroupIds\` or both; set \`emails: ["platform@example.com"]\` there in the stack file, or run \`pulumi config rm --path spacelift:aks.alerts\``,
    ),
    wrong(
      "an address that is none",
      alerts({ emails: ["platform"] }),
      `\`spacelift:aks.alerts.emails[0]\`: must be an e-mail address, got "platform"; run \`pulumi config set --path 'spacelift:aks.alerts.emails[0]' platform@example.com\``,
    ),
    wrong(
      "an address twice",
      alerts({ emails: ["platform@example.com", "Platform@example.com"] }),
      "`spacelift:aks.alerts.emails[1]`: has no use: it is on the list already; run `pulumi config rm --path 'spacelift:aks.alerts.emails[1]'`",
    ),
    wrong(
      "an action group twice",
      alerts({ actionGroupIds: [givenIds.actionGroup, givenIds.actionGroup] }),
      "`spacelift:aks.alerts.actionGroupIds[1]`: has no use: it is on the list already; run `pulumi config rm --path 'spacelift:aks.alerts.actionGroupIds[1]'`",
    ),
    wrong(
      "alerts where nothing is created that could be watched",
      aks({
        alerts: { emails: ["platform@example.com"] },
        storage: { accountId: givenIds.account },
        cluster: { existingId: givenIds.cluster, authorizedRanges: undefined },
      }),
      "`spacelift:aks.alerts`: has no use: database, storage account and cluster are yours, and so are alerts on them; run `pulumi config rm --path spacelift:aks.alerts`",
      { databaseUrl: samples.databaseUrl },
    ),
  ]);
});
