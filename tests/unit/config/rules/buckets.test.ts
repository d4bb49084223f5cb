import { configured } from "../../../support/configurations";
import { rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);

describe("rules of the buckets", () => {
  rejects([
    wrong(
      "an expiry on states",
      { buckets: { states: { expireAfterDays: 2 } } },
      "`spacelift:buckets.states.expireAfterDays`: must not be set: these objects are the only copy of what they hold; run `pulumi config rm --path spacelift:buckets.states.expireAfterDays`",
    ),
    wrong(
      "an expiry of no days",
      { buckets: { runLogs: { expireAfterDays: 0 } } },
      "`spacelift:buckets.runLogs.expireAfterDays`: must be at least 1, got 0; run `pulumi config set --path spacelift:buckets.runLogs.expireAfterDays 60`",
    ),
    wrong(
      "a bucket name with a slash",
      { buckets: { uploads: { name: "uploads/" } } },
      '`spacelift:buckets.uploads.name`: must be 3 to 63 lower-case letters, digits and `-`, starting and ending with a letter or digit, got "uploads/"; run `pulumi config set --path spacelift:buckets.uploads.name spacelift-uploads`',
    ),
    wrong(
      "one name for two buckets",
      { buckets: { modules: { name: "same-bucket" }, states: { name: "same-bucket" } } },
      '`spacelift:buckets.states.name`: must be another bucket than that of `modules`, got "same-bucket" for both; run `pulumi config rm --path spacelift:buckets.states.name`',
    ),
    wrong(
      "one bucket given the default name of another",
      { buckets: { uploads: { name: "spacelift-states" } } },
      '`spacelift:buckets.uploads.name`: must be another bucket than that of `states`, got "spacelift-states" for both; run `pulumi config rm --path spacelift:buckets.uploads.name`',
    ),
    wrong(
      "settings of a bucket that is not made",
      { buckets: { binaries: { retainOnDestroy: true } } },
      "`spacelift:buckets.binaries`: describes a bucket that is not created; run `pulumi config set --path spacelift:buckets.createBinaries true`, or run `pulumi config rm --path spacelift:buckets.binaries`",
    ),
  ]);
});
