// One life of a stack, by the package that is installed where this file lies.
const { changeCount, openRehearsal } = require("spacelift-selfhosted-pulumi/rehearsal");

async function live() {
  const rehearsal = await openRehearsal({ stack: "onprem" });
  try {
    const first = await rehearsal.up();
    const second = await rehearsal.up();
    const last = await rehearsal.destroy();
    console.log(
      JSON.stringify({
        node: process.version,
        sdk: require("@pulumi/pulumi/package.json").version,
        created: first.changes.create,
        changed: changeCount(second),
        deleted: last.changes.delete,
      }),
    );
  } finally {
    await rehearsal.close();
  }
}

live();
