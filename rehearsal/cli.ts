import { rehearseCommand } from "./command";

const program = rehearseCommand();

// Without any argument the help is of more use than the default.
if (process.argv.length <= 2) program.help({ error: true });

void program.parseAsync();
