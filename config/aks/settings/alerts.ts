import { z } from "zod";
import { exampleId, resourceId } from "../formats";
import { field } from "../../formats";

const actionGroup = "Microsoft.Insights/actionGroups";

/** `spacelift:aks.alerts`: who is told when a part that is created is not well. */
export const alerts = z.strictObject({
  emails: field(
    z
      .array(field(z.email("must be an e-mail address"), "An e-mail address.", "platform@example.com"))
      .max(1000)
      .default([]),
    "E-mail addresses, which an action group is created for.",
    ["platform@example.com"],
  ),
  actionGroupIds: field(
    z
      .array(field(resourceId(actionGroup), "The id of an action group.", exampleId(actionGroup, "on-call")))
      .max(4)
      .default([]),
    "Action groups of yours, for anything else: phones, webhooks, tickets.",
    [exampleId(actionGroup, "on-call")],
  ),
});
