/** The workloads that the charts make, as `Deployment spacelift/spacelift-server`, by who makes them. */

export const deployments = (namespace: string, ...names: readonly string[]): string[] =>
  names.map((name) => `Deployment ${namespace}/${name}`);

export const spacelift = deployments(
  "spacelift",
  "spacelift-drain",
  "spacelift-scheduler",
  "spacelift-server",
  "spacelift-vcs-gateway",
);
export const certManager = deployments(
  "cert-manager",
  "cert-manager",
  "cert-manager-cainjector",
  "cert-manager-webhook",
);
export const traefik = deployments("traefik", "traefik");
export const ingressNginx = deployments("ingress-nginx", "ingress-nginx-controller");
export const workerController = deployments(
  "spacelift-worker-controller-system",
  "spacelift-workerpool-controller-controller-manager",
);
export const all = [...spacelift, ...certManager, ...traefik, ...ingressNginx, ...workerController];
