// Notes every Node.js that starts: its version, and the program it runs.
require("node:fs").appendFileSync(
  process.env.RUNTIME_TRACE,
  `${JSON.stringify({ version: process.version, program: process.argv[1] ?? "" })}\n`,
);
