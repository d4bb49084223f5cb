// The whole program, compiled, as the language host runs it; from a folder that is not the package's.
const { changeCount, openRehearsal } = require("spacelift-selfhosted-pulumi/rehearsal");

async function rehearse() {
  const rehearsal = await openRehearsal({ stack: "onprem" });
  try {
    const first = await rehearsal.up();
    const second = await rehearsal.preview();
    console.log(
      JSON.stringify({
        created: changeCount(first),
        changed: changeCount(second),
        folder: rehearsal.folders.stack,
        url: first.outputs.url,
      }),
    );
  } finally {
    await rehearsal.close();
  }
}

rehearse();
