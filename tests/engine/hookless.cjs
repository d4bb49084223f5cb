/** Loaded before a program: its error hooks then ask for no retry, as if it had none. */
const resource = require("@pulumi/pulumi/resource");

resource.ErrorHook = class extends resource.ErrorHook {
  constructor(name) {
    super(name, () => false);
  }
};
