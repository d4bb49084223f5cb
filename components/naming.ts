/** `runLogs` → `run-logs`: logical names and Kubernetes names are kebab-case. */
export const kebabCase = (camelCase: string): string =>
  camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
