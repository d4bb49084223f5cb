import { createColors } from "picocolors";
import { rehearse, reported } from "./command";

const colors = createColors();

/** Brings both stacks up in a rehearsal, and says what to try next. */
async function start(): Promise<number> {
  console.log(
    [
      colors.bold("Spacelift self-hosted, rehearsed"),
      "The program, the Pulumi engine, its plans and its state are real; clusters, storage and registries are simulated",
      "on this machine. No credentials are used and nothing outside is changed.",
    ].join("\n"),
  );
  for (const stack of ["onprem", "aks"]) {
    console.log(`\n${colors.bold(`pulumi up -s ${stack}`)}`);
    const code = await rehearse(["pulumi", "up", "-s", stack, "--yes", "--skip-preview"]);
    if (code !== 0) return code;
  }
  const next = [
    ["npm start", "the same again: nothing to change"],
    ["npm run rehearse -- spacelift outputs -s aks", "everything the stack gives"],
    ["npm run rehearse -- pulumi config set spacelift:version v3.7.0 -s onprem", "another release, and then"],
    ["npm run rehearse -- pulumi preview -s onprem --diff", "what it would change"],
    ["npm run rehearse -- pulumi destroy -s onprem --exclude-protected", "what goes, and what is kept"],
    ["npm run rehearse -- --help", "everything else"],
  ];
  console.log(
    [
      "",
      colors.bold("what to try next"),
      ...next.map(([command = "", effect = ""]) => `  ${command.padEnd(76)}${effect}`),
    ].join("\n"),
  );
  return 0;
}

void reported(start).then((code) => {
  process.exitCode = code;
});
