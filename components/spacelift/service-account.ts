/** Name of the service account all services run as: what an identity of the cloud's is given to. */
export const backendServiceAccount = "spacelift-backend";
