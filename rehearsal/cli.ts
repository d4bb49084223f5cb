import { rehearseCommand } from "./command";

void rehearseCommand("npm run rehearse --").parseAsync();
